import type { HostArray, ImageShape, Model, VariableSpec, Variables } from '@ard/core';
import { floats } from '../support/values.js';

/** sin(0.7 i + phase) over a running index: numbers that any language makes again without a file. */
export function wave(shape: readonly number[], phase: number): HostArray {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return floats(
    Float64Array.from({ length }, (_, i) => Math.sin(0.7 * i + phase)),
    shape,
  );
}

/**
 * Values for every variable of a model. With w the wave whose phase is the variable's place in the state dict,
 * counted from 0: `1 + |0.3 w|` for running variances, `1 + 0.3 w` for the weights of batch norm, 0 for counters
 * and `0.3 w` for everything else.
 */
export function waveVariables({ variables }: Pick<Model, 'variables'>): Variables {
  const of = (kind: VariableSpec['kind']): Record<string, HostArray> =>
    Object.fromEntries(
      variables.flatMap((spec, place) => (spec.kind === kind ? [[spec.name, waveOf(spec, place)]] : [])),
    );
  return { parameters: of('parameter'), statistics: of('statistic') };
}

/** Images in [0, 1], `[count, height, width, channels]`: `(w + 1) / 2` with the wave of phase 0. */
export function waveImages(count: number, { height, width, channels }: ImageShape): HostArray {
  const shape = [count, height, width, channels];
  return floats(
    wave(shape, 0).data.map((value) => (value + 1) / 2),
    shape,
  );
}

function waveOf({ name, shape }: VariableSpec, place: number): HostArray {
  const values = Array.from(wave(shape, place).data, (value) => 0.3 * value);
  if (name.endsWith('num_batches_tracked')) return floats([0], shape);
  if (name.endsWith('running_var'))
    return floats(
      values.map((value) => 1 + Math.abs(value)),
      shape,
    );
  if (shape.length === 1 && name.endsWith('weight'))
    return floats(
      values.map((value) => 1 + value),
      shape,
    );
  return floats(values, shape);
}
