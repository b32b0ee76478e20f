import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '8080' } },
});
const folder = resolve(positionals[0] ?? '.');

if (!statSync(join(folder, 'index.html'), { throwIfNoEntry: false })) {
  console.error(`${folder} holds no index.html: build the page first (examples/browser/README.md).`);
  process.exit(1);
}

/** Serves a folder to this machine only: enough to look at the page. */
const server = createServer((request, response) => {
  const path = (request.url ?? '/').split('?')[0]!;
  // normalising an absolute path leaves no way out of the folder
  const file = join(folder, normalize(`/${path.endsWith('/') ? `${path}index.html` : path}`));
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    response.writeHead(404).end('not found\n');
    return;
  }
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
});
server.on('error', (error) => {
  console.error(`Cannot serve: ${error.message}. Another port: --port 8081`);
  process.exitCode = 1;
});
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : values.port;
  console.log(`http://127.0.0.1:${port}/ (ctrl-C ends)`);
});
