import { ArdError, slots, type SlotName } from '@ard/core';
import {
  describeOptions,
  didYouMean,
  variantName,
  type ContributedPreset,
  type NamedComponent,
  type OptionDescription,
  type Registry,
} from '@ard/core/host';
import { stringify } from 'yaml';
import { pluginLookup } from '../bundled-plugins.js';
import { openPlugins } from '../open-plugins.js';
import { createOutput } from '../output.js';
import { columns } from '../text/columns.js';
import { valueText } from '../text/value-text.js';

/** `ard show`: every component and preset of that name. */
export async function showComponent(
  name: string,
  flags: { readonly plugin?: readonly string[]; readonly json?: boolean },
): Promise<void> {
  const { registry } = await openPlugins(pluginLookup(process.cwd()), flags.plugin);
  const components = registry.find(name);
  const presets = registry.listPresets().filter(({ preset }) => preset.id === name);
  if (components.length + presets.length === 0) throw unknown(name, registry);
  const text = [...components.map(componentText), ...presets.map(presetText)].join('\n\n');
  createOutput(flags).result(text, [
    ...components.map(componentJson),
    ...presets.map(({ preset, from }) => ({ ...preset, kind: 'preset', plugin: from.plugin.name })),
  ]);
}

function unknown(name: string, registry: Registry): ArdError {
  const known = [...registry.namesOf(), ...registry.listPresets().map(({ preset }) => preset.id)];
  return new ArdError(`Unknown component "${name}".`, {
    remedy: didYouMean(name, known) ?? '`ard list` shows what there is.',
  });
}

function componentJson({ component, from, name, variant }: NamedComponent): object {
  const { kind, id, summary, variants = {} } = component;
  return {
    kind,
    id,
    summary,
    plugin: from.plugin.name,
    pluginVersion: from.plugin.version,
    ...(variant === undefined ? {} : { variant: name }),
    options: describeOptions(component.options),
    variants: Object.entries(variants).map(([key, value]) => ({ id: variantName(id, key), ...value })),
  };
}

function componentText(named: NamedComponent): string {
  const { component, from, variant } = named;
  const options = describeOptions(component.options);
  const lines = [
    `${component.kind} ${component.id}: ${component.summary}`,
    `from plugin ${from.plugin.name} ${from.plugin.version} (${from.packageName})`,
    '',
  ];
  if (options.length === 0) lines.push('It has no options.');
  for (const { name, allowed, default: value, meaning } of options) {
    const inVariant = variant?.options[name];
    const preset = inVariant === undefined ? '' : `; ${valueText(inVariant)} in ${named.name}`;
    lines.push(`  ${name} = ${valueText(value)}${preset}`, `      ${meaning}`, `      allowed: ${allowed}`);
  }
  const variants = Object.entries(component.variants ?? {});
  if (variants.length > 0) {
    const rows = variants.map(([key, value]) => [
      variantName(component.id, key),
      value.summary,
      Object.entries(value.options)
        .map(([option, setting]) => `${option}=${valueText(setting)}`)
        .join(' '),
    ]);
    lines.push('', 'variants', columns(rows, '  '));
  }
  const example = exampleOf(named, options);
  return [...lines, ...(example === undefined ? [] : ['', `example: ${example}`])].join('\n');
}

/** A command line that chooses the component, and sets an option that its variant leaves open. */
function exampleOf(
  { component, name, variant }: NamedComponent,
  options: readonly OptionDescription[],
): string | undefined {
  const slot = (Object.keys(slots) as SlotName[]).find((candidate) => slots[candidate] === component.kind);
  if (slot === undefined) return undefined;
  const flag = { student: '--student', dataset: '--dataset', engine: '--engine' }[slot as string];
  const choice = flag === undefined ? `--set ${slot}=${name}` : `${flag} ${name}`;
  const open = options.find(
    (option) => option.default !== undefined && !(option.name in (variant?.options ?? {})),
  );
  const setting = open === undefined ? '' : ` --set ${slot}.${open.name}=${valueText(open.default)}`;
  if (slot === 'exporter') return `ard export runs/x --format ${name}${setting}`;
  return `ard train --plugin fair-geometric ${choice}${setting}`;
}

function presetText({ preset, from }: ContributedPreset): string {
  const isDefault = from.plugin.defaultPreset === preset.id;
  return [
    `preset ${preset.id}: ${preset.summary}`,
    `from plugin ${from.plugin.name} ${from.plugin.version} (${from.packageName})`,
    isDefault
      ? `It applies when that plugin is named: --plugin ${from.plugin.name}`
      : `--preset ${preset.id}`,
    '',
    stringify(preset.config).trimEnd(),
  ].join('\n');
}
