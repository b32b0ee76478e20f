import { z } from 'zod';
import type { Attack } from '../../src/contracts/attack.js';
import type { WeightAveraging } from '../../src/contracts/averaging.js';
import type { Dataset } from '../../src/contracts/dataset.js';
import type { Engine } from '../../src/contracts/engine.js';
import type { DifficultyEstimator } from '../../src/contracts/estimator.js';
import type { Method } from '../../src/contracts/method.js';
import type { Architecture } from '../../src/contracts/model.js';
import type { Objective } from '../../src/contracts/objective.js';
import type { Optimizer, Schedule } from '../../src/contracts/optimizer.js';
import type { Component, PartialConfig, Plugin } from '../../src/contracts/plugin.js';
import type { ReweightingStrategy } from '../../src/contracts/strategy.js';
import { defineComponent, definePlugin } from '../../src/define-plugin.js';
import {
  createContainer,
  type ConfigLayer,
  type LoadedPlugin,
  type Registry,
  tokens,
} from '../../src/host.js';

/** Nothing in composition calls tensor functions, so these parts only say what they are. */
const none = z.object({});
const unreachable = (): never => {
  throw new Error('composition must not run tensors');
};

export const attackOptions = z.object({
  steps: z.int().min(1).default(10).describe('gradient steps, at least 1'),
  stepSize: z.number().positive().max(1).default(0.01).describe('per step, in pixel units of [0, 1]'),
  start: z.enum(['uniform', 'gaussian']).default('uniform').describe('where the attack starts'),
});

export const pgd = defineComponent({
  kind: 'attack',
  id: 'pgd',
  summary: 'steps along the sign of the gradient',
  options: attackOptions,
  variants: {
    trades: { summary: 'as TRADES trains', options: { stepSize: 0.007, start: 'gaussian' } },
    s: { summary: '20 steps', options: { steps: 20 } },
  },
  create: (options): Attack => ({
    epsilon: 8 / 255,
    passes: { forward: options.steps, backward: options.steps },
    reportsIterates: true,
    description: `PGD, ${options.steps} steps`,
    prepare: unreachable,
  }),
});

export const square = defineComponent({
  kind: 'attack',
  id: 'square',
  summary: 'without gradients',
  options: none,
  create: (): Attack => ({
    epsilon: 8 / 255,
    passes: { forward: 100, backward: 0 },
    reportsIterates: false,
    description: 'Square',
    prepare: unreachable,
  }),
});

export function objective(id: string, references: Objective['references']): Component {
  return defineComponent({
    kind: 'objective',
    id,
    summary: id,
    options: none,
    create: (): Objective => ({ references, perExampleLoss: unreachable }),
  });
}

/** A method in the manner of RSLAD unless told otherwise. */
export function method(id: string, changes: Partial<Method> = {}): Component {
  return defineComponent({
    kind: 'method',
    id,
    summary: id,
    options: z.object({ temperature: z.number().positive().default(1).describe('divides logits, above 0') }),
    create: (): Method => ({
      teachers: ['teacher'],
      needs: ['studentCleanLogits', 'studentAdversarialLogits', 'teacherCleanLogits'],
      studentPasses: ['adversarial', 'clean'],
      innerAttack: {
        attack: { id: 'pgd', options: { steps: 10, start: 'gaussian' } },
        objective: { id: 'kl-to-teacher', options: {} },
        mode: 'train',
      },
      knobs: ['temperature'],
      loss: unreachable,
      ...changes,
    }),
  });
}

export function estimator(id: string, changes: Partial<DifficultyEstimator> = {}): Component {
  return defineComponent({
    kind: 'estimator',
    id,
    summary: id,
    options: none,
    create: (): DifficultyEstimator => ({
      needs: [],
      perExample: unreachable,
      summarise: unreachable,
      ...changes,
    }),
  });
}

export function averaging(id: string, changes: Partial<WeightAveraging> = {}): Component {
  return defineComponent({
    kind: 'averaging',
    id,
    summary: id,
    options: none,
    create: (): WeightAveraging => ({ every: 'epoch', keep: unreachable, ...changes }),
  });
}

