import { int64Value, nodeValue, scalarValue } from '../ir/build.js';
import { concat, expand, reshape, slice, transpose } from '../ir/emit.js';
import type { Node, Value } from '../ir/graph.js';
import { convolve } from './blocked-operators.js';
import type { BlockedValues } from './blocked-values.js';
import { blockedTaps, tapsFirst } from './blocked-weights.js';

/** How the phases of one axis read: output `stride · i + phase` sums over inputs `i + first … i + first + taps - 1`. */
interface Axis {
  readonly stride: number;
  readonly taps: number;
  readonly first: number;
  /** `[phase][tap]` to the index in the kernel, or to the zero that stands after its end. */
  readonly kernelIndex: readonly number[];
}

/**
 * A transposed convolution with stride s as an ordinary one with s · s times the channels, one set for each phase
 * of the output, whose results are then interleaved.
 */
export function blockedTransposedConvolution(node: Node, values: BlockedValues): boolean {
  if (node.op !== 'ConvTranspose' || node.attributes.group !== 1 || node.inputs.length > 2) return false;
  const { block } = values;
  const [x, weights] = node.inputs as [Value, Value];
  const output = node.outputs[0]!;
  const [from, into] = [x.shape[1]!, output.shape[1]!];
  if (from % block !== 0 || into % block !== 0) return false;
  const [strides, pads, kernel, dilations] = (['strides', 'pads', 'kernel_shape', 'dilations'] as const).map(
    (name) => node.attributes[name] as readonly number[],
  );
  if (dilations!.some((dilation) => dilation !== 1)) return false;
  const rows = axisOf(strides![0]!, pads![0]!, kernel![0]!);
  const columns = axisOf(strides![1]!, pads![1]!, kernel![1]!);
  const [batch = 1, , height = 1, width = 1] = output.shape;
  const size = [Math.ceil(height / rows.stride), Math.ceil(width / columns.stride)] as const;
  const phases = convolvePhases(
    values.blocked(x),
    phaseWeights(values.plain(weights), rows, columns, block),
    {
      size,
      before: [-rows.first, -columns.first],
      after: [
        size[0] + rows.first + rows.taps - 1 - x.shape[2]!,
        size[1] + columns.first + columns.taps - 1 - x.shape[3]!,
      ],
    },
  );
  // [n, phase row, phase column, c/b, h, w, b] to [n, c/b, h, phase row, w, phase column, b]
  const split = reshape(phases, [batch, rows.stride, columns.stride, into / block, ...size, block]);
  const whole = [size[0] * rows.stride, size[1] * columns.stride] as const;
  const interleaved = reshape(transpose(split, [0, 3, 4, 1, 5, 2, 6]), [
    batch,
    into / block,
    ...whole,
    block,
  ]);
  const cropped = slice(interleaved, [
    { axis: 2, from: 0, to: height },
    { axis: 3, from: 0, to: width },
  ]);
  values.setBlocked(output, reshape(cropped, output.shape));
  return true;
}

function axisOf(stride: number, padding: number, kernel: number): Axis {
  // input i + r reaches output stride · i + phase through kernel index phase + padding - stride · r
  const last = Math.floor((stride - 1 + padding) / stride);
  const first = Math.ceil((padding - kernel + 1) / stride);
  const taps = last - first + 1;
  const kernelIndex = Array.from({ length: stride * taps }, (_, at) => {
    const index = Math.floor(at / taps) + padding - stride * (first + (at % taps));
    return index >= 0 && index < kernel ? index : kernel;
  });
  return { stride, taps, first, kernelIndex };
}

/** `[in, out, h, w]` of the transposed convolution to blocked weights `[phases · out, in, taps, taps]`. */
function phaseWeights(weights: Value, rows: Axis, columns: Axis, block: number): Value {
  const [from = 1, into = 1, height = 1, width = 1] = weights.shape;
  // tap by tap in blocks of (out, in), with a tap of zeros at the end for what no kernel element reaches
  const blocks = blockedTaps(transpose(tapsFirst(weights), [0, 2, 1]), block);
  const zeros = expand(scalarValue(0), [1, ...blocks.shape.slice(1)]);
  const phases = rows.stride * columns.stride;
  const taps = rows.taps * columns.taps;
  const indices = Array.from({ length: phases * taps }, (_, at) => {
    const [phase, tap] = [Math.floor(at / taps), at % taps];
    const row =
      rows.kernelIndex[Math.floor(phase / columns.stride) * rows.taps + Math.floor(tap / columns.taps)]!;
    const column = columns.kernelIndex[(phase % columns.stride) * columns.taps + (tap % columns.taps)]!;
    return row < height && column < width ? row * width + column : height * width;
  });
  const gathered = nodeValue(
    'Gather',
    [concat([blocks, zeros], 0), int64Value(indices)],
    { shape: [indices.length, ...blocks.shape.slice(1)], type: 'float32' },
    { attributes: { axis: 0 } },
  );
  const split = reshape(gathered, [phases, taps, (into * from) / block ** 2, block ** 2]);
  return reshape(transpose(split, [0, 2, 1, 3]), [phases * into, from, rows.taps, columns.taps]);
}

interface PhaseWindow {
  readonly size: readonly [number, number];
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
}

function convolvePhases(x: Value, weights: Value, { size, before, after }: PhaseWindow): Value {
  return convolve(x, weights, [x.shape[0]!, weights.shape[0]!, ...size], { pads: [...before, ...after] });
}
