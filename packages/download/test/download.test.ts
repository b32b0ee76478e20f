import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArdError, type ArdError } from '@ard/core';
import { expect } from 'chai';
import { download, parseChecksum, type DownloadOptions } from '../src/index.js';
import { faultyServer, serve, tunnellingProxy, type FaultyServer } from './support/faulty-server.js';

/** Larger than what sockets buffer, so that a broken connection leaves a part. */
const content = Buffer.from(Array.from({ length: 600_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
const other = content.map((byte) => byte ^ 1);
const sha256 = createHash('sha256').update(content).digest('hex');

describe('download', () => {
  let folder: string;
  let server: FaultyServer | undefined;
  const proxies = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
  const environment = Object.fromEntries(proxies.map((name) => [name, process.env[name]]));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ard-download-'));
    for (const name of proxies) delete process.env[name];
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server?.close();
    server = undefined;
    for (const name of proxies) {
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    }
  });

  const destination = (): string => join(folder, 'new', 'weights.pt');
  const options = (more: Partial<DownloadOptions> = {}): DownloadOptions => ({
    url: server!.url,
    destination: destination(),
    checksum: { algorithm: 'sha256', digest: sha256 },
    retryDelay: 1,
    ...more,
  });
  const refused = async (more: Partial<DownloadOptions> = {}): Promise<ArdError> => {
    try {
      await download(options(more));
    } catch (error) {
      expect(isArdError(error), String((error as Error).stack)).to.equal(true);
      expect((error as Error).message).to.not.include('\n');
      expect(existsSync(destination()), 'nothing may stand where the file belongs').to.equal(false);
      return error as ArdError;
    }
    throw new Error('expected a refusal');
  };
  const arrived = (): void => {
    expect(readFileSync(destination()).equals(content)).to.equal(true);
    expect(existsSync(`${destination()}.part`)).to.equal(false);
    expect(existsSync(`${destination()}.part.json`)).to.equal(false);
  };

  it('fetches a file, reports every byte, and fetches nothing the second time', async () => {
    server = await faultyServer((request, response) => serve(request, response, content));
    const seen: number[] = [];
    const progress: DownloadOptions['progress'] = ({ received, total }) => {
      expect(total).to.equal(content.length);
      seen.push(received);
    };
    expect(await download(options({ progress }))).to.deep.equal({ fetched: true });
    arrived();
    expect(seen[0]).to.equal(0);
    expect(seen.at(-1)).to.equal(content.length);
    expect(await download(options())).to.deep.equal({ fetched: false });
    expect(server.ranges).to.deep.equal(['-']);
  });

  it('goes on where connections broke, and shows the server its ETag', async () => {
    server = await faultyServer((request, response, n) =>
      serve(request, response, content, { etag: '"v1"', ...(n < 3 ? { drop: 150_000 } : {}) }),
    );
    await download(options());
    arrived();
    expect(server.ranges.slice(1).every((range) => range !== '-')).to.equal(true);
    expect(server.ranges).to.have.length(4);
  });

  it('goes on after the process died: the part lies beside the destination', async () => {
    const abort = new AbortController();
    server = await faultyServer((request, response) => serve(request, response, content, { etag: '"v1"' }));
    const progress: DownloadOptions['progress'] = ({ received }) => {
      if (received > 100_000) abort.abort();
    };
    const error = await refused({ signal: abort.signal, progress });
    expect(error.exitCode).to.equal(130);
    const have = statSync(`${destination()}.part`).size;
    expect(have).to.be.within(100_000, content.length - 1);
    await download(options());
    arrived();
    expect(server.ranges).to.deep.equal(['-', `bytes=${have}-`]);
  });

  it('starts over when the file has changed meanwhile', async () => {
    server = await faultyServer((request, response, n) =>
      n === 0
        ? serve(request, response, other, { etag: '"old"', drop: 200_000 })
        : serve(request, response, content, { etag: '"new"' }),
    );
    await download(options());
    arrived();
  });

  it('starts over when the halves do not fit together and the server could not tell', async () => {
    server = await faultyServer((request, response, n) =>
      n === 0
        ? serve(request, response, other, { drop: 200_000 })
        : serve(request, response, content, n === 1 ? { drop: 200_000 } : {}),
    );
    await refused({ retries: 0 });
    await download(options());
    arrived();
  });

  it('bears a server that ignores ranges', async () => {
    server = await faultyServer((request, response, n) =>
      serve(request, response, content, { ignoreRange: true, ...(n < 2 ? { drop: 300_000 } : {}) }),
    );
    await download(options());
    arrived();
  });

  it('takes what was complete already', async () => {
    server = await faultyServer((request, response) => serve(request, response, content, { etag: '"v1"' }));
    await download(options());
    rmSync(destination());
    writeFileSync(`${destination()}.part`, content);
    writeFileSync(`${destination()}.part.json`, JSON.stringify({ url: server.url, etag: '"v1"' }));
    await download(options());
    arrived();
  });

  it('gives up after so many failures in a row, says why and keeps what it has', async () => {
    server = await faultyServer((request, response, n) =>
      n === 0 ? serve(request, response, content, { drop: 200_000 }) : response.destroy(),
    );
    const error = await refused({ retries: 2 });
    expect(error.message).to.match(/Cannot download http.*\(tried 3 times\)/);
    expect(error.remedy).to.include('HTTPS_PROXY');
    expect(server.ranges).to.have.length(1 + 2);
    expect(statSync(`${destination()}.part`).size).to.be.greaterThan(0);
  });

  it('asks again while the server is busy', async () => {
    server = await faultyServer((request, response, n) =>
      n < 2 ? response.writeHead(n === 0 ? 503 : 429).end() : serve(request, response, content),
    );
    await download(options());
    arrived();
  });

  it('refuses wrong bytes with both hashes and keeps nothing', async () => {
    server = await faultyServer((request, response) => serve(request, response, other));
    const error = await refused();
    expect(error.message)
      .to.include(`expected ${sha256}`)
      .and.include(createHash('sha256').update(other).digest('hex'));
    expect(existsSync(`${destination()}.part`)).to.equal(false);
  });

  it('refuses another size before the bytes are fetched', async () => {
    server = await faultyServer((request, response) => serve(request, response, content));
    expect((await refused({ bytes: 5 })).message).to.include('a file of 600000 bytes, expected 5');
  });

  for (const [what, type] of [
    ['by its type', 'text/html; charset=utf-8'],
    ['by its content', 'application/octet-stream'],
  ] as const) {
    it(`refuses a web page, told ${what}`, async () => {
      const page = '\n<!DOCTYPE html><html><body>Too many users have viewed this file</body></html>';
      server = await faultyServer((_request, response) =>
        response.writeHead(200, { 'content-type': type }).end(page),
      );
      const error = await refused();
      expect(error.message).to.include('a web page instead of the file');
      expect(server.ranges).to.have.length(1);
    });
  }

  it('does not ask twice for what is not there', async () => {
    server = await faultyServer((_request, response) => response.writeHead(404).end());
    expect((await refused()).message).to.include('the server answered 404');
    expect(server.ranges).to.have.length(1);
  });

  it('does not touch another file at the destination', async () => {
    server = await faultyServer((request, response) => serve(request, response, content));
    const path = join(folder, 'mine.pt');
    writeFileSync(path, 'mine');
    let message = '';
    await download(options({ destination: path })).catch((error: Error) => (message = error.message));
    expect(message).to.include('exists and is not the file');
    expect(readFileSync(path, 'utf8')).to.equal('mine');
    expect(server.ranges).to.deep.equal([]);
  });

  it('goes through the proxy of the environment, unless NO_PROXY names the host', async () => {
    server = await faultyServer((request, response) => serve(request, response, content));
    const proxy = await tunnellingProxy();
    try {
      process.env['HTTP_PROXY'] = proxy.url;
      await download(options());
      arrived();
      expect(proxy.tunnels).to.deep.equal([new URL(server.url).host]);
      rmSync(destination());
      process.env['NO_PROXY'] = '127.0.0.1';
      await download(options());
      expect(proxy.tunnels).to.have.length(1);
    } finally {
      await proxy.close();
    }
  });

  it('refuses what is no address; sends passwords and hides them', async () => {
    server = await faultyServer((request, response) => {
      expect(request.headers.authorization).to.equal(
        `Basic ${Buffer.from('user:secret').toString('base64')}`,
      );
      response.writeHead(403).end();
    });
    expect((await refused({ url: 'file:///etc/passwd' })).message).to.include('no address to download from');
    const error = await refused({ url: server.url.replace('//', '//user:secret@') });
    expect(error.message).to.include('403').and.not.include('secret');
  });

  it('takes hashes as people paste them, and refuses what is none', () => {
    expect(parseChecksum(` ${sha256.toUpperCase()}\n`, '--sha256').digest).to.equal(sha256);
    expect(() => parseChecksum('abc', '--sha256')).to.throw('--sha256: "abc" is no sha256 hash');
    expect(parseChecksum('c32a1d4ab5d03f1284b67883e8d87530', 'md5', 'md5').algorithm).to.equal('md5');
  });
});