export const trajectory = { start: unreachable, observe: unreachable };

export function strategy(id: string, changes: Partial<ReweightingStrategy> = {}): Component {
  return defineComponent({
    kind: 'strategy',
    id,
    summary: id,
    options: z.object({ beta: z.number().positive().default(2).describe('sharpness, above 0') }),
    create: (): ReweightingStrategy => ({
      needs: { difficulty: true },
      knobs: ['lossWeight'],
      init: () => null,
      update: unreachable,
      ...changes,
    }),
  });
}

const resnet = defineComponent({
  kind: 'model',
  id: 'resnet',
  summary: 'residual networks',
  options: z.object({ depth: z.int().min(8).default(18).describe('layers, at least 8') }),
  variants: {
    'resnet-20': { summary: '20 layers', options: { depth: 20 } },
    'resnet-56': { summary: '56 layers', options: { depth: 56 } },
  },
  create: (): Architecture => ({ build: unreachable }),
});

const simple = [
  resnet,
  defineComponent({
    kind: 'dataset',
    id: 'dots',
    summary: 'dots',
    options: none,
    create: (): Dataset => ({
      shape: { height: 8, width: 8, channels: 1 },
      classNames: ['a', 'b'],
      augmentation: { cropPadding: 0, paddingMode: 'zero', flip: false },
      load: unreachable,
    }),
  }),
  defineComponent({
    kind: 'optimizer',
    id: 'sgd',
    summary: 'sgd',
    options: none,
    create: (): Optimizer => ({ learningRate: 0.1, init: unreachable, update: unreachable }),
  }),
  defineComponent({
    kind: 'schedule',
    id: 'steps',
    summary: 'steps',
    options: none,
    create: (): Schedule => ({ factor: () => 1 }),
  }),
  defineComponent({
    kind: 'engine',
    id: 'paper',
    summary: 'runs nothing',
    options: none,
    availability: () => Promise.resolve({ available: false, cause: 'It is paper.', remedy: 'Use a pencil.' }),
    create: (): Engine => unreachable(),
  }),
];

export const basics: Plugin = definePlugin({
  name: 'basics',
  version: '1.2.3',
  summary: 'everything a run needs',
  components: [
    ...simple,
    pgd,
    square,
    objective('cross-entropy', []),
    objective('kl-to-teacher', ['teacherCleanLogits']),
    objective('adaptive', ['teacherIterateLogits']),
    method('rslad'),
  ],
});

export function loaded(plugin: Plugin, packageName = `ard-plugin-${plugin.name}`): LoadedPlugin {
  return {
    plugin,
    packageName,
    packageVersion: plugin.version,
    directory: `/plugins/${packageName}`,
    place: 'project',
    manifest: { apiVersion: 1, plugin: './index.js' },
  };
}

export function withComponents(...components: readonly Component[]): Plugin {
  return definePlugin({ name: 'extra', version: '0.0.1', summary: 'for one test', components });
}

export function registryOf(...plugins: readonly Plugin[]): Registry {
  return createContainer(plugins.map((plugin) => loaded(plugin))).get<Registry>(tokens.registry);
}

/** Fills the slots that every training needs. */
export const baseLayer: ConfigLayer = {
  origin: 'base',
  config: {
    student: { id: 'resnet-20' },
    dataset: { id: 'dots' },
    method: { id: 'rslad' },
    optimizer: { id: 'sgd' },
    schedule: { id: 'steps' },
    engine: { id: 'paper' },
    evaluation: { attacks: ['pgd:s'] },
  },
};

export const teacherLayer = layer('--teacher', {
  teacher: { id: 'resnet-56', checkpoint: 'teacher.safetensors' },
});

export function layer(origin: string, config: PartialConfig): ConfigLayer {
  return { origin, config };
}

/** What went wrong, in the words the user sees. */
export async function failure(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    const { message, remedy } = error as { message: string; remedy?: string };
    return remedy === undefined ? message : `${message} ${remedy}`;
  }
  throw new Error('expected a failure');
}
