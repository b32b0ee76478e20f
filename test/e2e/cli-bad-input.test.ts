import { expect } from 'chai';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream, type Architecture, type StoredTensors } from '@ard/core';
import { fromVariables, safetensorsStore } from '@ard/checkpoints';
import preactResnets from '@ard/plugin-models-preact-resnet';
import smallCnn from '@ard/plugin-models-small-cnn';
import { runCli, temporaryFolder, tinyTraining } from './cli-process.js';

const onTiny = (...changes: readonly string[]) => ['train', ...tinyTraining, '--name', 'never', ...changes];
const onCifar = ['train', '--plugin', 'adversarial-training', '--dataset', 'cifar10', '--name', 'never'];
const distil = [
  'train',
  '--plugin',
  'method-rslad',
  '--student',
  'small-cnn',
  '--dataset',
  'cifar10',
  '--data-dir',
];

interface Case {
  readonly what: string;
  readonly args: readonly string[];
  readonly says: readonly (string | RegExp)[];
}

/** Built once; no case changes it. */
async function prepare(folder: string): Promise<void> {
  const record = (label: number): Buffer => Buffer.concat([Buffer.of(label), Buffer.alloc(3072, label * 20)]);
  const data = (name: string, content: Buffer): void => {
    mkdirSync(join(folder, name), { recursive: true });
    for (const file of ['data_batch_1.bin', 'test_batch.bin'])
      writeFileSync(join(folder, name, file), content);
  };
  const records = Buffer.concat(Array.from({ length: 20 }, (_, index) => record(index % 10)));
  data('cifar', records);
  data('truncated', records.subarray(0, 30_000));
  data('wrong-label', Buffer.concat([records, record(11)]));
  mkdirSync(join(folder, 'empty'));

  const model = (options: Record<string, unknown>, classes: number) => {
    const component = smallCnn.components.find(({ id }) => id === 'small-cnn')!;
    const architecture = component.create(component.options.parse(options)) as {
      build(shape: object, classes: number): Parameters<typeof fromVariables>[0];
    };
    return architecture.build({ height: 32, width: 32, channels: 3 }, classes);
  };
  for (const [name, network] of Object.entries({
    seven: model({}, 7),
    wide: model({ widths: [16, 32, 65] }, 10),
  })) {
    const stored = await fromVariables(network, network.init(randomStream(0)));
    await safetensorsStore.save(join(folder, `${name}.safetensors`), stored);
  }
  const preact = preactResnets.components[0]!;
  const unclear = preact.create(preact.options.parse({ width: 0.02, finalBatchNorm: false })) as Architecture;
  const network = unclear.build({ height: 32, width: 32, channels: 3 }, 10);
  const stored = await fromVariables(network, network.init(randomStream(0)));
  await safetensorsStore.save(join(folder, 'unclear.safetensors'), stored);
  const renamed = Object.entries(stored.tensors).map(([name, tensor]) => [`x.${name}`, tensor]);
  await safetensorsStore.save(join(folder, 'strange.safetensors'), {
    tensors: Object.fromEntries(renamed) as StoredTensors['tensors'],
    metadata: {},
  });
  const whole = readFileSync(join(folder, 'seven.safetensors'));
  writeFileSync(join(folder, 'cut.safetensors'), whole.subarray(0, whole.length - 100));

  for (const [name, apiVersion, code] of [
    ['from-the-past', 0, 'export default {}'],
    ['from-the-future', 2, 'export default {}'],
    ['broken', 1, "import 'no-such-library';"],
  ] as const) {
    mkdirSync(join(folder, name));
    const manifest = {
      name: `ard-plugin-${name}`,
      version: '1.0.0',
      type: 'module',
      ard: { apiVersion, plugin: './i.js' },
    };
    writeFileSync(join(folder, name, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, name, 'i.js'), code);
  }

  mkdirSync(join(folder, 'runs', 'taken'), { recursive: true });
  writeFileSync(join(folder, 'runs', 'taken', 'config.json'), '{}');
  writeFileSync(join(folder, 'a-file'), '');
  writeFileSync(join(folder, 'bad.yaml'), 'student: [resnet\n');
  writeFileSync(join(folder, 'unknown.yaml'), 'studnet: resnet-20\n');
}

