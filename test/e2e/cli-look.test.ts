import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, runCli, temporaryFolder } from './cli-process.js';

const javascript = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;

describe('looking around on the command line', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  async function ard(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(args, folder.path);
    expect(code, stderr).to.equal(0);
    return stdout;
  }

  it('helps a newcomer: commands with one line each, examples that work', async () => {
    const help = await ard('--help');
    for (const command of ['train', 'evaluate', 'list', 'show', 'explain', 'doctor']) {
      expect(help).to.match(new RegExp(`^  ${command} `, 'm'));
    }
    const train = await ard('train', '--help');
    expect(train).to.contain('$ ard train --plugin fair-geometric');
    expect(train).to.contain('Ctrl-C saves');
  });

  it('helps before anything heavy is imported', () => {
    const heavy = '/@tensorflow|onnxruntime|zod|inversify/';
    const hooks = `export async function resolve(name, context, next) {
      if (${heavy}.test(name)) throw new Error(name + ' is imported');
      return next(name, context);
    }`;
    const watch = `import { register } from 'node:module'; register(${JSON.stringify(javascript(hooks))});`;
    const help = spawnSync(process.execPath, ['--import', javascript(watch), bin, '--help'], {
      encoding: 'utf8',
    });
    expect(help.status, help.stderr).to.equal(0);
    expect(help.stdout).to.contain('ard');
  });

  it('lists components by kind with plugin and summary', async () => {
    const all = await ard('list');
    for (const kind of [
      'model',
      'dataset',
      'attack',
      'method',
      'estimator',
      'strategy',
      'engine',
      'preset',
    ]) {
      expect(all).to.match(new RegExp(`^${kind}$`, 'm'));
    }
    expect(await ard('list', 'attack')).to.match(/^ {2}pgd +attack-gradient +\S/m);
    const entries = JSON.parse(await ard('list', 'model', '--json')) as { id: string; plugin: string }[];
    expect(entries).to.deep.include.members([entries.find(({ id }) => id === 'resnet')!]);
  });

  it('shows options with type, default, meaning and range, and an example', async () => {
    const text = await ard('show', 'pgd');
    expect(text).to.contain('steps = 10');
    expect(text).to.contain('allowed: integer, at least 1');
    expect(text).to.contain('pgd:trades');
    expect(text).to.match(/example: ard train .*--set attack=pgd/);
    const [shown] = JSON.parse(await ard('show', 'resnet-20', '--json')) as {
      variant: string;
      kind: string;
    }[];
    expect(shown).to.include({ kind: 'model', variant: 'resnet-20' });
    expect(await ard('show', 'fair-rslad')).to.contain('strategy:');
  });

  it('explains what will run, where every option came from, and what a step costs', async () => {
    const text = await ard(
      'explain',
      '--plugin',
      'fair-geometric',
      '--set',
      'strategy.beta=3',
      '--epochs',
      '4',
    );
    expect(text).to.match(/^method: rslad .*preset fair-rslad/m);
    expect(text).to.match(/beta +3 +from --set/);
    expect(text).to.match(/epochs +4 +from --epochs/);
    expect(text).to.match(/steps +10 +from method rslad/);
    expect(text).to.match(/checkpoint +auto +from quick start/);
    expect(text).to.contain('passes per training step: 13 forward, 12 backward');
    const json = JSON.parse(await ard('explain', '--plugin', 'fair-geometric', '--json')) as {
      components: { attack: { options: { steps: { value: number; origin: string } } } };
      passesPerStep: readonly { forward: number }[];
    };
    expect(json.components.attack.options.steps).to.deep.equal({ value: 10, origin: 'method rslad' });
    expect(json.passesPerStep.map(({ forward }) => forward)).to.deep.equal([13]);
    expect(text).not.to.contain('held out');
  });

  it('explains which images are held out and what attacks them', async () => {
    expect(await ard('explain', '--plugin', 'fair-cfa')).to.contain(
      'held out of training: at most 100 images of each class, the first ones\n' +
        '    attacked by PGD linf, epsilon 8/255, 10 steps of 2/255, start gaussian; objective cross-entropy; eval mode\n',
    );
    expect(await ard('explain', '--plugin', 'fair-wat')).to.match(
      /the last ones\n.*objective kl-to-clean; eval mode/,
    );
    expect(await ard('explain', '--plugin', 'fair-frl')).to.contain(
      '20 steps of 2/255, start uniform-clipped',
    );
  });

  it('reads ard.config.yaml, .json and .ts of the working directory; flags win over it', async () => {
    const yaml = 'plugins: [fair-geometric]\nstudent: resnet-8\nstrategy: { options: { beta: 3 } }\n';
    const typed = `const beta: number = 3;\nexport default ${JSON.stringify({
      plugins: ['fair-geometric'],
      student: { id: 'resnet-8' },
    }).replace(/}$/, ', strategy: { options: { beta } } }')};\n`;
    const json = JSON.stringify({
      plugins: ['fair-geometric'],
      student: 'resnet-8',
      strategy: { options: { beta: 3 } },
    });
    for (const [extension, content] of Object.entries({ yaml, json, ts: typed })) {
      const own = await temporaryFolder();
      writeFileSync(join(own.path, `ard.config.${extension}`), content);
      const { stdout, stderr } = await runCli(['explain', '--set', 'strategy.minimum=1'], own.path);
      expect(stdout, stderr).to.match(new RegExp(`beta +3 +from ard.config.${extension}`));
      expect(stdout).to.match(/minimum +1 +from --set/);
      expect(stdout).to.match(new RegExp(`^student: resnet-8 .*chosen by ard.config.${extension}`, 'm'));
      const flagged = await runCli(['explain', '--student', 'resnet-20'], own.path);
      expect(flagged.stdout).to.match(/^student: resnet-20 .*chosen by --student/m);
      await own.remove();
    }
  });

  it('examines the machine: every engine with its reason, plugins, folders', async () => {
    const checks = JSON.parse(await ard('doctor', '--json')) as {
      group: string;
      name: string;
      ok: boolean;
      detail: string;
      remedy?: string;
    }[];
    const engines = checks.filter(({ group }) => group === 'engine');
    expect(engines.map(({ name }) => name)).to.include.members(['onnx', 'tfjs', 'tfjs-node-gpu']);
    expect(engines.find(({ name }) => name === 'tfjs')?.ok).to.equal(true);
    for (const engine of engines.filter(({ ok }) => !ok)) expect(engine.remedy).to.match(/\w/);
    const providers = checks.filter(({ group }) => group === 'provider');
    expect(providers.map(({ name }) => name)).to.include.members(['onnx cpu', 'onnx webgpu', 'onnx cuda']);
    expect(providers.find(({ name }) => name === 'onnx cpu')?.ok).to.equal(true);
    for (const provider of providers.filter(({ ok }) => !ok)) expect(provider.remedy).to.match(/\w/);
    expect(checks.find(({ name }) => name === 'cache')?.detail).to.equal(join(folder.path, 'cache'));
    expect(checks.find(({ name }) => name === 'Node')?.detail).to.equal(process.versions.node);
  });

  it('examines the data asked for', async () => {
    const { code, stdout } = await runCli(
      ['doctor', '--dataset', 'cifar10', '--data-dir', 'nowhere'],
      folder.path,
    );
    expect(code).to.equal(1);
    expect(stdout).to.match(/^ {2}no +cifar10 +.*nowhere/m);
  });
});
