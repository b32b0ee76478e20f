import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { conv2d } from '@ard/nn';
import { graphNodes, optimise } from '../src/index.js';
import { moveOnce } from '../src/passes/move-once.js';
import { operators, traced } from './support.js';

describe('what moves in memory, with moveOnce', () => {
  const shapes = { a: [2, 3, 4, 8], b: [2, 3, 4, 8] };
  const turned = (x: tf.Tensor, order = [0, 2, 1, 3]): tf.Tensor => tf.transpose(x, order);

  it('is added first and moved once', () => {
    const sum = traced(({ a, b }) => ({ y: tf.add(turned(a!), turned(b!)) }), shapes);
    expect(operators(moveOnce(sum))).to.deep.equal({ Add: 1, Transpose: 1 });
    const reshaped = traced(
      ({ a, b }) => ({ y: tf.add(tf.reshape(turned(a!), [24, 8]), tf.reshape(turned(b!), [24, 8])) }),
      shapes,
    );
    expect(operators(moveOnce(reshaped))).to.include({ Add: 1, Transpose: 1 });
  });

  it('is not added first where two parts move differently or one is wanted by others', () => {
    const orders = traced(({ a, b }) => ({ y: tf.add(turned(a!, [0, 2, 1, 3]), turned(b!, [2, 0, 1, 3])) }), {
      a: [3, 3, 3, 8],
      b: [3, 3, 3, 8],
    });
    expect(operators(moveOnce(orders))).to.deep.equal({ Add: 1, Transpose: 2 });
    const wanted = traced(({ a, b }) => {
      const moved = turned(a!);
      return { y: tf.add(moved, turned(b!)), z: tf.neg(moved) };
    }, shapes);
    expect(operators(moveOnce(wanted))).to.deep.equal({ Add: 1, Transpose: 2, Neg: 1 });
  });

  it('becomes one sum inside a convolution for a strided convolution and the shortcut beside it', () => {
    const gradient = tf.grads((x: tf.Tensor, w: tf.Tensor, v: tf.Tensor) =>
      tf.add(
        conv2d(x as tf.Tensor4D, w as tf.Tensor4D, { padding: 1, stride: 2 }),
        conv2d(x as tf.Tensor4D, v as tf.Tensor4D, { stride: 2 }),
      ),
    );
    const graph = traced(({ x, w, v }) => ({ dx: gradient([x!, w!, v!])[0]! }), {
      x: [2, 8, 8, 16],
      w: [16, 16, 3, 3],
      v: [16, 16, 1, 1],
    });
    const interleaves = (optimised: typeof graph): number =>
      graphNodes(optimised).filter(
        ({ op, outputs: [output] }) => op === 'Transpose' && output!.shape.length === 7,
      ).length;
    expect(interleaves(optimise(graph, { block: 16 }, { moveOnce: false }))).to.equal(2);
    const once = optimise(graph, { block: 16 });
    expect(interleaves(once)).to.equal(1);
    expect(operators(once)).not.to.have.property('Add');
  });
});