const cases: readonly Case[] = [
  { what: 'an unknown command', args: ['trian'], says: ['Unknown command "trian".', 'Did you mean train?'] },
  {
    what: 'an unknown command with arguments',
    args: ['exprot', 'runs/x'],
    says: ['Unknown command "exprot".', 'Did you mean export?'],
  },
  {
    what: 'an unknown command of a topic',
    args: ['data', 'chek', 'cifar'],
    says: ['Unknown command "data chek".', 'Did you mean data check?'],
  },
  {
    what: 'a part given as a flag',
    args: ['explain', '--strategy', 'geometric'],
    says: ['Unknown flag --strategy.', '--set strategy=<id>', '`ard list strategy`'],
  },
  {
    what: 'an option given as a flag',
    args: ['train', '--epsilon', '8/255'],
    says: ['Unknown flag --epsilon.', '--attack.epsilon'],
  },
  { what: 'a model to show that is not named', args: ['show', 'model'], says: ['Which model?'] },
  {
    what: 'an unknown flag',
    args: ['train', '--epoch', '3'],
    says: ['Unknown flag --epoch.', 'Did you mean --epochs?'],
  },
  {
    what: 'a flag without its number',
    args: ['train', '--epochs', 'many'],
    says: ['--epochs: expected an integer but received: many'],
  },
  { what: 'a missing argument', args: ['show'], says: ['component', '--help'] },
  {
    what: 'an unknown plugin',
    args: ['train', '--plugin', 'fair-geometrc'],
    says: ['Unknown plugin "fair-geometrc"', 'Did you mean fair-geometric?'],
  },
  {
    what: 'a plugin for an older API',
    args: ['list', '--plugin', './from-the-past'],
    says: ['made for plugin API 0, this ard has 1', 'Upgrade ard-plugin-from-the-past.'],
  },
  {
    what: 'a plugin for a newer API',
    args: ['list', '--plugin', './from-the-future'],
    says: ['made for plugin API 2, this ard has 1', 'Upgrade @ard/cli.'],
  },
  {
    what: 'a plugin that cannot be imported',
    args: ['list', '--plugin', './broken'],
    says: ['Plugin ard-plugin-broken failed while it was imported', 'no-such-library'],
  },
  {
    what: 'an unknown preset',
    args: onTiny('--preset', 'trads'),
    says: ['Unknown preset "trads"', 'trades'],
  },
  {
    what: 'an unknown component',
    args: onTiny('--set', 'student=resnet-21'),
    says: ['Unknown model "resnet-21" (from --set)', 'Did you mean resnet-20'],
  },
  { what: 'an unknown component to show', args: ['show', 'pgdd'], says: ['Did you mean pgd'] },
  {
    what: 'an unknown kind',
    args: ['list', 'atack'],
    says: ['Unknown kind "atack"', 'Did you mean attack?'],
  },
  {
    what: 'an unknown option',
    args: onTiny('--set', 'attack.stpes=5'),
    says: ['attack.stpes (from --set): pgd has no option "stpes"', 'Did you mean steps?'],
  },
  {
    what: 'an unknown part',
    args: onTiny('--set', 'atack.steps=5'),
    says: ['unknown part "atack"', 'Did you mean attack?'],
  },
  {
    what: 'an option out of range',
    args: onTiny('--epochs', '0'),
    says: ['training.epochs is 0 (from --epochs), allowed is: integer, at least 1.'],
  },
  {
    what: 'an attack that an evaluation does not know',
    args: onTiny('--set', 'evaluation.attacks=[pdg]'),
    says: ['Unknown attack "pdg"', 'Did you mean pgd'],
  },
  { what: 'a setting without a value', args: onTiny('--set', 'attack.steps'), says: ['there is no value'] },
  {
    what: 'no method',
    args: ['train', '--dataset', 'generated'],
    says: ['No method is chosen.', '--plugin'],
  },
  {
    what: 'a method without its teacher',
    args: [...distil, 'cifar'],
    says: ['method rslad needs a teacher, and none is given.', '--teacher', 'adversarial-training'],
  },
  {
    what: 'a configuration file that is not there',
    args: ['explain', '--config', 'none.yaml'],
    says: ['none.yaml'],
  },
  {
    what: 'a configuration file with a mistake',
    args: ['explain', '--config', 'bad.yaml'],
    says: ['bad.yaml cannot be read', 'at line 2, column 1. Correct'],
  },
  {
    what: 'a configuration file with an unknown part',
    args: ['explain', '--config', 'unknown.yaml'],
    says: ['unknown.yaml: unknown part "studnet"', 'Did you mean student?'],
  },
  {
    what: 'a data folder without a data set',
    args: ['train', '--data-dir', 'cifar'],
    says: ['--data-dir', '--dataset'],
  },
  { what: 'a missing data folder', args: [...onCifar, '--data-dir', 'nowhere'], says: ['nowhere'] },
  { what: 'a data folder without the files', args: [...onCifar, '--data-dir', 'empty'], says: ['empty'] },
  {
    what: 'a truncated data file',
    args: [...onCifar, '--data-dir', 'truncated'],
    says: [/data_batch_1\.bin/, /3,?073/],
  },
  {
    what: 'a label outside the range',
    args: [...onCifar, '--data-dir', 'wrong-label'],
    says: [/label/i, '11'],
  },
  {
    what: 'a teacher that is not there',
    args: [...distil, 'cifar', '--teacher', 'x.safetensors'],
    says: ['no file or folder'],
  },
  {
    what: 'a teacher of an unknown model',
    args: [...distil, 'cifar', '--teacher', 'smal-cnn:wide.safetensors'],
    says: ['Unknown model "smal-cnn" (from --teacher)', 'Did you mean small-cnn'],
  },
  {
    what: 'a teacher that does not say which model it is',
    args: [...distil, 'cifar', '--teacher', 'strange.safetensors'],
    says: [
      'does not say which model it holds',
      'MODEL:strange.safetensors',
      'ard inspect strange.safetensors',
    ],
  },
  {
    what: 'a teacher that may be of several models',
    args: [...distil, 'cifar', '--teacher', 'unclear.safetensors'],
    says: [
      'may hold any of these models: preact-resnet:kuangliu width=0.019',
      'preact-resnet:robustbench width=0.019',
      'preact-resnet:kuangliu:unclear.safetensors --set teacher.width=',
    ],
  },
  {
    what: 'a file to inspect that is none',
    args: ['inspect', 'unknown.yaml'],
    says: ['unknown.yaml', 'neither a safetensors file nor one of PyTorch'],
  },
  {
    what: 'a reference of logits that is none',
    args: ['inspect', 'seven.safetensors', '--verify', 'runs/taken/config.json'],
    says: ['is no reference of logits', 'docs/checkpoints.md'],
  },
  {
    what: 'a teacher of other shapes',
    args: [...distil, 'cifar', '--teacher', 'small-cnn:wide.safetensors'],
    says: ['wide.safetensors', /64/, /65/],
  },
  {
    what: 'a teacher of another number of classes',
    args: [...distil, 'cifar', '--teacher', 'small-cnn:seven.safetensors'],
    says: ['seven.safetensors', /7/, /10/, /class/],
  },
  {
    what: 'a truncated checkpoint',
    args: [...distil, 'cifar', '--teacher', 'small-cnn:cut.safetensors'],
    says: ['cut.safetensors'],
  },
  {
    what: 'an existing run directory',
    args: ['train', ...tinyTraining, '--name', 'taken'],
    says: [/runs.taken already exists/, '--resume runs/taken'],
  },
  {
    what: 'a run directory that cannot be made',
    args: ['train', ...tinyTraining, '--run-dir', 'a-file/x'],
    says: ['a-file', /file, not a folder/],
  },
  {
    what: 'nothing to resume',
    args: ['train', '--resume', 'runs/none'],
    says: ['There is no run in runs/none.'],
  },
  {
    what: 'other settings for a run that is resumed',
    args: ['train', '--resume', 'runs/taken', '--epochs', '9'],
    says: ['--epochs cannot change them'],
  },
  { what: 'an evaluation without a network', args: ['evaluate'], says: ['Name a run or a checkpoint'] },
  {
    what: 'a sanity check that does not exist',
    args: ['evaluate', 'small-cnn:wide.safetensors', '--accept', 'randomnes'],
    says: ['no such check', 'randomness'],
  },
  {
    what: 'no evaluation to resume',
    args: ['evaluate', '--resume', 'runs/none'],
    says: ['There is no evaluation in runs/none.'],
  },
  {
    what: 'other settings for an evaluation that is resumed',
    args: ['evaluate', '--resume', 'runs/taken', '--attack', 'fgsm'],
    says: ['--attack cannot change them'],
  },
  {
    what: 'options of an attack that an evaluation does not look at',
    args: ['evaluate', 'small-cnn:wide.safetensors', '--set', 'attack.epsilon=4/255'],
    says: ['does not look at the part attack', '--attack', 'evaluation.attacks=[{id: pgd:s'],
  },
  {
    what: 'options of a training that an export does not look at',
    args: ['export', 'small-cnn:wide.safetensors', '--training.epochs', '3'],
    says: ['does not look at the part training', 'exporter'],
  },
  { what: 'an evaluation of nothing', args: ['evaluate', 'runs/none'], says: ['no file or folder'] },
  {
    what: 'an evaluation without data',
    args: ['evaluate', 'small-cnn:wide.safetensors'],
    says: ['does not say which images', '--dataset'],
  },
];

