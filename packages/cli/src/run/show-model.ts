import { ArdError, type Architecture, type ImageShape } from '@ard/core';
import { didYouMean, type Registry } from '@ard/core/host';
import { formatCount } from '@ard/report';
import { parse } from 'yaml';
import { pluginLookup } from '../bundled-plugins.js';
import { openPlugins } from '../open-plugins.js';
import { createOutput } from '../output.js';
import { columns } from '../text/columns.js';
import { networkTable, type NetworkTable } from './network-table.js';

export interface ShowModelFlags {
  readonly plugin?: readonly string[];
  readonly set?: readonly string[];
  readonly image: string;
  readonly classes: number;
  readonly json?: boolean;
}

/** `ard show model NAME`: its layers, shapes, parameters and multiply-adds. */
export async function showModel(name: string, flags: ShowModelFlags): Promise<void> {
  const { registry } = await openPlugins(pluginLookup(process.cwd()), flags.plugin);
  const named = registry.get('model', usualName(name, registry), 'ard show');
  const options = { ...named.variant?.options, ...Object.fromEntries((flags.set ?? []).map(setting)) };
  const known = Object.keys(named.component.options.shape);
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue;
    throw new ArdError(`${named.name} has no option "${option}". Options: ${known.join(', ')}.`, {
      remedy: didYouMean(option, known),
    });
  }
  const parsed = named.component.options.safeParse(options);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ArdError(`${named.name}: ${issue!.path.join('.')}: ${issue!.message}.`, {
      remedy: `\`ard show ${named.component.id}\` lists the options.`,
    });
  }
  const model = ((await named.component.create(parsed.data)) as Architecture).build(
    parseImage(flags.image),
    flags.classes,
  );
  const table = networkTable(model);
  createOutput(flags).result(tableText(model.name, flags, table), {
    model: model.name,
    shape: model.shape,
    classes: model.classes,
    ...table,
  });
}

/** `resnet18` is `resnet-18` where nothing else is. */
function usualName(name: string, registry: Registry): string {
  if (registry.lookup('model', name)) return name;
  const bare = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9:]/g, '');
  return registry.namesOf('model').find((other) => bare(other) === bare(name)) ?? name;
}

function setting(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at > 0)
    return [text.slice(0, at).replace(/^(model|student|architecture)\./, ''), parse(text.slice(at + 1))];
  throw new ArdError(`--set ${text}: there is no value.`, {
    remedy: 'Write option=value, such as --set depth=34.',
  });
}

function parseImage(text: string): ImageShape {
  const match = /^(\d+)x(\d+)(?:x(\d+))?$/.exec(text);
  const [height, width, channels] = match ? match.slice(1).map((part) => Number(part ?? 3)) : [];
  if (height && width && channels) return { height, width, channels };
  throw new ArdError(`--image ${text} is no size of images.`, {
    remedy: 'Give HEIGHTxWIDTHxCHANNELS, such as 32x32x3.',
  });
}

function tableText(name: string, { image, classes }: ShowModelFlags, table: NetworkTable): string {
  const rows = table.layers.map(({ name: layer, kind, output, parameters, multiplyAdds }) => [
    layer,
    kind,
    output === undefined ? 'never computed' : output.join(' x '),
    formatCount(parameters),
    multiplyAdds === 0 ? '' : formatCount(multiplyAdds),
  ]);
  return [
    `${name}, images ${image}, ${classes} classes`,
    '',
    columns([['layer', 'kind', 'output', 'parameters', 'multiply-adds'], ...rows]),
    '',
    `${formatCount(table.parameters)} parameters, ${formatCount(table.buffers)} buffers, ${table.entries} entries in the state dict`,
    `${formatCount(table.multiplyAdds)} multiply-adds an image (${(table.multiplyAdds / 1e9).toFixed(3)} G)`,
  ].join('\n');
}
