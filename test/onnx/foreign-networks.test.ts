import * as tf from '@tensorflow/tfjs-core';
import { foreignLogits, hostArray, type Engine, type ForeignNetwork, type Plugin } from '@ard/core';
import { createEngine } from '@ard/core/host';
import engineOnnx from '@ard/plugin-engine-onnx';
import engineTfjs from '@ard/plugin-engine-tfjs';
import { expect } from 'chai';

/** Sums of each image and their doubles, computed by nobody that an engine knows. */
const sums: ForeignNetwork = {
  name: 'sums',
  withoutGradient: { message: 'sums has no gradient.', remedy: 'None.' },
  async logits(images) {
    const [count = 0, ...extents] = images.shape;
    const size = extents.reduce((product, extent) => product * extent, 1);
    const values = (await images.read()) as Float32Array;
    const rows = Array.from({ length: count }, (_, i) =>
      values.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value, 0),
    );
    return hostArray(Float32Array.from(rows.flatMap((sum) => [sum, 2 * sum])), [count, 2]);
  },
};

for (const plugin of [engineOnnx, engineTfjs] as readonly Plugin[]) {
  describe(`foreign networks on ${plugin.name}`, () => {
    let engine: Engine;
    before(async () => {
      const component = plugin.components.find(({ kind }) => kind === 'engine')!;
      engine = await createEngine({
        named: { component, name: component.id } as never,
        values: component.options.parse({}) as Record<string, unknown>,
      });
    });
    after(() => engine.dispose());

    it('are asked twice in one function, the second time about what follows from the first', async () => {
      const fn = engine.compile(
        ({ images }: { images: tf.Tensor4D }) => {
          const first = foreignLogits(sums, tf.mul(images, 2));
          const scale = tf.reshape(tf.slice(first, [0, 0], [-1, 1]), [-1, 1, 1, 1]);
          return { first, second: foreignLogits(sums, tf.add(images, scale) as tf.Tensor4D) };
        },
        { name: 'twice', frozen: ['images'] },
      );
      // of other values, and of another shape
      for (const values of [
        [1, 2, 3, 4],
        [4, 3, 2, 1],
        [1, 1],
      ]) {
        const images = hostArray(Float32Array.from(values), [values.length / 2, 1, 2, 1]);
        const outputs = await fn({ images });
        const rows = Array.from({ length: values.length / 2 }, (_, i) => values[2 * i]! + values[2 * i + 1]!);
        expect([...(await outputs.first.read())]).to.deep.equal(rows.flatMap((sum) => [2 * sum, 4 * sum]));
        expect([...(await outputs.second.read())]).to.deep.equal(rows.flatMap((sum) => [5 * sum, 10 * sum]));
      }
      await fn.dispose();
    });

    it('let no gradient through, and say so', async () => {
      const fn = engine.compile(
        ({ images }: { images: tf.Tensor4D }) => ({
          gradient: tf.grad((x) => tf.sum(foreignLogits(sums, x as tf.Tensor4D)))(images),
        }),
        { name: 'gradient' },
      );
      let message = '';
      try {
        await fn({ images: hostArray(new Float32Array(2), [1, 1, 2, 1]) });
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).to.include('sums has no gradient');
      await fn.dispose();
    });
  });
}