describe('bad input on the command line', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    await prepare(folder.path);
  });
  after(() => folder.remove());

  for (const { what, args, says } of cases) {
    it(`answers ${what} with what, where and what to do`, async () => {
      const { code, stdout, stderr } = await runCli(args, folder.path);
      expect(code).to.be.greaterThan(0);
      expect(stderr).to.match(/^Error: /m);
      expect(stderr).not.to.contain('    at '); // no stack
      const lines = stderr.slice(stderr.indexOf('Error: ')).trim().split('\n');
      // one line for what and where, one for the remedy; only differences of a checkpoint are listed in between
      expect(lines.filter((line) => !line.startsWith('  ') && !line.startsWith('and ')).length).to.be.at.most(
        2,
      );
      for (const part of says) {
        if (typeof part === 'string') expect(lines.join(' ')).to.contain(part);
        else expect(lines.join(' ')).to.match(part);
      }
      expect(stdout).not.to.contain('Error');
    });
  }

  it('leaves no run behind and overwrites none', () => {
    expect(readdirSync(join(folder.path, 'runs'))).to.deep.equal(['taken']);
    expect(readdirSync(join(folder.path, 'runs', 'taken'))).to.deep.equal(['config.json']);
    expect(readFileSync(join(folder.path, 'runs', 'taken', 'config.json'), 'utf8')).to.equal('{}');
  });

  it('prints errors as JSON on standard output when asked', async () => {
    const { code, stdout } = await runCli(['show', 'pgdd', '--json'], folder.path);
    const { error } = JSON.parse(stdout) as { error: { message: string; remedy: string; exitCode: number } };
    expect(error.message).to.equal('Unknown component "pgdd".');
    expect(error.exitCode).to.equal(code);
  });
});
