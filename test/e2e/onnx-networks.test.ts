import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { runCli, temporaryFolder, tinyTraining } from './cli-process.js';

/** The generated images of `tinyTraining`. */
const data = [
  ...['--dataset', 'generated', '--set', 'dataset.size=8', '--set', 'dataset.trainCount=40'],
  ...['--set', 'dataset.testCount=20'],
];

interface Verdict {
  readonly label: number;
  readonly cleanPrediction: number;
  readonly adversarialPredictions: Readonly<Record<string, number>>;
}

describe('networks from ONNX files', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const ard = async (...args: string[]) => await runCli(args, folder.path);
  const student = join('run', 'export', 'student.onnx');
  const verdicts = (run: string): readonly Verdict[] =>
    readFileSync(join(folder.path, run, 'verdicts.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Verdict);

  before(async () => {
    folder = await temporaryFolder();
    const trained = await ard('train', ...tinyTraining, '--epochs', '1', '--run-dir', 'run', '--quiet');
    expect(trained.stderr).to.equal('');
    const exported = await ard('export', 'run');
    expect(exported.stderr).to.equal('');
    // an operator of ONNX that has no gradient here, in the place of another
    const file = readFileSync(join(folder.path, student)).toString('latin1');
    writeFileSync(join(folder.path, 'foreign.onnx'), file.replaceAll('"\x04Relu', '"\x04Atan'), 'latin1');
  });
  after(() => folder.remove());

  it('are attacked as the network that they were made of: the same verdicts of APGD and Square', async () => {
    const options = '{attacks: [apgd-ce, square], iterations: 5, queries: 20}';
    const attack = ['--set', `evaluation.attacks=[{id: autoattack, options: ${options}}]`];
    for (const [network, run] of [
      ['run', 'native'],
      [student, 'imported'],
    ] as const) {
      const result = await ard('evaluate', network, ...data, ...attack, '--run-dir', run);
      expect(result.code, result.stderr).to.equal(0);
    }
    expect(verdicts('native')).to.have.length(20);
    expect(verdicts('imported')).to.deep.equal(verdicts('native'));
  });

  it('teach', async () => {
    const distillation = tinyTraining.map((arg) => (arg === 'adversarial-training' ? 'method-ard' : arg));
    for (const teacher of [student, 'foreign.onnx']) {
      const run = `taught-by-${teacher.replaceAll(/\W/g, '-')}`;
      const result = await ard(
        ...['train', ...distillation, '--teacher', teacher, '--epochs', '1', '--run-dir', run, '--quiet'],
      );
      expect(result.code, result.stderr).to.equal(0);
    }
  });

  it('are described, with what can be done with them', async () => {
    const known = await ard('inspect', student, '--json');
    expect(JSON.parse(known.stdout)).to.deep.include({
      format: 'ONNX',
      operatorSet: 17,
      producer: 'ard',
      forwardOnly: [],
      images: { height: 8, width: 8, channels: 3 },
      classes: 10,
      layout: 'nchw',
    });
    const foreign = await ard('inspect', 'foreign.onnx');
    expect(foreign.stderr).to.equal('');
    expect(foreign.stdout).to.include('gradients: NO; not known: Atan').and.include('operator set 17');
    writeFileSync(join(folder.path, 'broken.onnx'), 'no model');
    const broken = await ard('inspect', 'broken.onnx');
    expect(broken.code).to.equal(1);
    expect(broken.stderr).to.include('Cannot read broken.onnx');
  });

  it('are compared with logits computed elsewhere, and the other program here is ONNX Runtime', async () => {
    const inputs = [0, 1].map((i) =>
      [0, 1, 2].map((c) =>
        Array.from({ length: 8 }, (_, y) =>
          Array.from({ length: 8 }, (_, x) => ((i + 3 * c + y * x) % 10) / 10),
        ),
      ),
    );
    for (const file of [student, 'foreign.onnx']) {
      const session = await InferenceSession.create(join(folder.path, file));
      const images = new Tensor('float32', Float32Array.from(inputs.flat(3)), [2, 3, 8, 8]);
      const values = [...((await session.run({ images }))['logits']!.data as Float32Array)];
      await session.release();
      const logits = [values.slice(0, 10), values.slice(10)];
      writeFileSync(join(folder.path, 'reference.json'), JSON.stringify({ inputs, logits }));
      const agrees = await ard('inspect', file, '--verify', 'reference.json', '--json');
      expect(agrees.code, agrees.stderr).to.equal(0);
      expect((JSON.parse(agrees.stdout) as { verification: object }).verification).to.include({
        agrees: true,
      });
      const other = await ard('inspect', file, '--verify', 'reference.json', '--set', 'student.mean=[0.3]');
      expect(other.code).to.equal(1);
      expect(other.stdout).to.include('logits: DISAGREE');
    }
  });

  it('with operators that are not known are attacked without gradients, and only so', async () => {
    const square = await ard(
      ...[
        'evaluate',
        'foreign.onnx',
        ...data,
        '--set',
        'evaluation.attacks=[{id: square, options: {queries: 20}}]',
      ],
      ...['--run-dir', 'foreign'],
    );
    expect(square.code, square.stderr).to.equal(0);
    expect(verdicts('foreign')).to.have.length(20);
    const gradient = await ard(
      'evaluate',
      'foreign.onnx',
      ...data,
      '--attack',
      'pgd',
      '--run-dir',
      'refused',
    );
    expect(gradient.code).to.equal(1);
    expect(gradient.stderr).to.include('foreign.onnx has no gradient').and.include('Atan');
    expect(gradient.stderr).to.include('--attack square');
  });

  it('are exported again for images that the user names, if they are not foreign', async () => {
    const unnamed = await ard('export', student, '--out', 'again');
    expect(unnamed.stderr).to.include('does not say for which images').and.include('--dataset');
    const foreign = await ard('export', 'foreign.onnx', ...data, '--out', 'again');
    expect(foreign.code).to.equal(1);
    expect(foreign.stderr)
      .to.include('foreign.onnx is computed by another program')
      .and.not.include('    at ');
  });

  it('are kept in the store, where files have no ending', async () => {
    const added = await ard('teacher', 'add', student, '--name', 'exported');
    expect(added.code, added.stderr).to.equal(0);
    const inspected = await ard('inspect', 'exported');
    expect(inspected.stdout).to.include('ONNX, operator set 17');
    const evaluated = await ard('evaluate', 'exported', ...data, '--attack', 'fgsm', '--run-dir', 'stored');
    expect(evaluated.code, evaluated.stderr).to.equal(0);
  });
});
