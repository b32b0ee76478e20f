import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isArdError, type Architecture, type Component, type ImageShape, type Model } from '@ard/core';
import { describeOptions, loadPlugins, shortName, type LoadedPlugin } from '@ard/core/host';

/** One network of a built-in architecture, made small. */
export interface Subject {
  /** Component and the options that are not default: `resnet depth=8`. */
  readonly name: string;
  readonly model: Model;
}

type Options = Readonly<Record<string, unknown>>;

/** Whatever makes a network smaller without making it another one. */
const smaller: Readonly<Record<string, unknown>> = { width: 0.125, widenFactor: 0.5 };
/** More of the same layers are no other network. */
const deepest = 50;
const sizes = [8, 16, 28, 32];
/** Some layouts have two numbers of channels to choose, some three. */
const widths = [
  [6, 8, 12],
  [6, 8],
];
const classes = 4;

/** Every plugin that comes with the command line, as it loads them. */
export async function bundledComponents(): Promise<readonly Component[]> {
  const file = join(root(), 'packages/cli/package.json');
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> };
  const names = Object.keys(dependencies).filter((name) => shortName(name) !== name);
  const plugins: readonly LoadedPlugin[] = await loadPlugins(names, {
    projectDirectory: root(),
    installedDirectory: join(root(), 'no-plugins-installed'),
    bundled: { directory: dirname(file), packages: names },
  });
  return plugins.flatMap(({ plugin }) => plugin.components);
}

/** Every variant of every model, and its other choices one at a time. */
export async function modelSubjects(components: readonly Component[]): Promise<readonly Subject[]> {
  const subjects = new Map<string, Subject>();
  for (const component of components.filter(({ kind }) => kind === 'model')) {
    for (const options of optionSets(component)) {
      const values = component.options.safeParse({ ...options, ...shrunk(component) });
      const key = component.id + JSON.stringify(values.data);
      if (!values.success || subjects.has(key)) continue;
      const text = Object.entries(options).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      const architecture = (await component.create(values.data)) as Architecture;
      if (architecture.load) continue; // has its structure from a file: test/onnx compares those
      const model = await smallest(component, values.data);
      subjects.set(key, { name: [component.id, ...text].join(' '), model });
    }
  }
  return [...subjects.values()];
}

function optionSets(component: Component): readonly Options[] {
  const variants: readonly Options[] = Object.values(component.variants ?? {}).map(({ options }) => options);
  const single = describeOptions(component.options).flatMap(({ name, allowed }) =>
    choices(allowed).map((value): Options => ({ [name]: value })),
  );
  return [{}, ...variants, ...single].filter(
    ({ depth }) => depth === undefined || (depth as number) <= deepest,
  );
}

function choices(allowed: string): readonly unknown[] {
  if (allowed === 'true or false') return [true, false];
  const [, list] = /^one of (.*)$/.exec(allowed) ?? [];
  return (list?.split(', ') ?? []).map((text) => (Number.isNaN(Number(text)) ? text : Number(text)));
}

function shrunk(component: Component): Options {
  const options = describeOptions(component.options);
  const known = Object.entries(smaller).filter(([name]) => options.some((option) => option.name === name));
  // a depth that is not one of a few: the least
  const least = options.find(({ name, allowed }) => name === 'depth' && allowed.startsWith('integer'));
  const [, depth] = /(\d+) to/.exec(least?.allowed ?? '') ?? [];
  return { ...Object.fromEntries(known), ...(depth === undefined ? {} : { depth: Number(depth) }) };
}

/** Built for the smallest images, and with the fewest channels, that the network takes. */
async function smallest(component: Component, options: Options): Promise<Model> {
  const { mean } = options as { mean?: readonly number[] };
  const channels = mean?.length === 1 ? 1 : 3;
  const candidates =
    'widths' in options ? [...widths.map((list) => ({ ...options, widths: list })), options] : [options];
  let refusal: unknown;
  for (const candidate of candidates) {
    for (const size of sizes) {
      const shape: ImageShape = { height: size, width: size, channels };
      try {
        return ((await component.create(candidate)) as Architecture).build(shape, classes);
      } catch (error) {
        if (!isArdError(error)) throw error;
        refusal = error;
      }
    }
  }
  throw refusal;
}

function root(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'packages/cli/package.json'))) folder = dirname(folder);
  return folder;
}
