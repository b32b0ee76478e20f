import { statSync } from 'node:fs';
import { ArdError, type Architecture, type GraphValue, type NetworkOutline } from '@ard/core';
import type { Registry } from '@ard/core/host';
import { formatCount } from '@ard/report';
import { columns } from '../../text/columns.js';
import { onnxModel } from './is-onnx.js';
import { normalisationHints } from './normalisation.js';
import type { Verification } from './verify-logits.js';

/** What `ard inspect` finds in a file that brings its graph. */
export interface GraphInspection {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly outline: NetworkOutline;
}

/** @throws ArdError when the file is damaged */
export async function inspectGraph(
  path: string,
  sha256: string,
  registry: Registry,
): Promise<GraphInspection> {
  const { component, name } = registry.get('model', onnxModel, path);
  const architecture = (await component.create(component.options.parse({}))) as Architecture;
  if (architecture.outline === undefined) {
    throw new ArdError(`${name} does not say what its files hold.`, {
      remedy: 'Use the bundled models-onnx.',
    });
  }
  return { path, sha256, bytes: statSync(path).size, outline: await architecture.outline(path) };
}

/** What is printed. */
export function graphInspectionText(
  { path, sha256, bytes, outline }: GraphInspection,
  verification: Verification | undefined,
): string {
  const { metadata, tensors, operators, operatorSet, producer } = outline;
  const values = tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const facts = Object.entries(metadata).map(([key, value]) => [key, shortened(value)]);
  return [
    columns([
      ['file', path],
      ['format', `${outline.format}, operator set ${operatorSet}, ${formatCount(bytes)} bytes`],
      ['sha256', sha256],
      ['producer', producer === '' ? 'not stated' : producer],
      ...outline.inputs.map((value) => ['input', valueText(value)]),
      ...outline.outputs.map((value) => ['output', valueText(value)]),
    ]),
    ...(facts.length === 0 ? [] : ['', 'metadata', columns(facts, '  ')]),
    '',
    classifierText(outline),
    ...gradientLines(outline),
    ...(outline.problem === undefined ? [] : [`cannot be used as it is: ${outline.problem}`]),
    '',
    ...normalisationLines(outline),
    '',
    `operators: ${Object.keys(operators).length} kinds, ${Object.values(operators).reduce((a, b) => a + b, 0)} nodes`,
    columns(
      Object.entries(operators).map(([name, count]) => [name, String(count)]),
      '  ',
    ),
    '',
    `tensors: ${tensors.length}, ${formatCount(values)} numbers`,
    columns(
      tensors.map(({ name, shape, type }) => [name, `[${shape.join(', ')}]`, type]),
      '  ',
    ),
    ...(verification === undefined ? [] : ['', ...verification.lines]),
  ].join('\n');
}

function valueText({ name, shape, type }: GraphValue): string {
  return `${name} ${type} [${shape.map((extent) => extent ?? 'any').join(', ')}]`;
}

function classifierText({ images, layout, classes }: NetworkOutline): string {
  const parts = [
    classes === undefined ? 'number of classes not stated' : `${classes} classes`,
    images === undefined
      ? 'image size not stated'
      : `images of ${images.height}x${images.width} with ${images.channels} ${images.channels === 1 ? 'channel' : 'channels'}`,
    ...(layout === undefined ? [] : [layout.toUpperCase()]),
  ];
  return `classifier: ${parts.join(', ')}`;
}

function gradientLines({ forwardOnly }: NetworkOutline): readonly string[] {
  if (forwardOnly.length === 0) {
    return ['gradients: yes; every operator is known, so every attack and every method can use it'];
  }
  return [
    `gradients: NO; not known: ${forwardOnly.join(', ')}`,
    '  It gives logits only: clean accuracy, black-box attacks (square), teacher of methods that need its logits.',
  ];
}

function normalisationLines({ normalisation }: NetworkOutline): readonly string[] {
  if (normalisation !== undefined) return [`normalisation: ${normalisation}`];
  return [
    'normalisation: NOT STATED, and the graph does not begin with one.',
    '  Give it with --set student.mean=[…] --set student.std=[…] (teacher. for teachers). Known sources:',
    columns(
      normalisationHints.map((hint) => [...hint]),
      '  ',
    ),
  ];
}

function shortened(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
