import { slots, type SlotName } from '@ard/core';
import type { Composition } from '@ard/core/host';
import type { RunPlan } from '../plan-run.js';
import { quickStartOrigin } from '../quick-start.js';

/** What a run is made of otherwise than its user may think, one line each; for `ard explain` and before a training. */
export function runRemarks(plan: RunPlan, composition: Composition): readonly string[] {
  return [
    ...unusedParts(composition),
    ...displacedParts(plan, composition),
    ...plan.notes,
    ...composition.notes.map((note) => `Note: ${note}`),
  ];
}

/** Parts that were asked for and take no part. */
function unusedParts({ unused }: Composition): readonly string[] {
  return unused.flatMap(({ slot, named, origin, checkpoint }) => {
    const from = checkpoint?.origin ?? origin;
    if (from === quickStartOrigin || from === 'default') return [];
    return [`Note: ${slot} ${named.name} (from ${from}) is not used by this method.`];
  });
}

/** What one plugin's preset chose and another's replaced; a flag or a configuration file that does so meant it. */
function displacedParts({ plugins }: RunPlan, { config }: Composition): readonly string[] {
  const { presets, registry } = plugins;
  return (['method', 'strategy', 'estimator', 'averaging'] as const).flatMap((slot: SlotName) => {
    const inForce = config.components[slot];
    const winner = presets.findLast(({ preset }) => `preset ${preset.id}` === inForce?.origin);
    if (inForce === undefined || winner === undefined) return [];
    return presets.flatMap(({ preset, from }) => {
      const id = preset.config[slot]?.id;
      if (id === undefined || from === winner.from) return [];
      const name = registry.lookup(slots[slot], id)?.name ?? id;
      if (name === inForce.named.name) return [];
      return [
        `Note: ${slot} ${name} (preset ${preset.id}) gives way to ${slot} ${inForce.named.name} (preset ` +
          `${winner.preset.id}), which was named later.`,
      ];
    });
  });
}
