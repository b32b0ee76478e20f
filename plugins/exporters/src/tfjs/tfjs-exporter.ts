import { optimise, passNames, trace, type PassSwitches } from '@ard/compiler';
import { hostArray, type Exporter } from '@ard/core';
import { bakedValues, networkSpecs } from '../network-inputs.js';
import { classifier } from '../onnx/exported-functions.js';
import { modelFiles } from './model-files.js';
import type { TfjsExporterOptions } from './options.js';
import { runTfjs } from './run-tfjs.js';
import { translateGraph } from './translate-graph.js';

/** A prime that no extent of a network has: where it stands in the graph, any number of images may stand. */
const tracedBatch = 1009;

/** The other passes choose layouts and operators for ONNX Runtime. */
const passes: PassSwitches = Object.fromEntries(passNames.map((name) => [name, name === 'constantFolding']));

/** Writes a graph model for `tf.loadGraphModel`: TensorFlow's operators, images in NHWC, weights beside it. */
export function tfjsExporter({ shardBytes }: TfjsExporterOptions): Exporter {
  return {
    calibrationImages: 0,
    exact: true,
    async files(model, variables, { name, metadata }) {
      const { height, width, channels } = model.shape;
      const images = { shape: [tracedBatch, height, width, channels], dtype: 'float32' } as const;
      const inputs = { images, network: networkSpecs(model) };
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- its inputs are those just described
      const { graph } = trace(classifier(model, 'nhwc') as any, inputs, { name: model.name });
      const written = translateGraph(optimise(graph, {}, passes), await bakedValues(variables), tracedBatch);
      return modelFiles({ folder: `${name}-tfjs`, graph: written, model, metadata, shardBytes });
    },
    async run(files, { model, images }) {
      return hostArray(await runTfjs(files, images), [images.shape[0]!, model.classes]);
    },
  };
}
