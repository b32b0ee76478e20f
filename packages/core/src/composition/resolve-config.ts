import type { SlotName } from '../contracts/plugin.js';
import { slots } from '../contracts/plugin.js';
import { evaluationOptions } from '../evaluation/evaluation-options.js';
import { trainingOptions } from '../training/training-options.js';
import { createInstance } from './create-instance.js';
import type { Registry } from './registry.js';
import { resolveOptions, type TracedValues } from './resolve-options.js';
import { resolveSlot } from './resolve-slot.js';
import type { ConfigLayer, ResolvedComponent, ResolvedConfig } from './resolved-config.js';

/**
 * Folds layers of configuration into one run. Below all layers lie the schemas' defaults and, above those, what
 * the chosen method wants of its inner attack.
 *
 * @param layers lowest first
 * @throws ArdError for unknown components and options, and for values out of range
 */
export async function resolveConfig(
  layers: readonly ConfigLayer[],
  registry: Registry,
): Promise<ResolvedConfig> {
  const method = resolveSlot('method', layers, registry);
  const all = method === undefined ? layers : [await innerAttackLayer(method), ...layers];
  const components: { [Slot in SlotName]?: ResolvedComponent } = {};
  for (const slot of Object.keys(slots) as SlotName[]) {
    const resolved = slot === 'method' ? method : resolveSlot(slot, all, registry);
    if (resolved) components[slot] = resolved;
  }
  return {
    components,
    training: resolveOptions(trainingOptions, section('training', all), {
      path: 'training',
      owner: 'training',
    }),
    evaluation: resolveOptions(evaluationOptions, section('evaluation', all), {
      path: 'evaluation',
      owner: 'evaluation',
    }),
  };
}

async function innerAttackLayer(method: ResolvedComponent): Promise<ConfigLayer> {
  const origin = `method ${method.named.name}`;
  const { innerAttack } = await createInstance('method', method);
  if (innerAttack === undefined) return { origin, config: {} };
  const { attack, objective, mode } = innerAttack;
  return { origin, config: { attack, objective, training: { attackMode: mode } } };
}

function section(name: 'training' | 'evaluation', layers: readonly ConfigLayer[]): TracedValues {
  return Object.fromEntries(
    layers.flatMap(({ origin, config }) =>
      Object.entries(config[name] ?? {}).map(([option, value]) => [option, { value, origin }]),
    ),
  );
}
