import type { SlotName } from '../contracts/plugin.js';
import { slots } from '../contracts/plugin.js';
import { ArdError } from '../errors.js';
import type { NamedComponent, Registry } from './registry.js';
import { resolveOptions, type TracedValues } from './resolve-options.js';
import type { ConfigLayer, ResolvedComponent } from './resolved-config.js';

/**
 * Folds what the layers say about one slot. A layer that names another id than the layers below starts afresh:
 * options meant for the former component, or for another variant, are dropped.
 *
 * @returns undefined when no layer fills the slot
 */
export function resolveSlot(
  slot: SlotName,
  layers: readonly ConfigLayer[],
  registry: Registry,
): ResolvedComponent | undefined {
  let chosen: { named: NamedComponent; origin: string } | undefined;
  let options: TracedValues = {};
  let checkpoint: ResolvedComponent['checkpoint'];
  let early: string | undefined;
  for (const { origin, config } of layers) {
    const choice = config[slot];
    if (choice === undefined) continue;
    if (choice.id !== undefined) {
      const named = registry.get(slots[slot], choice.id, origin);
      if (named.name !== chosen?.named.name) {
        options = traced(named.variant?.options, `${origin} (${named.name})`);
        checkpoint = undefined;
        chosen = { named, origin };
      }
    }
    if (choice.options !== undefined) {
      options = { ...options, ...traced(choice.options, origin) };
      if (!chosen) early = origin;
    }
    if (choice.checkpoint !== undefined) checkpoint = { value: choice.checkpoint, origin };
  }
  if (!chosen) {
    if (early === undefined) return undefined;
    throw new ArdError(`${early} sets options of ${slot}, but nothing says which ${slots[slot]} that is.`, {
      remedy: `Name one: --set ${slot}=<id>; \`ard list ${slots[slot]}\` shows them.`,
    });
  }
  const { component } = chosen.named;
  return {
    slot,
    ...chosen,
    ...resolveOptions(component.options, options, { path: slot, owner: component.id }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

function traced(values: Readonly<Record<string, unknown>> = {}, origin: string): TracedValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, origin }]));
}
