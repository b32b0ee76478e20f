import { commands, expandOptionShorthand, planRun } from '@ard/cli';
import type { Command } from '@oclif/core/command';
import { parse } from '@oclif/core/parser';
import { expect } from 'chai';
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCli, temporaryFolder, tinyTraining } from './cli-process.js';
import { commandsOf, pages, root, type DocumentedCommand } from './documented-commands.js';

/** Whatever `ard …` the pages print is accepted, and what it would train can be composed. */

/** What pages print as an example of a mixture that makes no sense. */
const refused = ['train --set method=trades --set strategy=absld'];

/** These look at their files when they are made, which is after every option has been checked. */
const dataNotHere = /^No data in \S*my-photos|^Cannot read mnist\.npz/;

/** Files and folders that pages assume: a trained network under every name, data folders, the examples. */
async function prepareFolder(folder: string, documented: readonly DocumentedCommand[]): Promise<void> {
  const { code, stderr } = await runCli(
    ['train', ...tinyTraining, '--epochs', '1', '--run-dir', 'runs/teacher'],
    folder,
  );
  expect(code, stderr).to.equal(0);
  symlinkSync(join(root, 'examples'), join(folder, 'examples'));
  for (const { argv } of documented) {
    argv.forEach((word, index) => {
      // what an earlier line would have made, later ones learn from
      const named = /^--(?:clean-)?teacher$/.test(argv[index - 1] ?? '')
        ? word
        : argv[index - 1] === '--name'
          ? `runs/${word}`
          : /^\w*(?:teacher|student)\.checkpoint=(.*)/i.exec(word)?.[1];
      if (named === undefined || named === 'auto') return;
      const path = join(folder, named.slice(named.lastIndexOf(':') + 1));
      if (existsSync(path)) return;
      mkdirSync(dirname(path), { recursive: true });
      if (named.startsWith('runs/')) symlinkSync(join(folder, 'runs/teacher'), path);
      else copyFileSync(join(folder, 'runs/teacher/checkpoints/student.safetensors'), path);
    });
  }
}

describe('commands in the documentation', () => {
  const documented = pages().flatMap(commandsOf);
  const home = process.cwd();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async () => {
    folder = await temporaryFolder();
    await prepareFolder(folder.path, documented);
    process.chdir(folder.path);
  });
  after(async () => {
    process.chdir(home);
    await folder.remove();
  });

  it('are found', () => {
    expect(documented.length).to.be.greaterThan(100);
    expect(documented.map(({ argv }) => argv.join(' '))).to.include.members([
      ...refused,
      'train --plugin fair-geometric',
      'train --plugin adversarial-training --preset pgd-at-iad',
      'evaluate runs/x --attack pgd:s --attack pgd:t',
    ]);
  });

  for (const { place, argv, directory } of documented) {
    it(`${place}: ard ${argv.join(' ')}`, async () => {
      const { id, flags, args } = await parsed(argv);
      if (id === 'explain' || (id === 'train' && flags.resume === undefined)) {
        const config = directory && join(root, directory, flags.config ?? 'ard.config.yaml');
        const message = await composing(config === undefined ? flags : { ...flags, config });
        if (refused.includes(argv.join(' '))) expect(message).to.match(/does not/);
        else if (!dataNotHere.test(message ?? '')) expect(message).to.equal(undefined);
      }
      if (id === 'evaluate') {
        const { registry } = (await planRun({})).plugins;
        for (const attack of flags.attack ?? []) registry.get('attack', attack);
      }
      if (id === 'show' && args.component !== 'model') {
        const { registry } = (await planRun({ plugin: flags.plugin ?? [] })).plugins;
        const kinds = ['attack', 'strategy', 'schedule', 'model'] as const;
        expect(kinds.flatMap((kind) => registry.namesOf(kind))).to.include(args.component);
      }
    });
  }
});

/** What speaks against composing a training, if anything does. */
async function composing(flags: Parameters<typeof planRun>[0]): Promise<string | undefined> {
  try {
    const { plugins, layers } = await planRun(flags);
    await plugins.composer.compose(layers);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

interface Parsed {
  readonly id: string;
  readonly flags: Parameters<typeof planRun>[0] & {
    readonly resume?: string;
    readonly attack?: readonly string[];
  };
  readonly args: Readonly<Record<string, string>>;
}

/** As oclif does it: the longest name of a command that fits, then its flags and arguments. */
async function parsed(argv: readonly string[]): Promise<Parsed> {
  const two = argv.slice(0, 2).join(':');
  const id = two in commands ? two : argv[0]!;
  expect(Object.keys(commands)).to.include(id);
  const { flags, args, strict } = commands[id as keyof typeof commands] as typeof Command;
  const rest = await expandOptionShorthand(argv.slice(id.split(':').length));
  return { id, ...(await parse([...rest], { flags, args, strict })) } as unknown as Parsed;
}
