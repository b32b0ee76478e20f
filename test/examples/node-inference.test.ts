import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { runCli, temporaryFolder, tinyTraining } from '../e2e/cli-process.js';
import { probabilities as softmax } from './attack-by-hand.js';
import { runExample, serveExample, type ExampleServer } from './example-process.js';

interface Answer {
  readonly class: number;
  readonly probability: number;
  readonly probabilities: readonly number[];
}

describe('examples/node-inference', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ExampleServer;
  let model: string;

  before(async () => {
    folder = await temporaryFolder();
    await runCli(['train', ...tinyTraining, '--epochs', '1', '--run-dir', 'run', '--quiet'], folder.path);
    const exported = await runCli(['export', 'run'], folder.path);
    expect(exported.code, exported.stderr).to.equal(0);
    model = join(folder.path, 'run', 'export', 'student.onnx');
    server = await serveExample('node-inference/dist/src/server.js', [model, '0']);
  });
  after(async () => {
    await server?.stop();
    await folder?.remove();
  });

  const post = (body: Uint8Array) => fetch(server.url, { method: 'POST', body: Uint8Array.from(body) });

  it('answers a picture with the probabilities of the student', async () => {
    const colour = [32, 96, 192] as const;
    const background = { r: colour[0], g: colour[1], b: colour[2] };
    const picture = await sharp({ create: { width: 20, height: 12, channels: 3, background } })
      .png()
      .toBuffer();
    writeFileSync(join(folder.path, 'picture.png'), picture);
    const response = await post(picture);
    expect(response.status).to.equal(200);
    const answer = (await response.json()) as Answer;

    const session = await InferenceSession.create(model);
    const plane = (value: number) => new Array<number>(64).fill(value / 255);
    const images = new Tensor('float32', Float32Array.from(colour.flatMap(plane)), [1, 3, 8, 8]);
    const { logits } = await session.run({ images });
    await session.release();
    const expected = softmax([...(logits!.data as Float32Array)]);
    answer.probabilities.forEach((probability, index) =>
      expect(probability).to.be.closeTo(expected[index]!, 1e-5),
    );
    expect(answer.class).to.equal(expected.indexOf(Math.max(...expected)));
    expect(answer.probability).to.equal(answer.probabilities[answer.class]);
  });

  it('answers rubbish with an error, and lives on', async () => {
    for (const body of [new Uint8Array(0), Buffer.from('no picture')]) {
      const response = await post(body);
      expect(response.status).to.equal(400);
      expect(await response.json())
        .to.have.property('error')
        .that.is.a('string').and.not.empty;
    }
    const grey = await sharp({ create: { width: 9, height: 9, channels: 4, background: '#80808080' } })
      .webp()
      .toBuffer();
    expect((await post(grey)).status).to.equal(200);
  });

  it('says in one line what is wrong with a model', () => {
    for (const file of ['nothing.onnx', 'picture.png']) {
      const { status, stderr } = runExample('node-inference/dist/src/server.js', [file], folder.path);
      expect(status).to.equal(1);
      expect(stderr.trim().split('\n'), stderr).to.have.length(1);
      expect(stderr).to.contain(`${file}: `);
    }
  });
});
