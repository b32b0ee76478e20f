import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { isArdError, type TensorRecord } from '@ard/core';
import { constantData, supportedKernels, toOnnx, trace } from '../src/index.js';
import { modelType } from '../src/onnx/schema.js';
import { operators, traced } from './support.js';

const spec = (...shape: number[]) => ({ shape, dtype: 'float32' as const });

describe('trace', () => {
  it('names inputs and outputs by their path, and keeps the form of the result', () => {
    const { graph, results } = trace(
      ({ network, x }: TensorRecord) => {
        const { w } = (network as { layer: { w: tf.Tensor } }).layer;
        return { deep: { y: tf.mul(w, x as tf.Tensor) }, empty: {} };
      },
      { network: { layer: { w: spec(2) } }, x: spec(2) },
      { name: 'step' },
    );
    expect(graph.inputs.map(({ name }) => name)).to.deep.equal(['network/layer/w', 'x']);
    expect(results).to.deep.equal({ deep: { y: 'deep/y' }, empty: {} });
  });

  it('takes tensors of other backends as constants', async () => {
    await tf.setBackend('cpu');
    const known = tf.tensor1d([1, 2]);
    const graph = traced(({ x }) => ({ y: tf.add(x!, known) }), { x: [2] });
    const { source } = graph.outputs[0]!.value;
    expect(source.kind === 'node' && constantData(source.node.inputs[1])).to.deep.equal(
      Float32Array.of(1, 2),
    );
    known.dispose();
  });

  it('leaves tensors, backend and, after an error too, the gradient tape as they were', async () => {
    await tf.setBackend('cpu');
    const before = tf.memory().numTensors;
    traced(({ x }) => ({ y: tf.grad((t) => tf.exp(t))(x!) }), { x: [2] });
    expect(tf.memory().numTensors).to.equal(before);
    const failing = tf.grad((x) => tf.mul(x, tf.sum(x).dataSync()[0]!));
    expect(() => traced(({ x }) => ({ y: failing(x!) }), { x: [2] })).to.throw(/^subject: reads the values/);
    expect(tf.getBackend()).to.equal('cpu');
    expect(
      tf
        .grad((x) => tf.square(x))(tf.scalar(3))
        .dataSync()[0],
    ).to.equal(6);
  });

  it('refuses a kernel that it does not know, by name', () => {
    expect(supportedKernels).to.include('Conv2DBackpropFilter').and.not.to.include('Einsum');
    try {
      traced(({ x }) => ({ y: tf.einsum('i->i', x!) }), { x: [2] });
      expect.fail('was accepted');
    } catch (error) {
      expect(isArdError(error), String(error)).to.equal(true);
      expect((error as Error).message)
        .to.contain('subject')
        .and.to.contain('Einsum');
    }
  });

  it('keeps repeated values as one number', () => {
    const graph = traced(({ x }) => ({ y: tf.add(x!, tf.ones([64, 64])) }), { x: [64, 64] });
    expect(operators(graph)).to.deep.equal({ Expand: 1, Add: 1 });
    expect(toOnnx(graph).bytes.length).to.be.below(1000);
  });

  it('passes on the errors of the function itself', () => {
    const fail = (): never => {
      throw new TypeError('mine');
    };
    expect(() => traced(fail, { x: [2] })).to.throw(TypeError, 'mine');
  });
});

describe('toOnnx', () => {
  const graph = traced(({ x, w }) => ({ y: tf.matMul(x!, w!, false, true), x: x! }), {
    x: [2, 3],
    w: [4, 3],
  });

  it('writes nodes, inputs and outputs with their shapes', () => {
    const { bytes, inputs, outputs } = toOnnx(graph);
    const model = modelType.toObject(modelType.decode(bytes), { longs: Number }) as {
      graph: { node: { opType: string }[]; input: { name: string }[] };
      opsetImport: object[];
    };
    expect(model.graph.node.map(({ opType }) => opType)).to.deep.equal(['Gemm']);
    expect(model.graph.input.map(({ name }) => name)).to.deep.equal(['x', 'w']);
    expect(inputs).to.deep.equal(['x', 'w']);
    expect(outputs, 'x itself is not computed').to.deep.equal(['y']);
    expect(model.opsetImport).to.have.length(1);
  });

  it('builds baked inputs in', () => {
    const { bytes, inputs } = toOnnx(graph, { baked: new Map([['w', new Float32Array(12).fill(7)]]) });
    const model = modelType.toObject(modelType.decode(bytes)) as {
      graph: { initializer: { name: string }[] };
    };
    expect(inputs).to.deep.equal(['x']);
    expect(model.graph.initializer.map(({ name }) => name)).to.deep.equal(['w']);
  });
});
