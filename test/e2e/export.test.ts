import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { runCli, temporaryFolder, tinyTraining } from './cli-process.js';

describe('ard export', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const ard = async (...args: string[]) => await runCli(args, folder.path);

  before(async () => {
    folder = await temporaryFolder();
    const trained = await ard('train', ...tinyTraining, '--epochs', '1', '--run-dir', 'run', '--quiet');
    expect(trained.stderr).to.equal('');
  });
  after(() => folder.remove());

  it('writes a classifier and its gradient that ONNX Runtime runs, with the names of the classes', async () => {
    const { stdout, code } = await ard('export', 'run', '--set', 'exporter.gradient=true', '--json');
    expect(code).to.equal(0);
    const { files, check } = JSON.parse(stdout) as {
      files: { path: string; bytes: number }[];
      check: { largestDifference: number };
    };
    expect(check.largestDifference).to.be.below(1e-5);
    expect(files.map(({ path }) => path)).to.deep.equal([
      join('run', 'export', 'student.onnx'),
      join('run', 'export', 'student.gradient.onnx'),
    ]);
    const [classifier, gradient] = files.map(({ path }) => join(folder.path, path));
    expect(readFileSync(classifier!).toString('latin1')).to.include('ard.classNames');
    const session = await InferenceSession.create(gradient!);
    const images = new Tensor('float32', new Float32Array(2 * 3 * 64).fill(0.5), [2, 3, 8, 8]);
    const labels = new Tensor('int32', Int32Array.of(0, 1), [2]);
    const outputs = await session.run({ images, labels });
    expect(outputs['gradient']!.dims).to.deep.equal([2, 3, 8, 8]);
    expect(outputs['loss']!.dims).to.deep.equal([2]);
    await session.release();
  });

  it('replaces no file unless told to', async () => {
    const path = join(folder.path, 'mine.onnx');
    writeFileSync(path, 'precious');
    const refused = await ard('export', 'run', '--out', '.', '--name', 'mine');
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include('mine.onnx exists already').and.include('--force');
    expect(readFileSync(path, 'utf8')).to.equal('precious');
    expect((await ard('export', 'run', '--out', '.', '--name', 'mine', '--force')).code).to.equal(0);
    expect(readFileSync(path).length).to.be.above(1000);
  });

  it('writes safetensors that ard itself evaluates without being told the model', async () => {
    await ard('export', 'run', '--format', 'safetensors', '--out', 'weights');
    const again = await ard('export', join('weights', 'student.safetensors'), '--out', 'weights');
    expect(again.stderr).to.equal('');
    expect(again.stdout).to.include('same logits');
  });

  it('writes a tfjs graph model, after running it', async () => {
    const { stdout, stderr } = await ard('export', 'run', '--format', 'tfjs', '--out', 'web');
    expect(stderr).to.equal('');
    expect(stdout).to.include('same logits');
    const path = join(folder.path, 'web', 'student-tfjs', 'model.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).to.have.nested.property(
      'userDefinedMetadata.ard\\.classNames',
    );
  });

  it('says what is wrong in one line', async () => {
    const format = await ard('export', 'run', '--format', 'onx');
    expect(format.stderr).to.include('Unknown exporter "onx"').and.include('Did you mean onnx?');
    const opset = await ard('export', 'run', '--set', 'exporter.opset=99');
    expect(opset.stderr).to.include('exporter.opset is 99');
    expect((await ard('export', 'nowhere')).stderr).to.include('nowhere');
    writeFileSync(join(folder.path, 'file'), '');
    const below = await ard('export', 'run', '--out', join('file', 'below'));
    expect(below.code).to.equal(1);
    expect(below.stderr).to.include('Cannot create').and.include('a part of the path is a file');
    if (!existsSync('/proc/self')) return; // Linux has a folder that even root cannot write to
    const unwritable = await ard('export', 'run', '--out', '/proc/ard');
    expect(unwritable.code).to.equal(1);
    expect(unwritable.stderr).to.include('Cannot create /proc/ard').and.include('Check the path');
  });
});
