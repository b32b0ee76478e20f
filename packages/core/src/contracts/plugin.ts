import type { z } from 'zod';
import type { Attack } from './attack.js';
import type { WeightAveraging } from './averaging.js';
import type { Dataset, DatasetOrigin } from './dataset.js';
import type { Availability, Engine, EngineProvider } from './engine.js';
import type { DifficultyEstimator } from './estimator.js';
import type { Exporter } from './exporter.js';
import type { Launcher } from './launcher.js';
import type { Method } from './method.js';
import type { Architecture, Recognition, TensorShapes } from './model.js';
import type { Objective } from './objective.js';
import type { Optimizer, Schedule } from './optimizer.js';
import type { ReweightingStrategy } from './strategy.js';
import type { Tracker } from './tracker.js';

/** The version of this contract. Plugins built for another one are refused. */
export const apiVersion = 1;

/** Every kind of component and what its factory makes. */
export interface ComponentTypes {
  model: Architecture;
  dataset: Dataset;
  attack: Attack;
  objective: Objective;
  method: Method;
  estimator: DifficultyEstimator;
  strategy: ReweightingStrategy;
  optimizer: Optimizer;
  schedule: Schedule;
  averaging: WeightAveraging;
  engine: Engine;
  tracker: Tracker;
  launcher: Launcher;
  exporter: Exporter;
}

export type ComponentKind = keyof ComponentTypes;

export const componentKinds = [
  'model',
  'dataset',
  'attack',
  'objective',
  'method',
  'estimator',
  'strategy',
  'optimizer',
  'schedule',
  'averaging',
  'engine',
  'tracker',
  'launcher',
  'exporter',
] as const satisfies readonly ComponentKind[];

/** Something selectable by id. */
export interface Component<
  Kind extends ComponentKind = ComponentKind,
  Options extends z.ZodObject = z.ZodObject,
> {
  readonly kind: Kind;
  /** Kebab-case, unique among components of its kind: `fair-geometric`, `pgd`. */
  readonly id: string;
  /** One line for `ard list`. */
  readonly summary: string;
  /** Every option has a default and a `.describe(…)` with unit and range. */
  readonly options: Options;
  /** Named option sets: `resnet-20` is `resnet` with depth 20; `pgd:trades`. */
  readonly variants?: Readonly<
    Record<string, { readonly summary: string; readonly options: Readonly<Record<string, unknown>> }>
  >;
  /** Data sets made of files: how to tell and get them. Their option `directory` says where they are. */
  readonly origin?: DatasetOrigin;
  /** Engines say whether they can run here. */
  availability?(): Promise<Availability>;
  /** Engines with several providers try each, for `ard doctor`; may take seconds, must not end the process. */
  tryProviders?(): Promise<readonly EngineProvider[]>;
  /**
   * Models read their options off a checkpoint of somebody else, likeliest first; none when it cannot be theirs. A
   * guess is enough: only what fits in every name and shape is used. Without it the variants are tried.
   */
  recognise?(tensors: TensorShapes): readonly Recognition[];
  /** Gets validated options. May import heavy modules itself. */
  create(options: z.infer<Options>): ComponentTypes[Kind] | Promise<ComponentTypes[Kind]>;
}

/** A partial configuration that a plugin ships, such as `fair-rslad`. Paths are those of `--set`. */
export interface Preset {
  readonly id: string;
  readonly summary: string;
  /** Plugins whose components it names, by short name. */
  readonly requires?: readonly string[];
  readonly config: PartialConfig;
}

/** A component by id (or variant) with options, as in a config file. */
export interface ComponentChoice {
  readonly id?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Networks only: a file with trained values, or a run directory. A student goes on from there. */
  readonly checkpoint?: string;
}

/** The parts of a run, or of what follows it, that a component can be chosen for. */
export const slots = {
  student: 'model',
  teacher: 'model',
  cleanTeacher: 'model',
  dataset: 'dataset',
  method: 'method',
  attack: 'attack',
  objective: 'objective',
  estimator: 'estimator',
  strategy: 'strategy',
  optimizer: 'optimizer',
  schedule: 'schedule',
  averaging: 'averaging',
  engine: 'engine',
  exporter: 'exporter',
} as const satisfies Record<string, ComponentKind>;

export type SlotName = keyof typeof slots;

/** What presets, config files and flags give: every part may be missing. */
export type PartialConfig = { readonly [Slot in SlotName]?: ComponentChoice } & {
  readonly training?: Readonly<Record<string, unknown>>;
  readonly evaluation?: Readonly<Record<string, unknown>>;
};

/** What a plugin package exports by default; made by {@link definePlugin}. */
export interface Plugin {
  readonly apiVersion: number;
  /** Short name: `fair-geometric`. */
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly components: readonly Component[];
  readonly presets: readonly Preset[];
  /** Applied when the plugin is named with `--plugin`. */
  readonly defaultPreset?: string;
}
