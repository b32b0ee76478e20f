import type { ImageShape, Model, VariableSpec } from '@ard/core';
import { graphNodes, trace, type Node, type Value } from '@ard/compiler';

/** One module of a network: what has parameters. */
export interface NetworkLayer {
  /** PyTorch module name, such as `layer1.0.conv1`. */
  readonly name: string;
  readonly kind: 'convolution' | 'linear' | 'batch norm' | 'other';
  /** `[height, width, channels]` or `[features]`; undefined for what the forward pass never uses. */
  readonly output: readonly number[] | undefined;
  /** Trained numbers. */
  readonly parameters: number;
  /** Multiply-adds of one image. */
  readonly multiplyAdds: number;
}

export interface NetworkTable {
  readonly layers: readonly NetworkLayer[];
  readonly parameters: number;
  /** Running statistics, without counters. */
  readonly buffers: number;
  /** Entries of the state dict. */
  readonly entries: number;
  readonly multiplyAdds: number;
}

/**
 * Layers, output shapes and work of a network, read off a trace of its forward pass: whatever the model does, these
 * are the operators that run. Multiply-adds are those of convolutions and matrix products, as papers count them.
 */
export function networkTable(model: Model): NetworkTable {
  const used = operatorsByVariable(model);
  const modules = new Map<string, VariableSpec[]>();
  for (const variable of model.variables) {
    const name = variable.name.replace(/\.?[^.]*$/, '');
    modules.set(name, [...(modules.get(name) ?? []), variable]);
  }
  const layers = [...modules].map(([name, variables]): NetworkLayer => {
    const node = variables.map((variable) => used.get(variable.name)).find((one) => one !== undefined);
    return {
      name,
      kind: kindOf(variables, node),
      output: node && outputShape(node.outputs[0]!.shape),
      parameters: sum(variables.filter(({ kind }) => kind === 'parameter').map(({ shape }) => sizeOf(shape))),
      multiplyAdds: node === undefined ? 0 : multiplyAddsOf(node),
    };
  });
  const buffers = model.variables.filter(({ kind, storage }) => kind === 'statistic' && storage !== 'int64');
  return {
    layers,
    parameters: sum(layers.map(({ parameters }) => parameters)),
    buffers: sum(buffers.map(({ shape }) => sizeOf(shape))),
    entries: model.variables.length,
    multiplyAdds: sum(layers.map(({ multiplyAdds }) => multiplyAdds)),
  };
}

const working = new Set(['Conv', 'MatMul', 'Gemm', 'BatchNormalization']);

/** The operator that works with each variable, through whatever turns the variable first. */
function operatorsByVariable(model: Model): ReadonlyMap<string, Node> {
  const { height, width, channels }: ImageShape = model.shape;
  const inputs = (kind: VariableSpec['kind']) =>
    Object.fromEntries(
      model.variables
        .filter((variable) => variable.kind === kind)
        .map(({ name, shape }) => [name, { shape, dtype: 'float32' as const }]),
    );
  const { graph } = trace(
    ({ network, images }) => ({ logits: model.apply(network as never, images as never, 'eval').logits }),
    {
      network: { parameters: inputs('parameter'), statistics: inputs('statistic') },
      images: { shape: [1, height, width, channels], dtype: 'float32' },
    },
    { name: model.name },
  );
  const used = new Map<string, Node>();
  for (const node of graphNodes(graph)) {
    if (!working.has(node.op)) continue;
    for (const input of node.inputs.slice(1)) {
      const name = variableOf(input);
      if (name !== undefined && !used.has(name)) used.set(name, node);
    }
  }
  return used;
}

function variableOf(value: Value | undefined): string | undefined {
  let at = value;
  while (at?.source.kind === 'node' && ['Transpose', 'Reshape'].includes(at.source.node.op)) {
    at = at.source.node.inputs[0];
  }
  if (at?.source.kind !== 'input') return undefined;
  return /^network\/(?:parameters|statistics)\/(.*)$/.exec(at.source.name)?.[1];
}

/** Per output value: as many products as the weights that it sums over. */
function multiplyAddsOf({ op, inputs, outputs }: Node): number {
  const weight = inputs[1]!.shape;
  const values = sizeOf(outputs[0]!.shape);
  if (op === 'Conv') return values * sizeOf(weight.slice(1));
  // the product sums over the last axis of its left side, however the right one lies
  return op === 'BatchNormalization' ? 0 : values * inputs[0]!.shape.at(-1)!;
}

function kindOf(variables: readonly VariableSpec[], node: Node | undefined): NetworkLayer['kind'] {
  if (node?.op === 'BatchNormalization' || variables.some(({ kind }) => kind === 'statistic'))
    return 'batch norm';
  const dimensions = Math.max(...variables.map(({ shape }) => shape.length));
  return dimensions === 4 ? 'convolution' : dimensions === 2 ? 'linear' : 'other';
}

/** Images of the graph have their channels first. */
function outputShape(shape: readonly number[]): readonly number[] {
  const [, channels, height, width] = shape;
  return shape.length === 4 ? [height!, width!, channels!] : shape.slice(1);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
