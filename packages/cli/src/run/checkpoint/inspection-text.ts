import { basename } from 'node:path';
import { formatCount } from '@ard/report';
import { columns } from '../../text/columns.js';
import type { Inspection } from '../inspect-command.js';
import type { FoundArchitecture } from './find-architectures.js';
import { modelNameText } from './model-name.js';
import { normalisationHints } from './normalisation.js';

/** What `ard inspect` prints. */
export function inspectionText(inspection: Inspection): string {
  const { path, sha256, outline, prefix, verification } = inspection;
  const values = outline.tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const facts = Object.entries(outline.facts).map(([key, value]) => `${key} = ${value}`);
  const metadata = Object.entries(outline.metadata).map(([key, value]) => [key, shortened(value)]);
  return [
    columns([
      ['file', path],
      ['format', `${outline.format}, ${formatCount(outline.bytes)} bytes`],
      ['sha256', sha256],
      [
        'wrapper',
        outline.wrapper.length === 0 ? 'none: the names stand at the top' : outline.wrapper.join(' > '),
      ],
      ['prefix', prefix === '' ? 'none' : `${prefix} (taken off)`],
      ...(facts.length === 0 ? [] : [['beside', facts.join(', ')]]),
    ]),
    ...(metadata.length === 0 ? [] : ['', 'metadata', columns(metadata, '  ')]),
    '',
    ...architectureLines(inspection),
    '',
    ...normalisationLines(inspection),
    '',
    `tensors: ${outline.tensors.length}, ${formatCount(values)} numbers`,
    columns(
      outline.tensors.map(({ name, shape, type }) => [name, `[${shape.join(', ')}]`, type]),
      '  ',
    ),
    ...(verification === undefined ? [] : ['', ...verification.lines]),
  ].join('\n');
}

function architectureLines({ path, architectures }: Inspection): readonly string[] {
  if (architectures.length === 0) {
    return ['model: none of those known has these names and shapes (`ard list model` shows them)'];
  }
  const [first, ...others] = architectures;
  const lines = architectures.map((one) => `  ${architectureText(one)}`);
  if (others.length > 0) {
    return [
      'model: any of these, which have the same names and shapes; name the right one',
      ...lines,
      `  such as --teacher ${first!.usual.name}:${basename(path)}`,
    ];
  }
  return [
    first!.stated ? 'model: as the file says' : 'model: by names and shapes, which fit exactly',
    ...lines,
  ];
}

function architectureText({ usual, classes, parameters, shapes, assumed }: FoundArchitecture): string {
  const sizes = shapes.map(({ height, width }) => `${height}x${width}`);
  const parts = [
    modelNameText(usual),
    ...(classes === undefined ? [] : [`${classes} classes`]),
    ...(parameters === undefined ? [] : [`${formatCount(parameters)} parameters`]),
    ...(shapes.length === 0
      ? []
      : [
          `${shapes[0]!.channels} ${shapes[0]!.channels === 1 ? 'channel' : 'channels'}, ${sizes.length > 2 ? 'any size' : sizes.join(' or ')}`,
        ]),
  ];
  return `${parts.join(', ')}${assumed === undefined ? '' : `\n  taken for granted: ${assumed}`}`;
}

function normalisationLines({ normalisation, architectures }: Inspection): readonly string[] {
  if (normalisation !== undefined) {
    const { mean, std, origin } = normalisation;
    return [`normalisation: mean [${mean.join(', ')}], std [${std.join(', ')}], from ${origin}`];
  }
  if (architectures[0]?.stated || architectures[0]?.assumed !== undefined)
    return ['normalisation: part of the model, see above'];
  return [
    'normalisation: NOT STATED. Names and shapes fit whatever it was; only the accuracy would be wrong.',
    '  Give it with --set teacher.mean=[…] --set teacher.std=[…]. Known sources:',
    columns(
      normalisationHints.map((hint) => [...hint]),
      '  ',
    ),
  ];
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function shortened(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
