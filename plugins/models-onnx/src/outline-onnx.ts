import type { GraphValue, ImageShape, NetworkOutline } from '@ard/core';
import { unknownOperators } from './check-graph.js';
import { readOnnxFile, type OnnxFile, type OnnxInput, type OnnxNode } from './file/model-file.js';
import { graphOf, importOnnx, layoutOf } from './import-onnx.js';
import type { OnnxModelOptions } from './options.js';

/**
 * What an ONNX file holds. The graph is applied to shapes where the file says which images it takes; nothing is run.
 *
 * @throws ArdError when the file is damaged or no ONNX model
 */
export async function outlineOnnx(path: string, options: OnnxModelOptions): Promise<NetworkOutline> {
  const file = await readOnnxFile(path);
  const [image, ...others] = file.inputs.filter(({ name }) => !Object.hasOwn(file.constants, name));
  const layout =
    image?.shape.length === 4
      ? options.layout === 'auto'
        ? layoutOf(file, image)
        : options.layout
      : undefined;
  const images = statedImages(file) ?? (layout === undefined ? undefined : imagesOf(image!, layout));
  const classes = classCount(file);
  return {
    format: 'ONNX',
    operatorSet: file.operatorSet,
    producer: file.producer,
    metadata: file.metadata,
    inputs: image === undefined ? [] : [image, ...others].map(valueOf),
    outputs: file.outputs.map(valueOf),
    tensors: file.tensors,
    operators: counted(file.nodes),
    forwardOnly: unknownOperators(file.nodes),
    images,
    layout,
    classes,
    problem: await problemOf(path, options, { file, images, classes }),
    normalisation: image === undefined ? undefined : normalisationHint(file, image.name),
  };
}

/** Files of ard say it. */
function statedImages({ metadata }: OnnxFile): ImageShape | undefined {
  try {
    const { height, width, channels } = JSON.parse(metadata['ard.shape'] ?? '') as ImageShape;
    return [height, width, channels].every(Number.isSafeInteger) ? { height, width, channels } : undefined;
  } catch {
    return undefined; // the metadata of others may mean anything
  }
}

function imagesOf({ shape: [, a, b, c] }: OnnxInput, layout: 'nchw' | 'nhwc'): ImageShape | undefined {
  if (a === undefined || b === undefined || c === undefined) return undefined;
  return layout === 'nhwc' ? { height: a, width: b, channels: c } : { channels: a, height: b, width: c };
}

/** Of the output called `logits`, or the first one. */
function classCount({ outputs }: OnnxFile): number | undefined {
  const output = outputs.find(({ name }) => name === 'logits') ?? outputs[0];
  return output !== undefined && output.shape.length === 2 ? output.shape[1] : undefined;
}

async function problemOf(
  path: string,
  options: OnnxModelOptions,
  { file, images, classes }: { file: OnnxFile; images: ImageShape | undefined; classes: number | undefined },
): Promise<string | undefined> {
  try {
    if (images === undefined || classes === undefined) {
      // without sizes the graph can only be looked at
      graphOf(file, options, images);
      return undefined;
    }
    await importOnnx(path, options, images, classes);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function valueOf({ name, shape, type }: OnnxInput): GraphValue {
  return { name, shape, type };
}

function counted(nodes: readonly OnnxNode[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { op, domain } of nodes) {
    const name = domain === '' ? op : `${domain}.${op}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether the graph shifts and scales its images before anything else. */
function normalisationHint(file: OnnxFile, image: string): string | undefined {
  const inside = file.metadata['ard.normalisationInside'];
  if (inside !== undefined) return `inside the graph: ${inside}`;
  const steps: string[] = [];
  let at = image;
  for (;;) {
    const users = file.nodes.filter(({ inputs }) => inputs.includes(at));
    const [user] = users;
    if (users.length !== 1 || !['Sub', 'Div', 'Mul', 'Add', 'BatchNormalization'].includes(user!.op)) break;
    steps.push(user!.op);
    at = user!.outputs[0]!;
  }
  return steps.length === 0 ? undefined : `inside the graph, which begins with ${steps.join(', ')}`;
}
