import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { conv2d } from '@ard/nn';
import { constantData, graphNodes, optimise, passNames, splitFrozen } from '../src/index.js';
import { commonSubexpressions } from '../src/passes/common-subexpressions.js';
import { constantFolding } from '../src/passes/constant-folding.js';
import { foldChannelScales } from '../src/passes/fold-channel-scales.js';
import { layout } from '../src/passes/layout.js';
import { simplify } from '../src/passes/simplify.js';
import { operators, traced } from './support.js';

const image = { x: [2, 8, 8, 16] };

describe('passes of the compiler', () => {
  it('dead code is not in the graph', () => {
    const graph = traced(({ x }) => {
      tf.exp(x!);
      return { y: tf.neg(x!) };
    }, image);
    expect(operators(graph)).to.deep.equal({ Neg: 1 });
  });

  it('common subexpressions are computed once, equal constants included', () => {
    const graph = traced(({ x }) => ({ y: tf.add(tf.exp(tf.mul(x!, 2)), tf.exp(tf.mul(x!, 2))) }), image);
    expect(operators(graph)).to.deep.equal({ Mul: 2, Exp: 2, Add: 1 });
    expect(operators(commonSubexpressions(graph))).to.deep.equal({ Mul: 1, Exp: 1, Add: 1 });
  });

  it('constants are folded', () => {
    const graph = constantFolding(
      traced(({ x }) => ({ y: tf.mul(x!, tf.sqrt(tf.add(tf.scalar(3), 1))) }), image),
    );
    expect(operators(graph)).to.deep.equal({ Mul: 1 });
    expect(constantData(graphNodes(graph)[0]!.inputs[1])).to.deep.equal(Float32Array.of(2));
  });

  it('neutral operands and needless spreading go, products with zero stay', () => {
    const graph = simplify(
      traced(
        ({ x }) => ({
          one: tf.mul(x!, tf.ones([2, 8, 8, 16])),
          zero: tf.mul(x!, 0),
          spread: tf.mul(x!, tf.tile(tf.mean(x!, 3, true), [1, 1, 1, 16])),
        }),
        image,
      ),
    );
    expect(operators(graph)).to.deep.equal({ Mul: 2, ReduceMean: 1 });
    expect(graph.outputs[0]!.value).to.equal(graph.inputs[0]!.value);
  });

  it('the gradient of a mean is not spread out', () => {
    const gradient = tf.grad((x) => tf.mean(tf.relu(x)));
    const graph = optimise(traced(({ x }) => ({ dx: gradient(x!) }), image));
    expect(operators(graph)).not.to.have.property('Expand');
  });

  it('layout: transposes cancel, between operators and around weights in the layout of PyTorch', () => {
    const graph = traced(
      ({ x, w }) => {
        const y = tf.relu(conv2d(x as tf.Tensor4D, w as tf.Tensor4D, { padding: 1 })) as tf.Tensor4D;
        const z = tf.add(y, tf.mean(y, [1, 2], true)) as tf.Tensor4D;
        return { y: tf.mean(conv2d(z, w as tf.Tensor4D, { padding: 1 }), [1, 2]) };
      },
      { ...image, w: [16, 16, 3, 3] },
    );
    const { Transpose: before } = operators(graph);
    const { Transpose: after } = operators(layout(graph));
    expect(before).to.be.above(6);
    expect(after, 'only the image').to.equal(1);
  });

  it('layout: axes of concat, pad and slice move along', () => {
    const graph = traced(({ x }) => {
      const y = tf.transpose(x!, [0, 2, 1, 3]);
      const z = tf.pad(tf.concat([y, tf.exp(y)], 3), [
        [0, 0],
        [1, 0],
        [0, 2],
        [0, 0],
      ]);
      return { z: tf.transpose(tf.slice(z, [0, 1, 0, 0], [2, 4, 8, 32]), [0, 2, 1, 3]) };
    }, image);
    expect(operators(layout(graph))).to.deep.equal({ Exp: 1, Concat: 1, Pad: 1, Slice: 1 });
  });

  it('eval-mode batch norm and its slope go into weights', () => {
    const shapes = { ...image, w: [3, 3, 16, 16], m: [16], v: [16], b: [16], s: [16] };
    const graph = traced(({ x, w, m, v, b, s }) => {
      const net = (t: tf.Tensor): tf.Tensor =>
        tf.batchNorm(
          tf.conv2d(t as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
          m as tf.Tensor1D,
          v as tf.Tensor1D,
          b as tf.Tensor1D,
          s as tf.Tensor1D,
        );
      return { y: net(x!), dx: tf.grad((t) => tf.sum(tf.square(net(t))))(x!) };
    }, shapes);
    const folded = foldChannelScales(simplify(commonSubexpressions(layout(graph))));
    expect(operators(folded)).not.to.have.property('BatchNormalization');
    const full = graphNodes(folded).filter(
      ({ op, outputs }) => op === 'Mul' && outputs[0]!.shape.join() === '2,16,8,8',
    );
    expect(full.length, 'products over the activations: the square and its gradient').to.be.at.most(3);
  });

  it('what depends on frozen inputs only is split off', () => {
    const graph = traced(({ x, w }) => ({ y: tf.mul(tf.exp(w!), x!), w2: tf.neg(w!), x2: tf.neg(x!) }), {
      x: [3],
      w: [3],
    });
    const { prepare, main } = splitFrozen(graph, (name) => name === 'w');
    expect(operators(prepare)).to.deep.equal({ Exp: 1, Neg: 1 });
    expect(operators(main)).to.deep.equal({ Mul: 1, Neg: 1 });
    expect(main.inputs.map(({ name }) => name)).to.deep.equal(['x', 'w', 'prepared:0', 'prepared:1']);
  });

  it('each can be switched off', () => {
    const graph = traced(({ x, w }) => ({ y: conv2d(x as tf.Tensor4D, w as tf.Tensor4D) }), {
      ...image,
      w: [16, 16, 3, 3],
    });
    const none = Object.fromEntries(passNames.map((name) => [name, false]));
    expect(operators(optimise(graph, { block: 16 }, none))).to.deep.equal(operators(graph));
    expect(operators(optimise(graph, { block: 16 }, { blockedLayout: false }))).to.have.property('Conv');
    expect(operators(optimise(graph, { block: 16 }))).to.have.property('com.microsoft.nchwc.Conv');
  });
});
