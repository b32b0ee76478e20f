import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { openClassifier } from './classifier.js';

const [, , model = 'student.onnx', port = '3000'] = process.argv;
const classify = await openClassifier(model).catch((error: Error) => fail(`${model}: ${error.message}`));
const server = createServer((request, response) => {
  const answer = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  buffer(request)
    .then(classify)
    .then((probabilities) => {
      const index = probabilities.indexOf(Math.max(...probabilities));
      answer(200, { class: index, probability: probabilities[index], probabilities });
    })
    .catch((error: Error) => answer(400, { error: error.message }));
});
server.on('error', (error) => fail(`Cannot serve: ${error.message}`));
server.listen(Number(port), '127.0.0.1', () => {
  const { port: listening } = server.address() as AddressInfo;
  console.log(`POST a picture to http://127.0.0.1:${listening}/`);
});

function fail(reason: string): never {
  console.error(reason);
  process.exit(1);
}
