import { inputValue, nodeValue } from '../ir/build.js';
import { blockedDomain } from '../passes/blocked-operators.js';
import { outputName, toOnnx } from './to-onnx.js';

const channels = 64;

/** A model that shows how many channels the blocked convolutions of a machine keep side by side. */
export interface BlockProbe {
  readonly bytes: Uint8Array;
  readonly input: { readonly name: string; readonly data: Float32Array; readonly shape: readonly number[] };
  readonly output: string;
  /** From what the model makes of the input; 0 where the order is the plain one. */
  blockOf(result: Float32Array): number;
}

/** Two pixels per channel: in blocked order, the second pixel of channel 0 comes after one block of first pixels. */
export function blockProbe(): BlockProbe {
  const shape = [1, channels, 1, 2];
  const x = inputValue('x', shape, 'float32');
  const value = nodeValue('ReorderInput', [x], { shape, type: 'float32' }, { domain: blockedDomain });
  const { bytes } = toOnnx({
    name: 'probe',
    inputs: [{ name: 'x', value: x }],
    outputs: [{ name: 'y', value }],
  });
  return {
    bytes,
    input: { name: 'x', data: Float32Array.from({ length: channels * 2 }, (_, index) => index), shape },
    output: outputName('y'),
    blockOf: (result) => {
      const block = result.indexOf(1);
      return block > 1 && channels % block === 0 ? block : 0;
    },
  };
}
