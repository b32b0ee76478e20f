import { hostArray, type Exporter, type ExportedFile, type ExportRequest, type Model } from '@ard/core';
import { attackGradient, classifier } from './exported-functions.js';
import type { OnnxExporterOptions } from './options.js';
import { runOnnx } from './run-onnx.js';
import { writeGraph, type WrittenFunction } from './write-graph.js';

/** Of the ending of the second file. */
const gradientSuffix = '.gradient.onnx';

/**
 * Writes ONNX with the operators of the standard only. The classifier keeps batch norm as an operator of its own,
 * as PyTorch's exporter does in training mode, so that names and values are those of the state dict; the gradient
 * graph has it folded into the convolutions, because there it costs time at every step of an attack.
 */
export function onnxExporter(options: OnnxExporterOptions): Exporter {
  return {
    calibrationImages: 0,
    exact: options.quantize === 'none',
    async files(model, variables, request) {
      const metadata = graphMetadata(model, request, options);
      const write = async (part: WrittenFunction): Promise<readonly ExportedFile[]> =>
        await writeGraph(model, variables, part, options, metadata);
      const files = await write({
        path: `${request.name}.onnx`,
        name: model.name,
        fn: classifier(model, options.layout),
        withLabels: false,
        passes: { foldChannelScales: false },
        quantise: options.quantize === 'weights',
      });
      if (!options.gradient) return files;
      const gradient = await write({
        path: `${request.name}${gradientSuffix}`,
        name: `${model.name} gradient`,
        fn: attackGradient(model, options.layout),
        withLabels: true,
        passes: {},
      });
      return [...files, ...gradient];
    },
    async run(files, { model, images }) {
      const { logits } = await runOnnx(files, { images }, options);
      return hostArray(logits!, [images.shape[0]!, model.classes]);
    },
  };
}

function graphMetadata(
  { shape, classes, normalisation }: Model,
  { metadata }: ExportRequest,
  { layout }: OnnxExporterOptions,
): Readonly<Record<string, string>> {
  return {
    ...metadata,
    'ard.layout': layout,
    'ard.pixels': '[0, 1]',
    'ard.shape': JSON.stringify(shape),
    'ard.classes': String(classes),
    // inside the graph: stated so that nobody normalises twice
    ...(normalisation ? { 'ard.normalisationInside': JSON.stringify(normalisation) } : {}),
  };
}
