import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../contracts/nd-array.js';
import { ArdError, type ErrorDetails } from '../errors.js';

/** A network that another program computes: what goes in and what comes out is known, and nothing between. */
export interface ForeignNetwork {
  readonly name: string;
  /** What whoever asks for a gradient is told. */
  readonly withoutGradient: { readonly message: string } & Required<Pick<ErrorDetails, 'remedy'>>;
  /** @param images `[batch, height, width, channels]` @returns `[batch, classes]` */
  logits(images: NdArray): Promise<NdArray>;
}

/** Says, while a function is traced, that it goes on only with logits that are computed elsewhere. */
class ForeignCall extends Error {
  constructor(
    readonly network: ForeignNetwork,
    readonly images: tf.Tensor,
  ) {
    super(`${network.name} is computed outside the engine`);
  }
}

/** Logits that the function being traced has been given, in the order in which it asks for them. */
let answers: { readonly given: readonly tf.Tensor[]; asked: number } | undefined;

/**
 * For the `apply` of models that are foreign networks: their logits, without a way back to the images.
 *
 * @throws ArdError where a gradient would have to pass, and outside functions that an engine compiles
 */
export function foreignLogits(network: ForeignNetwork, images: tf.Tensor4D): tf.Tensor2D {
  if (tf.engine().state.gradientDepth > 0) {
    const { message, remedy } = network.withoutGradient;
    throw new ArdError(message, { remedy });
  }
  if (answers === undefined) {
    throw new ArdError(`${network.name} is computed by another program; only its logits can be had.`, {
      remedy: 'It can be evaluated and teach. What else is to be done with it, do with its own file.',
    });
  }
  const known = answers.given[answers.asked++];
  if (known === undefined) throw new ForeignCall(network, images);
  return known as tf.Tensor2D;
}

/** Traces a function as far as the logits it was given take it. @returns its result, or the call that it waits for */
export function traceForeign<T>(
  given: readonly tf.Tensor[],
  fn: () => T,
): { readonly result: T } | { readonly network: ForeignNetwork; readonly images: tf.Tensor } {
  const outer = answers;
  answers = { given, asked: 0 };
  try {
    return { result: fn() };
  } catch (error) {
    if (!(error instanceof ForeignCall)) throw error;
    return { network: error.network, images: error.images };
  } finally {
    answers = outer;
  }
}
