import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { batchNorm, conv2d, type BatchNormVariables } from '@ard/nn';
import { graphNodes, optimise, type Graph } from '../src/index.js';
import { operators, reorderedImages, traced } from './support.js';

const shapes = {
  x: [4, 8, 8, 16],
  w1: [16, 16, 3, 3],
  w2: [16, 16, 3, 3],
  weight: [16],
  bias: [16],
  running_mean: [16],
  running_var: [16],
  num_batches_tracked: [],
};

function block(inputs: Record<string, tf.Tensor>, x: tf.Tensor4D, mode: 'train' | 'eval'): tf.Tensor4D {
  const variables = inputs as unknown as BatchNormVariables;
  const layer = (t: tf.Tensor4D, w: string): tf.Tensor4D =>
    batchNorm(conv2d(t, inputs[w] as tf.Tensor4D, { padding: 1 }), variables, mode).y;
  return tf.relu(tf.add(layer(tf.relu(layer(x, 'w1')), 'w2'), x));
}

function gradients(mode: 'train' | 'eval', by: readonly string[]): Graph {
  return traced((inputs) => {
    const f = (...values: tf.Tensor[]): tf.Tensor => {
      const given = { ...inputs, ...Object.fromEntries(by.map((name, i) => [name, values[i]!])) };
      return tf.sum(tf.square(tf.mean(block(given, given.x as tf.Tensor4D, mode), [1, 2])));
    };
    const results = tf.grads(f)(by.map((name) => inputs[name]!));
    return Object.fromEntries(by.map((name, i) => [name, results[i]!]));
  }, shapes);
}

/** Nodes that walk through whole activations; their number is what a step costs. */
function walks(graph: Graph): number {
  return graphNodes(graph).filter(
    ({ op, outputs }) => outputs[0]!.shape.join() === '4,16,8,8' && op !== 'Reshape',
  ).length;
}

/** Transposes of activations; those of weights are small. */
function activationTransposes(graph: Graph): number {
  return graphNodes(graph).filter(({ op, outputs }) => op === 'Transpose' && outputs[0]!.shape[0] === 4)
    .length;
}

describe('a residual block, compiled', () => {
  it('attack gradient: no transposes but those of the image and its gradient', () => {
    expect(activationTransposes(optimise(gradients('eval', ['x'])))).to.equal(2);
    expect(activationTransposes(optimise(gradients('eval', ['x']), { block: 16 }))).to.equal(2);
  });

  it('attack gradient in blocked order: one reordering in, one out, batch norm and additions inside convolutions', () => {
    const blocked = optimise(gradients('eval', ['x']), { block: 16 });
    const counts = operators(blocked);
    expect(reorderedImages(blocked)).to.equal(1);
    expect(counts['com.microsoft.nchwc.ReorderOutput']).to.equal(1);
    expect(counts['com.microsoft.nchwc.Conv'], 'two forward, two backward').to.equal(4);
    expect(counts).not.to.have.property('BatchNormalization');
    expect(counts).not.to.have.property('Relu');
  });

  it('attack gradient: does not walk through activations more often than it did', () => {
    expect(walks(optimise(gradients('eval', ['x']), { block: 16 }))).to.be.at.most(12);
  });

  it('train mode: batch statistics come from one operator, or from means in blocked order', () => {
    const graph = gradients('train', ['w1', 'w2', 'weight', 'bias']);
    expect(operators(optimise(graph)).BatchNormalization).to.equal(2);
    expect(operators(optimise(graph)).ReduceMean, 'global pooling only').to.equal(1);
    const blocked = operators(optimise(graph, { block: 16 }));
    expect(blocked).not.to.have.property('BatchNormalization');
    expect(blocked['com.microsoft.nchwc.GlobalAveragePool']).to.be.at.least(4);
  });

  it('train mode: does not walk through activations more often than it did', () => {
    const graph = gradients('train', ['w1', 'w2', 'weight', 'bias']);
    expect(walks(optimise(graph, { block: 16 }))).to.be.at.most(25);
    expect(activationTransposes(optimise(graph, { block: 16 })), 'of the image').to.equal(1);
  });
});
