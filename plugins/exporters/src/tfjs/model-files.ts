import type { ExportedFile, Model } from '@ard/core';
import { shapeDef } from './attributes.js';
import type { GraphWriter } from './graph-writer.js';

/** Of TensorFlow's graph format, as of TensorFlow 2. */
const versions = { producer: 1395 };

interface Written {
  readonly folder: string;
  readonly graph: GraphWriter;
  readonly model: Model;
  readonly metadata: Readonly<Record<string, string>>;
  readonly shardBytes: number;
}

/** `model.json` and the files of weights beside it, as `tf.loadGraphModel` wants them. */
export function modelFiles({ folder, graph, model, metadata, shardBytes }: Written): readonly ExportedFile[] {
  const parts = graph.weights.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  const bytes = Buffer.concat(parts);
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes));
  const shards = Array.from({ length: count }, (_, at) => ({
    path: `group1-shard${at + 1}of${count}.bin`,
    bytes: bytes.subarray(at * shardBytes, (at + 1) * shardBytes),
  }));
  const { height, width, channels } = model.shape;
  const signature = (name: string, shape: readonly number[]): object => ({
    [name]: { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shapeDef(shape) },
  });
  const description = {
    format: 'graph-model',
    generatedBy: 'ard',
    convertedBy: null,
    signature: {
      inputs: signature('images', [-1, height, width, channels]),
      outputs: signature('logits', [-1, model.classes]),
    },
    userDefinedMetadata: metadata,
    modelTopology: { node: graph.nodes, library: {}, versions },
    weightsManifest: [
      {
        paths: shards.map(({ path }) => path),
        weights: graph.weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
      },
    ],
  };
  return [
    { path: `${folder}/model.json`, bytes: Buffer.from(JSON.stringify(description)) },
    ...shards.map(({ path, bytes: some }) => ({ path: `${folder}/${path}`, bytes: some })),
  ];
}
