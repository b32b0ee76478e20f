import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

export interface FaultyServer {
  readonly url: string;
  /** `range` headers of the requests so far; `-` where there was none. */
  readonly ranges: string[];
  close(): Promise<void>;
}

/** A server on this machine that answers the n-th request (from 0) as it is told. */
export async function faultyServer(
  answer: (request: IncomingMessage, response: ServerResponse, n: number) => void,
): Promise<FaultyServer> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? '-');
    answer(request, response, ranges.length - 1);
  });
  return { url: `http://127.0.0.1:${await listen(server)}/weights.pt`, ranges, close: () => close(server) };
}

export interface ServeOptions {
  /** Breaks the connection after so many bytes. */
  readonly drop?: number;
  readonly etag?: string;
  readonly ignoreRange?: boolean;
}

/** Serves bytes as a proper server does, but for the faults asked for. */
export function serve(
  request: IncomingMessage,
  response: ServerResponse,
  content: Uint8Array,
  { drop, etag, ignoreRange = false }: ServeOptions = {},
): void {
  if (etag !== undefined) response.setHeader('etag', etag);
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const changed = request.headers['if-range'] !== undefined && request.headers['if-range'] !== etag;
  const partial = from > 0 && !ignoreRange && !changed;
  if (partial && from >= content.length) {
    response.writeHead(416).end();
    return;
  }
  const body = partial ? content.subarray(from) : content;
  if (partial) response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
  response.writeHead(partial ? 206 : 200, {
    'content-length': body.length,
    'content-type': 'application/octet-stream',
  });
  if (drop === undefined || drop >= body.length) response.end(body);
  else response.write(body.subarray(0, drop), () => setImmediate(() => response.destroy()));
}

/** A proxy that tunnels, and counts. */
export async function tunnellingProxy(): Promise<{ url: string; tunnels: string[]; close(): Promise<void> }> {
  const tunnels: string[] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client, head) => {
    tunnels.push(request.url ?? '');
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) socket.on('error', () => client.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, tunnels, close: () => close(server) };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
