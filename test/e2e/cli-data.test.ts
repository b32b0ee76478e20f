import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { Header } from 'tar';
import { runCli, temporaryFolder } from './cli-process.js';

const records = (...labels: number[]): Buffer =>
  Buffer.concat(
    labels.map((label) => Uint8Array.from({ length: 3073 }, (_, i) => (i === 0 ? label : (i * label) % 251))),
  );

function tarGz(files: Readonly<Record<string, Buffer>>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, content]) => {
    const header = Buffer.alloc(512);
    new Header({ path, type: 'File', mode: 0o644, mtime: new Date(0), size: content.length }).encode(header);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 0 });
}

const archive = tarGz({
  'toy/data_batch_1.bin': records(...Array.from({ length: 20 }, (_, index) => index % 10)),
  'toy/test_batch.bin': records(3, 4),
});

/** CIFAR-10 under another name and address, as a plugin of somebody else. */
function writePlugin(folder: string): void {
  mkdirSync(join(folder, 'toy-plugin'));
  writeFileSync(
    join(folder, 'toy-plugin', 'package.json'),
    JSON.stringify({
      name: 'ard-plugin-toy',
      version: '1.0.0',
      type: 'module',
      ard: { apiVersion: 1, plugin: './index.js' },
    }),
  );
  const checksum = { algorithm: 'md5', digest: createHash('md5').update(archive).digest('hex') };
  const downloads = [{ url: 'http://127.0.0.1:9/toy.tar.gz', checksum, archive: 'tar.gz' }];
  writeFileSync(
    join(folder, 'toy-plugin', 'index.js'),
    `import cifar from ${JSON.stringify(import.meta.resolve('@ard/plugin-datasets-cifar'))};
     const [cifar10] = cifar.components;
     const origin = { recognise: () => false, downloads: ${JSON.stringify(downloads)} };
     export default { ...cifar, name: 'toy', components: [{ ...cifar10, id: 'toy', origin }] };`,
  );
}

/** Sends a file, but breaks off the first few connections half-way; or something else altogether. */
function startServer(
  paths: Readonly<Record<string, Buffer>>,
  breaks: number,
): Promise<{ server: Server; address: string; ranges: string[] }> {
  const ranges: string[] = [];
  let broken = 0;
  const server = createServer((request, response) => {
    const content = paths[request.url!];
    if (!content) return void response.writeHead(404).end('nothing here');
    const begin = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (request.headers.range) ranges.push(request.headers.range);
    response.writeHead(begin > 0 ? 206 : 200, {
      etag: '"one"',
      'content-length': content.length - begin,
      ...(begin > 0 ? { 'content-range': `bytes ${begin}-${content.length - 1}/${content.length}` } : {}),
    });
    if (broken++ >= breaks) return void response.end(content.subarray(begin));
    const half = begin + Math.floor((content.length - begin) / 2);
    // the client has to see the bytes before the end of the connection
    response.write(content.subarray(begin, half), () => setTimeout(() => response.destroy(), 100));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ server, ranges, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    });
  });
}

