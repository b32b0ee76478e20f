import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { batchNorm, conv2d, type BatchNormVariables } from '@ard/nn';
import {
  constantData,
  graphNodes,
  optimise,
  passNames,
  splitFrozen,
  splitSums,
  type Graph,
} from '../src/index.js';
import { blockedLayout } from '../src/passes/blocked-layout.js';
import { commonSubexpressions } from '../src/passes/common-subexpressions.js';
import { composeMaxPoolIndices } from '../src/passes/compose-max-pool-indices.js';
import { constantFolding } from '../src/passes/constant-folding.js';
import { flatElementwise } from '../src/passes/flat-elementwise.js';
import { foldChannelScales } from '../src/passes/fold-channel-scales.js';
import { fuseBlockedConvolutions } from '../src/passes/fuse-blocked-convolutions.js';
import { layout } from '../src/passes/layout.js';
import { reluMasks } from '../src/passes/relu-masks.js';
import { simplify } from '../src/passes/simplify.js';
import { splitChannelMultipliers } from '../src/passes/split-channel-multipliers.js';
import { trainBatchNorm } from '../src/passes/train-batch-norm.js';
import { unfuseMatrixProducts } from '../src/passes/unfuse-matrix-products.js';
import { imageMatrix, inverseMatrix, kernelMatrix, points } from '../src/passes/winograd-matrices.js';
import { winograd } from '../src/passes/winograd.js';
import { operators, reorderedImages, traced } from './support.js';

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

  it("a rectifier's mask is taken from its output", () => {
    const graph = traced(({ x }) => ({ dx: tf.grad((t) => tf.sum(tf.square(tf.relu(t))))(x!) }), image);
    const sourceOf = (given: typeof graph, operator: string): string | undefined => {
      const source = graphNodes(given).find(({ op }) => op === operator)?.inputs[0]?.source;
      return source?.kind === 'node' ? source.node.op : source?.kind;
    };
    expect(sourceOf(graph, 'Greater')).to.equal('input');
    const faster = reluMasks(graph);
    expect(sourceOf(faster, 'HardSigmoid'), 'as numbers, in one walk').to.equal('Relu');
    expect(operators(faster)).not.to.have.any.keys('Greater', 'Cast');
  });

  it('batch norm over the statistics of the batch is one operator that returns them', () => {
    const names = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'];
    const shapes = names.map((name) => [name, name === 'num_batches_tracked' ? [] : [16]]);
    const graph = optimise(
      traced(
        ({ x, w, ...variables }) => {
          const convolved = conv2d(x as tf.Tensor4D, w as tf.Tensor4D, { padding: 1 });
          const { y } = batchNorm(convolved, variables as unknown as BatchNormVariables, 'train');
          return { y };
        },
        { ...image, w: [16, 16, 3, 3], ...(Object.fromEntries(shapes) as Record<string, number[]>) },
      ),
      {},
      { trainBatchNorm: false, foldChannelScales: false },
    );
    expect(operators(graph).ReduceMean).to.equal(2);
    const fused = trainBatchNorm(graph);
    expect(operators(fused)).not.to.have.property('ReduceMean');
    expect(operators(fused)).to.include({ BatchNormalization: 1 });
    expect(graphNodes(fused).find(({ op }) => op === 'BatchNormalization')!.outputs).to.have.length(3);
  });

  describe('in blocked order', () => {
    const network = traced(
      ({ x, w }) => {
        const convolve = (t: tf.Tensor): tf.Tensor =>
          conv2d(t as tf.Tensor4D, w as tf.Tensor4D, { padding: 1 });
        return { y: tf.relu(tf.add(convolve(tf.tanh(convolve(x!))), x!)) };
      },
      { ...image, w: [16, 16, 3, 3] },
    );

    it('convolutions and what lies between them are reordered once on the way in and out', () => {
      const blocked = blockedLayout(layout(network), 16);
      expect(operators(blocked)).to.include({ 'com.microsoft.nchwc.Conv': 2, Tanh: 1, Add: 1, Relu: 1 });
      expect(operators(blocked)).to.include({ 'com.microsoft.nchwc.ReorderOutput': 1 });
      expect(reorderedImages(blocked)).to.equal(1);
      expect(operators(blockedLayout(layout(network), 0)), 'without blocks').to.deep.equal(
        operators(layout(network)),
      );
    });

    describe("Winograd's algorithm", () => {
      const shapes = { x: [2, 8, 8, 16], w: [16, 16, 3, 3] };
      const bounds = { channels: 16, pixels: 128 };
      const isFrozen = (name: string): boolean => name === 'w';
      const block = (stride = 1) =>
        traced(({ x, w }) => {
          const convolve = (from: tf.Tensor, step = 1) =>
            conv2d(from as tf.Tensor4D, w as tf.Tensor4D, { padding: 1, stride: step });
          const inner = tf.relu(convolve(x!, stride));
          return { y: tf.relu(tf.add(convolve(inner), inner)) };
        }, shapes);
      const products = (graph: Graph, given = bounds, frozen = isFrozen): number =>
        graphNodes(winograd(blockedLayout(graph, 16), 16, frozen, given)).filter(
          ({ op, attributes }) => op === 'Conv' && attributes.group === 6,
        ).length;

      it('takes the place of 3x3 convolutions, with one move of activations on the way in and one back', () => {
        const graph = winograd(
          fuseBlockedConvolutions(blockedLayout(layout(block()), 16)),
          16,
          isFrozen,
          bounds,
        );
        const moved = graphNodes(graph).filter(
          ({ op, inputs }) => op === 'Transpose' && inputs[0]!.shape.length === 5,
        );
        expect(moved.map(({ attributes }) => attributes.perm)).to.deep.equal([
          [2, 1, 3, 0, 4],
          [3, 1, 0, 2, 4],
        ]);
        expect(products(block())).to.equal(2);
      });

      it('stays away from strides, few channels or pixels, and weights that change with every call', () => {
        expect(products(block(2), { ...bounds, pixels: 0 })).to.equal(1);
        expect(products(block(), { ...bounds, channels: 17 })).to.equal(0);
        expect(products(block(), { ...bounds, pixels: 129 })).to.equal(0);
        expect(products(block(), bounds, () => false)).to.equal(0);
      });

      it('its matrices compute what a convolution does', () => {
        const dot = (a: readonly number[], b: readonly number[]): number =>
          a.reduce((sum, value, index) => sum + value * b[index]!, 0);
        const [x, w] = [
          [1, -2, 3, 5, 4, 7],
          [2, -1, 3],
        ];
        const images = imageMatrix(x.length).map((row) => dot(row, x));
        const taps = kernelMatrix.map((row) => dot(row, w));
        const results = [0, 1].flatMap((tile) =>
          inverseMatrix.map((row) =>
            dot(
              row,
              taps.map((tap, point) => tap * images[tile * points + point]!),
            ),
          ),
        );
        const direct = x.map((_, at) => dot(w, [x[at - 1] ?? 0, x[at]!, x[at + 1] ?? 0]));
        results
          .slice(0, x.length)
          .forEach((value, index) => expect(value).to.be.closeTo(direct[index]!, 1e-12));
      });
    });

    it('convolutions add residuals and clamp by themselves', () => {
      const counts = operators(fuseBlockedConvolutions(blockedLayout(layout(network), 16)));
      expect(counts).to.include({ 'com.microsoft.nchwc.Conv': 2, Tanh: 1 });
      expect(counts).not.to.have.any.keys('Add', 'Relu');
    });
  });

  describe('for providers that lack something', () => {
    it('products of transposed matrices become transposes and products', () => {
      const graph = traced(({ a, b }) => ({ y: tf.matMul(a!, b!, false, true) }), {
        a: [2, 3, 4],
        b: [2, 5, 4],
      });
      expect(operators(graph)).to.deep.equal({ 'com.microsoft.FusedMatMul': 1 });
      expect(operators(unfuseMatrixProducts(graph))).to.deep.equal({ Transpose: 1, MatMul: 1 });
    });

    it('convolutions that make several channels of one become several, or slices where they only select', () => {
      const shapes = { x: [2, 6, 6, 4], w: [3, 3, 4, 2] };
      const depthwise = traced(
        ({ x, w }) => ({ y: tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same') }),
        shapes,
      );
      expect(operators(depthwise).Conv).to.equal(1);
      const groups = graphNodes(splitChannelMultipliers(depthwise)).filter(({ op }) => op === 'Conv');
      expect(groups.map(({ outputs }) => outputs[0]!.shape[1])).to.deep.equal([4, 4]);
      const selecting = traced(
        ({ x }) => {
          const kernel = new Float32Array(2 * 4 * 2);
          for (let channel = 0; channel < 4; channel++) {
            kernel[channel * 2] = 1;
            kernel[8 + channel * 2 + 1] = 1;
          }
          return { y: tf.depthwiseConv2d(x as tf.Tensor4D, tf.tensor4d(kernel, [2, 1, 4, 2]), 1, 'valid') };
        },
        { x: [2, 6, 6, 4] },
      );
      const folded = constantFolding(selecting);
      expect(operators(folded)).to.include({ Conv: 1 });
      expect(operators(splitChannelMultipliers(folded))).not.to.have.property('Conv');
    });

    it('positions of maxima are found by comparison', () => {
      const graph = traced(
        ({ x }) => ({
          dx: tf.grad((t) => tf.sum(tf.square(tf.maxPool(t as tf.Tensor4D, 2, 2, 'valid'))))(x!),
        }),
        image,
      );
      const withIndices = (given: typeof graph): number =>
        graphNodes(given).filter(({ op, outputs }) => op === 'MaxPool' && outputs.length === 2).length;
      expect(withIndices(graph)).to.equal(1);
      expect(withIndices(composeMaxPoolIndices(graph))).to.equal(0);
      expect(operators(composeMaxPoolIndices(graph))).to.include({ Equal: 4, Where: 4 });
    });
  });

  it('numbers are combined with weights of 1x1 convolutions along one long axis', () => {
    const graph = flatElementwise(
      traced(({ w }) => ({ w: tf.add(tf.mul(w!, 0.9), 1), b: tf.mul(w!, tf.ones([4, 1, 1, 1])) }), {
        w: [4, 8, 1, 1],
      }),
    );
    const shapes = graphNodes(graph).map(({ op, outputs }) => `${op} ${outputs[0]!.shape.join('x')}`);
    expect(shapes).to.include.members(['Mul 32', 'Add 32', 'Mul 4x8x1x1']);
    expect(graph.outputs.map(({ value }) => value.shape)).to.deep.equal([
      [4, 8, 1, 1],
      [4, 8, 1, 1],
    ]);
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

  it('of what is split off, reshapes at the very end stay with those who use the result', () => {
    const graph = traced(
      ({ x, w }) => ({ y: tf.mul(tf.reshape(tf.exp(tf.reshape(tf.neg(w!), [4])), [2, 2]), x!) }),
      { x: [2, 2], w: [1, 4] },
    );
    const { prepare, main } = splitFrozen(graph, (name) => name === 'w');
    expect(operators(prepare)).to.deep.equal({ Neg: 1, Reshape: 1, Exp: 1 });
    expect(operators(main)).to.deep.equal({ Reshape: 1, Mul: 1 });
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

  describe('sums over several passes', () => {
    const shapes = { a: [2, 8, 8, 3], b: [2, 8, 8, 3], c: [2, 8, 8, 3], w: [3, 3, 3, 4] };
    const gradient = (passes: readonly string[]) =>
      traced((inputs) => {
        const loss = (w: tf.Tensor): tf.Tensor =>
          tf.addN(
            passes.map((pass) =>
              tf.sum(tf.exp(tf.conv2d(inputs[pass] as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))),
            ),
          );
        return { dw: tf.grad(loss)(inputs.w!) };
      }, shapes);

    for (const passes of [
      ['a', 'b'],
      ['a', 'b', 'c'],
    ]) {
      it(`of ${passes.length} are computed one after the other, so that the activations of one only are held`, () => {
        const parts = splitSums(optimise(gradient(passes)));
        const imagesOf = (graph: (typeof parts)[number]): string[] =>
          passes.filter((name) =>
            graphNodes(graph).some(({ inputs }) =>
              inputs.some((input) => input?.source.kind === 'input' && input.source.name === name),
            ),
          );
        expect(parts.map(imagesOf)).to.have.deep.members(passes.map((pass) => [pass]));
        expect(parts.at(-1)!.outputs.map(({ name }) => name)).to.deep.equal(['dw']);
        // whatever a part takes is an input of the function or was computed before
        const known = new Set(Object.keys(shapes));
        for (const { inputs, outputs } of parts) {
          expect([...known]).to.include.members(inputs.map(({ name }) => name));
          for (const { name } of outputs) known.add(name);
        }
      });
    }

    it('are not taken apart where there is one pass only', () => {
      expect(splitSums(optimise(gradient(['a'])))).to.have.length(1);
    });
  });
});
