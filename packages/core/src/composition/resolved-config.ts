import type { ComponentChoice, PartialConfig, SlotName } from '../contracts/plugin.js';
import type { EvaluationOptions } from '../evaluation/evaluation-options.js';
import type { TrainingOptions } from '../training/training-options.js';
import type { NamedComponent } from './registry.js';
import type { ResolvedOptions } from './resolve-options.js';

/** One source of configuration. Later layers win over earlier ones. */
export interface ConfigLayer {
  /** How messages and `ard explain` call it: `preset fair-rslad`, `ard.config.yaml`, `--set`. */
  readonly origin: string;
  readonly config: PartialConfig;
}

/** What a slot of the run is filled with. */
export interface ResolvedComponent extends ResolvedOptions {
  readonly slot: SlotName;
  readonly named: NamedComponent;
  /** Who chose the component. */
  readonly origin: string;
  /** Teachers only. */
  readonly checkpoint?: { readonly value: string; readonly origin: string };
}

/** A whole run: every option has a value, and every value an origin. */
export interface ResolvedConfig {
  readonly components: { readonly [Slot in SlotName]?: ResolvedComponent };
  readonly training: ResolvedOptions<TrainingOptions>;
  readonly evaluation: ResolvedOptions<EvaluationOptions>;
}

/** The configuration as plain data that resolves to the same run again, for `config.json`. */
export function plainConfig(config: ResolvedConfig): PartialConfig {
  const choices = Object.entries(config.components).map(([slot, { named, values, checkpoint }]) => {
    // the component's id rather than the variant's: all of its options are spelled out
    const choice: ComponentChoice = { id: named.component.id, options: values };
    return [slot, checkpoint === undefined ? choice : { ...choice, checkpoint: checkpoint.value }] as const;
  });
  return {
    ...(Object.fromEntries(choices) as PartialConfig),
    training: config.training.values,
    evaluation: config.evaluation.values,
  };
}