describe('ard data', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    writePlugin(folder.path);
  });
  afterEach(() => folder.remove());

  const fetchToy = (from: string, ...more: string[]) =>
    runCli(
      ['data', 'fetch', 'toy', '--plugin', './toy-plugin', '--data-dir', 'data/toy', '--from', from, ...more],
      folder.path,
    );

  it('fetch goes on where the connection broke, unpacks, and check finds everything in order', async () => {
    const { server, address, ranges } = await startServer({ '/set/toy.tar.gz': archive }, 2);
    try {
      const fetched = await fetchToy(`${address}/set/`);
      expect(fetched.stderr).to.equal('');
      expect(fetched.stdout).to.match(/Fetching .*toy\.tar\.gz\nUnpacking .*\ntoy is in data\/toy\n$/);
      expect(ranges.length).to.equal(2);
      expect(readdirSync(join(folder.path, 'data'))).to.deep.equal(['toy']);
      expect(readdirSync(join(folder.path, 'data/toy')).sort()).to.deep.equal([
        'data_batch_1.bin',
        'test_batch.bin',
      ]);
    } finally {
      server.close();
    }
    const checked = await runCli(['data', 'check', 'data/toy', '--json'], folder.path);
    const found = JSON.parse(checked.stdout) as {
      dataset: string;
      comparison: Record<string, unknown>;
      problems: string[];
    };
    expect(found.dataset).to.equal('cifar10');
    expect(found.comparison.trainCounts).to.deep.equal(new Array(10).fill(2));
    // images 10 to 19 repeat 0 to 9, and the two test images are among them
    expect(found.comparison).to.include({ duplicatesInTrain: 10, testInTrain: 2, contradictions: 0 });
    expect(found.problems.join('\n'))
      .to.include('data_batch_1.bin is not the official file')
      .and.include('test: no image of 8 of 10');
    expect(checked.code).to.equal(1);
  });

  it('fetch uses nothing of wrong bytes, web pages and missing files, each in one clear line', async () => {
    const wrong = Buffer.from(archive);
    wrong[5000]! ^= 1;
    const page = Buffer.from('<!DOCTYPE html><html><body>Please log in</body></html>');
    const { server, address } = await startServer(
      { '/wrong/toy.tar.gz': wrong, '/page/toy.tar.gz': page },
      0,
    );
    try {
      for (const [where, says] of [
        ['wrong', /has the md5 [0-9a-f]{32}, expected [0-9a-f]{32}; nothing was kept/],
        ['page', /web page instead of the file/],
        ['none', /404/],
      ] as const) {
        const { code, stderr } = await fetchToy(`${address}/${where}`, '--quiet');
        expect(code, where).to.equal(1);
        expect(stderr, where).to.match(says);
        expect(stderr.trim().split('\n'), stderr).to.have.length.at.most(2);
        expect(existsSync(join(folder.path, 'data/toy')), where).to.equal(false);
      }
      expect(readdirSync(join(folder.path, 'data'))).to.deep.equal([]);
    } finally {
      server.close();
    }
  });

  it('fetch never touches a folder that holds something', async () => {
    mkdirSync(join(folder.path, 'data/toy'), { recursive: true });
    writeFileSync(join(folder.path, 'data/toy/mine.txt'), 'precious');
    const { code, stderr } = await fetchToy('http://127.0.0.1:9');
    expect(code).to.equal(1);
    expect(stderr).to.match(/data\/toy already exists and is not empty/);
    expect(readFileSync(join(folder.path, 'data/toy/mine.txt'), 'utf8')).to.equal('precious');
  });

  it('check names every corrupt picture, and says what a folder may hold', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    for (const [name, content] of Object.entries({
      'a/1.png': png,
      'a/2.png': png.subarray(0, 40),
      'b/1.png': png,
      'b/2.jpg': Buffer.from('no picture'),
    })) {
      for (const split of ['train', 'test']) {
        mkdirSync(join(folder.path, 'pictures', split, name, '..'), { recursive: true });
        writeFileSync(join(folder.path, 'pictures', split, name), content);
      }
    }
    const { code, stdout } = await runCli(['data', 'check', 'pictures'], folder.path);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^image-folder in .*pictures/);
    expect(stdout).to.match(
      /4 problems\n.*train\/a\/2\.png: cannot.*\n.*train\/b\/2\.jpg: cannot.*\n.*test\/a\/2\.png/,
    );
    const nothing = await runCli(['data', 'check', 'toy-plugin'], folder.path);
    expect(nothing.stderr).to.match(/^Error: No data set is recognised in .*toy-plugin\./);
    const absent = await runCli(['data', 'check', 'absent'], folder.path);
    expect(absent.stderr).to.match(/absent: there is no such file or folder/);
  });
});
