import type { Tensor } from '@tensorflow/tfjs-core';
import type { Compiled, CompileOptions, Concrete, Engine, TensorRecord } from '../contracts/engine.js';
import type { NdArray } from '../contracts/nd-array.js';
import { traceForeign, type ForeignNetwork } from './foreign-network.js';

/** Names that no function gives its inputs and outputs. */
const imagesKey = 'ard:foreign-images';
const logitsKey = (index: number): string => `ard:foreign-logits-${index}`;

/**
 * An engine for functions that may contain foreign networks. Such a function is cut where it asks for their logits:
 * one compiled part gives the images, the other program computes the logits, and the next part takes them as an input.
 * Other functions are compiled as they are.
 */
export function withForeignNetworks(engine: Engine): Engine {
  return {
    get id() {
      return engine.id;
    },
    get description() {
      return engine.description;
    },
    compile: (fn, options) => inParts(engine, fn, options),
    dispose: () => engine.dispose(),
  };
}

interface Part {
  readonly run: Compiled<TensorRecord, TensorRecord>;
  /** The network whose images it gives; undefined for the last part. Known once it has run. */
  network(): ForeignNetwork | undefined;
}

function inParts<I extends TensorRecord, O extends TensorRecord>(
  engine: Engine,
  fn: (inputs: I) => O,
  options: CompileOptions,
): Compiled<I, O> {
  const parts: Part[] = [];
  const call = async (inputs: Concrete<I>): Promise<Concrete<O>> => {
    let known: Readonly<Record<string, NdArray>> = {};
    for (let index = 0; ; index++) {
      const part = (parts[index] ??= compilePart(engine, fn, options, index));
      const outputs = await part.run({ ...inputs, ...known } as Concrete<TensorRecord>);
      const network = part.network();
      if (network === undefined) return outputs as Concrete<O>;
      known = { ...known, [logitsKey(index)]: await network.logits(outputs[imagesKey] as NdArray) };
    }
  };
  return Object.assign(call, {
    dispose: async () => {
      await Promise.all(parts.map(({ run }) => run.dispose()));
    },
  });
}

/** @param count of foreign logits that it is given */
function compilePart<I extends TensorRecord, O extends TensorRecord>(
  engine: Engine,
  fn: (inputs: I) => O,
  options: CompileOptions,
  count: number,
): Part {
  const keys = Array.from({ length: count }, (_, index) => logitsKey(index));
  let waitsFor: ForeignNetwork | undefined;
  const run = engine.compile<TensorRecord, TensorRecord>((inputs) => {
    const own = Object.fromEntries(Object.entries(inputs).filter(([key]) => !keys.includes(key)));
    const traced = traceForeign(
      keys.map((key) => inputs[key] as Tensor),
      () => fn(own as I),
    );
    waitsFor = 'network' in traced ? traced.network : undefined;
    return 'network' in traced ? { [imagesKey]: traced.images } : traced.result;
  }, options);
  return { run, network: () => waitsFor };
}
