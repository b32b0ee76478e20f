import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fromVariables, safetensorsStore } from '@ard/checkpoints';
import { randomStream, type Architecture } from '@ard/core';
import smallCnns from '@ard/plugin-models-small-cnn';
import { expect } from 'chai';
import { sharedData } from '../support/shared-data.js';
import { runCli, temporaryFolder, tinyTraining } from './cli-process.js';

interface Teacher {
  readonly name: string;
  readonly sha256: string;
  readonly source: string;
  readonly model: { readonly id: string };
  readonly modelName: string;
  readonly normalisation: { readonly mean: readonly number[]; readonly origin: string };
  readonly measured?: { readonly cleanAccuracy: number; readonly images: number };
}

describe('ard teacher', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: Server;
  let address: string;
  let weights: Buffer;
  let hash: string;

  before(async () => {
    folder = await temporaryFolder();
    const component = smallCnns.components[0]!;
    const architecture = (await component.create(
      component.options.parse({ widths: [4, 8] }),
    )) as Architecture;
    const model = architecture.build({ height: 8, width: 8, channels: 3 }, 10);
    const { tensors } = await fromVariables(model, model.init(randomStream(1)));
    await safetensorsStore.save(join(folder.path, 'Mine v1.safetensors'), { tensors, metadata: {} });
    weights = readFileSync(join(folder.path, 'Mine v1.safetensors'));
    hash = createHash('sha256').update(weights).digest('hex');
    server = createServer((request, response) => {
      if (request.url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      else response.end(weights);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await new Promise((done) => server.close(done));
    await folder.remove();
  });

  const ard = (...args: readonly string[]) => runCli(args, folder.path);
  const json = async (...args: readonly string[]): Promise<unknown> => {
    const result = await ard(...args, '--json');
    expect(result.code, result.stderr + result.stdout).to.equal(0);
    return JSON.parse(result.stdout) as unknown;
  };
  const refused = async (...args: readonly string[]): Promise<string> => {
    const result = await ard(...args);
    expect(result.code, result.stdout).to.equal(1);
    expect(result.stderr).to.not.include('    at ');
    return result.stderr;
  };

  it('keeps a file by its hash, with where it came from, and forgets it again', async () => {
    const added = (await json('teacher', 'add', 'Mine v1.safetensors')) as Teacher;
    expect(added).to.deep.include({
      name: 'mine-v1',
      sha256: hash,
      source: join(folder.path, 'Mine v1.safetensors'),
    });
    expect(added.modelName).to.equal('small-cnn:batch-norm widths=[4,8]');
    expect(added.normalisation.origin).to.equal('nobody stated one');
    expect(existsSync(join(folder.path, 'cache', 'teacher-store', hash, 'weights'))).to.equal(true);
    expect(((await json('teacher', 'list')) as Teacher[]).map(({ name }) => name)).to.deep.equal(['mine-v1']);
    expect(((await json('teacher', 'show', hash.slice(0, 8))) as Teacher).name).to.equal('mine-v1');
    await json('teacher', 'remove', 'mine-v1');
    expect(await json('teacher', 'list')).to.deep.equal([]);
    expect(await refused('teacher', 'show', 'mine-v1')).to.include('There is no teacher "mine-v1"');
  });

  it('keeps the accuracy of a teacher that is added again, and names exports by the teacher', async () => {
    const images = ['--dataset', 'generated', '--set', 'dataset.size=8', '--set', 'dataset.testCount=20'];
    const { measured } = (await json('teacher', 'add', 'Mine v1.safetensors', ...images)) as Teacher;
    expect(measured?.images).to.equal(20);
    const again = (await json('teacher', 'add', 'Mine v1.safetensors', '--name', 'ours')) as Teacher;
    expect(again.measured).to.deep.equal(measured);
    const other = (await json(
      ...['teacher', 'add', 'Mine v1.safetensors', '--name', 'ours', '--set', 'teacher.mean=[0.5]'],
    )) as Teacher;
    expect(other.measured).to.equal(undefined);
    const exported = (await json(
      ...['export', 'ours', '--format', 'safetensors', '--out', 'out', ...images.slice(0, 4)],
    )) as { files: { path: string }[] };
    expect(exported.files.map(({ path }) => path)).to.deep.equal([join('out', 'ours.safetensors')]);
    // normalisation is nowhere but in the store's record of it
    const inspected = (await json('inspect', join('out', 'ours.safetensors'))) as {
      normalisation: { mean: number[] };
    };
    expect(inspected.normalisation.mean).to.deep.equal([0.5]);
    await json('teacher', 'remove', 'ours');
  });

  it('loads nothing from the network without a hash, with another one, or from a web page', async () => {
    const url = `${address}/teacher.safetensors`;
    expect(await refused('teacher', 'add', url))
      .to.include('only when its hash is known')
      .and.include('--sha256');
    expect(
      await refused(
        'teacher',
        'add',
        url,
        '--sha256',
        hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
      ),
    ).to.include(`has the sha256 ${hash}`);
    expect(await refused('teacher', 'add', `${address}/page`, '--sha256', hash)).to.include(
      'a web page instead',
    );
    expect(await refused('teacher', 'add', 'Mine v1.safetensors', '--sha256', 'a'.repeat(64))).to.include(
      'expected aaaa',
    );
    expect(await json('teacher', 'list')).to.deep.equal([]);
  });

  it('trains with a teacher by name; the run records it, names it by its hash and notices another one', async () => {
    await json(
      'teacher',
      'add',
      `${address}/teacher.safetensors`,
      '--sha256',
      hash,
      '--name',
      'ours',
      '--set',
      'teacher.mean=[0.5]',
    );
    const run = join(folder.path, 'runs', 'distilled');
    const args = [
      'train',
      ...tinyTraining,
      '--plugin',
      'method-rslad',
      '--epochs',
      '1',
      '--name',
      'distilled',
    ];
    const trained = await ard(...args, '--teacher', 'ours');
    expect(trained.code, trained.stderr).to.equal(0);
    const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')) as {
      teacher: { checkpoint: string; options: { mean: number[]; widths: number[] } };
    };
    expect(config.teacher.checkpoint).to.equal(`sha256:${hash}`);
    expect(config.teacher.options).to.deep.include({ mean: [0.5], widths: [4, 8] });
    const lock = JSON.parse(readFileSync(join(run, 'plugins.lock.json'), 'utf8')) as {
      teachers: { teacher: { sha256: string; store: Teacher } };
    };
    expect(lock.teachers.teacher.sha256).to.equal(hash);
    expect(lock.teachers.teacher.store).to.deep.include({
      name: 'ours',
      source: `${address}/teacher.safetensors`,
    });

    rmSync(join(folder.path, 'cache', 'teacher-store', hash, 'weights'));
    expect(await refused('train', '--resume', run)).to.include(`The teacher store has no sha256:${hash}`);
    const other = Buffer.from(weights);
    other.writeUInt8(other.at(-1)! ^ 1, other.length - 1);
    writeFileSync(join(folder.path, 'cache', 'teacher-store', hash, 'weights'), other);
    expect(await refused('train', '--resume', run)).to.include('is not the teacher that this run began with');
  });

  it('lists the teachers of the papers, and does not take anything for one of them', async () => {
    const known = (await json('teacher', 'list', '--known')) as {
      id: string;
      clean: number;
      autoAttack: number;
    }[];
    expect(known.find(({ id }) => id === 'trades-wrn-34-10')).to.include({ clean: 84.92, autoAttack: 53.08 });
    expect(known.find(({ id }) => id === 'gowal2020-wrn-70-16-cifar100')).to.include({
      clean: 60.86,
      autoAttack: 30.03,
    });
    const message = await refused(
      'teacher',
      'add',
      'Mine v1.safetensors',
      '--as',
      'trades-wrn-34-10',
      '--name',
      'not',
    );
    expect(message).to.include('does not fit wide-resnet-34-10-sub-block1').and.include('missing');
    expect(await refused('teacher', 'add', 'Mine v1.safetensors', '--as', 'trades')).to.include(
      'trades-wrn-34-10',
    );
  });

  const file =
    sharedData('checkpoints/resnet56-4bfd9763.th') ??
    sharedData('checkpoints/cifar10-resnet56-plain.safetensors');
  if (file === undefined) it('skipped in part: this machine has no shared data beside the checkout');
  else {
    it('measures the accuracy of a published teacher and compares it', async () => {
      const cifar = [
        '--dataset',
        'cifar10',
        '--data-dir',
        sharedData('cifar-10-batches-bin')!,
        '--test-samples',
        '500',
      ];
      const result = await ard('teacher', 'add', file, '--as', 'akamaster-resnet-56', ...cifar);
      expect(result.code, result.stderr).to.equal(0);
      expect(result.stdout).to.match(/Clean accuracy 9\d\.\d % of 500 images, as published \(93\.39 %\)/);
      const wrong = await ard(
        'teacher',
        'add',
        sharedData('checkpoints/resnet20-12fca82f.th')!,
        '--name',
        'plain',
        ...cifar,
      );
      expect(wrong.stdout)
        .to.include('does not say how its images are normalised')
        .and.include('Clean accuracy');
    });
  }
});
