import type { SlotName } from '../contracts/plugin.js';
import { slots } from '../contracts/plugin.js';
import { ArdError } from '../errors.js';
import type { Registry } from './registry.js';
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
  const kind = slots[slot];
  let chosen: { id: string; origin: string } | undefined;
  let options: TracedValues = {};
  let checkpoint: ResolvedComponent['checkpoint'];
  let early: string | undefined;
  for (const { origin, config } of layers) {
    const choice = config[slot];
    if (choice === undefined) continue;
    if (choice.id !== undefined) {
      // an unknown component matters only if no higher layer replaces it
      const named = registry.lookup(kind, choice.id);
      const id = named?.name ?? choice.id;
      if (id !== chosen?.id) {
        options = traced(named?.variant?.options, `${origin} (${id})`);
        checkpoint = undefined;
      }
      chosen = { id, origin };
    }
    if (choice.options !== undefined) {
      options = { ...options, ...traced(choice.options, origin) };
      if (!chosen) early = origin;
    }
    if (choice.checkpoint !== undefined) checkpoint = { value: choice.checkpoint, origin };
  }
  if (!chosen) {
    if (early === undefined) return undefined;
    throw new ArdError(`${early} sets options of ${slot}, but nothing says which ${kind} that is.`, {
      remedy: `Name one: --set ${slot}=<id>; \`ard list ${kind}\` shows them.`,
    });
  }
  const named = registry.get(kind, chosen.id, chosen.origin);
  const { component } = named;
  return {
    slot,
    named,
    origin: chosen.origin,
    ...resolveOptions(component.options, options, { path: slot, owner: component.id }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

function traced(values: Readonly<Record<string, unknown>> = {}, origin: string): TracedValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, origin }]));
}
