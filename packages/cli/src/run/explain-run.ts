import { slots, type SlotName } from '@ard/core';
import {
  passesPerStep,
  type Composition,
  type LoadedPlugin,
  type PhaseCost,
  type ResolvedOptions,
} from '@ard/core/host';
import type { CompositionFlags } from '../composition-flags.js';
import { createOutput } from '../output.js';
import { planRun } from '../plan-run.js';
import { columns } from '../text/columns.js';
import { valueText } from '../text/value-text.js';
import { runRemarks } from './run-remarks.js';
import { usedPlugins } from './used-plugins.js';

/** `ard explain`. */
export async function explainRun(flags: CompositionFlags & { readonly json?: boolean }): Promise<void> {
  const plan = await planRun(flags);
  const composition = await plan.plugins.composer.compose(plan.layers);
  const loaded = usedPlugins(composition);
  const remarks = runRemarks(plan, composition);
  createOutput(flags).result(asText(composition, loaded, remarks), asJson(composition, loaded, remarks));
}

function asText(
  composition: Composition,
  plugins: readonly LoadedPlugin[],
  remarks: readonly string[],
): string {
  const { config } = composition;
  const parts = usedParts(composition).flatMap(([slot, part]) => [
    '',
    `${slot}: ${part.named.name}  (plugin ${part.named.from.plugin.name}, chosen by ${part.origin})`,
    ...(part.checkpoint === undefined
      ? []
      : [columns([['checkpoint', part.checkpoint.value, `from ${part.checkpoint.origin}`]], '    ')]),
    ...optionLines(part),
  ]);
  return [
    'plugins',
    columns(
      plugins.map(({ plugin, packageName, packageVersion, place }) => [
        plugin.name,
        `${packageName} ${packageVersion}`,
        place,
      ]),
      '    ',
    ),
    ...parts,
    '',
    'training',
    ...optionLines(config.training),
    '',
    'evaluation',
    ...optionLines(config.evaluation),
    '',
    ...passesPerStep(composition).flatMap((cost, _, all) => costLines(cost, all.length > 1)),
    ...heldOutLines(composition),
    ...(remarks.length === 0 ? [] : ['', ...remarks]),
  ].join('\n');
}

/** Which images nobody trains on, and how they are attacked; nothing where none are held out. */
function heldOutLines({ heldOut, validationAttack, innerAttack, config }: Composition): readonly string[] {
  if (!heldOut) return [];
  const attack = validationAttack?.attack ?? innerAttack?.attack;
  const objective = validationAttack?.objectiveId ?? config.components.objective?.named.name;
  return [
    '',
    `held out of training: at most ${heldOut.perClass} images of each class, the ${heldOut.from} ones`,
    ...(attack ? [`    attacked by ${attack.description}; objective ${objective}; eval mode`] : []),
  ];
}

function costLines(cost: PhaseCost, oneOfMany: boolean): readonly string[] {
  const epochs = oneOfMany ? ` in epochs ${cost.from} to ${cost.to}` : '';
  return [
    `passes per training step${epochs}: ${cost.forward} forward, ${cost.backward} backward`,
    columns(
      cost.passes.map(({ network, purpose, forward, backward }) => [
        network,
        purpose,
        `${forward} forward`,
        `${backward} backward`,
      ]),
      '    ',
    ),
  ];
}

function optionLines({ values, origins }: ResolvedOptions<object>): readonly string[] {
  const rows = Object.entries(origins).map(([name, origin]) => {
    const value = (values as Record<string, unknown>)[name];
    return [name, valueText(value), origin === 'default' ? 'default' : `from ${origin}`];
  });
  return rows.length === 0 ? [] : [columns(rows, '    ')];
}

function usedParts({ config, unused }: Composition) {
  return (Object.keys(slots) as SlotName[]).flatMap((slot) => {
    const part = config.components[slot];
    return part === undefined || unused.includes(part) ? [] : [[slot, part] as const];
  });
}

function asJson(
  composition: Composition,
  plugins: readonly LoadedPlugin[],
  remarks: readonly string[],
): object {
  const traced = ({ values, origins }: ResolvedOptions<object>): object =>
    Object.fromEntries(
      Object.entries(origins).map(([name, origin]) => [
        name,
        { value: (values as Record<string, unknown>)[name], origin },
      ]),
    );
  return {
    plugins: plugins.map(({ plugin, packageName, packageVersion, place }) => ({
      name: plugin.name,
      packageName,
      version: packageVersion,
      place,
    })),
    components: Object.fromEntries(
      usedParts(composition).map(([slot, part]) => [
        slot,
        {
          id: part.named.name,
          plugin: part.named.from.plugin.name,
          origin: part.origin,
          ...(part.checkpoint === undefined ? {} : { checkpoint: part.checkpoint }),
          options: traced(part),
        },
      ]),
    ),
    training: traced(composition.config.training),
    evaluation: traced(composition.config.evaluation),
    passesPerStep: passesPerStep(composition),
    notes: remarks.map((remark) => remark.replace(/^Note: /, '')),
  };
}
