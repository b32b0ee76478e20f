import { outlineCheckpoint, wrapperPrefixes, type CheckpointOutline } from '@ard/checkpoints';
import { ArdError } from '@ard/core';
import { fileDigest } from '@ard/download';
import { pluginLookup } from '../bundled-plugins.js';
import type { CompositionFlags } from '../composition-flags.js';
import { openPlugins } from '../open-plugins.js';
import { createOutput } from '../output.js';
import { auto, parseTeacher } from '../teacher-choice.js';
import { findArchitectures, type FoundArchitecture } from './checkpoint/find-architectures.js';
import { graphInspectionText, inspectGraph } from './checkpoint/inspect-graph.js';
import { inspectionText } from './checkpoint/inspection-text.js';
import { isOnnx, onnxModel } from './checkpoint/is-onnx.js';
import { statedNormalisation, type StatedNormalisation } from './checkpoint/normalisation.js';
import { verifyLogits, type Verification } from './checkpoint/verify-logits.js';
import { checkpointFile } from './student-file.js';

export interface InspectFlags extends CompositionFlags {
  readonly verify?: string;
  readonly tolerance: string;
  readonly json?: boolean;
}

/** Everything that `ard inspect` finds. */
export interface Inspection {
  readonly path: string;
  readonly sha256: string;
  readonly outline: CheckpointOutline;
  /** What is taken off the names. */
  readonly prefix: string;
  readonly architectures: readonly FoundArchitecture[];
  readonly normalisation: StatedNormalisation | undefined;
  readonly verification: Verification | undefined;
}

/** `ard inspect`. */
export async function inspectCommand(file: string, flags: InspectFlags): Promise<void> {
  const output = createOutput(flags);
  const { registry } = await openPlugins(pluginLookup(process.cwd()), flags.plugin);
  const given = parseTeacher(file, registry, 'ard inspect');
  if (given.checkpoint === undefined || given.checkpoint === auto)
    throw new ArdError('Name a file to inspect.');
  const path = checkpointFile(given.checkpoint);
  const sha256 = await fileDigest(path);
  const verify = async (id: string | undefined): Promise<Verification | undefined> =>
    flags.verify === undefined
      ? undefined
      : await verifyLogits(
          { path, sha256, checkpoint: given.checkpoint!, id, reference: flags.verify },
          flags,
          registry,
        );
  if (given.id === onnxModel || isOnnx(path)) {
    const found = await inspectGraph(path, sha256, registry);
    const verification = await verify(onnxModel);
    const { outline, ...file } = found;
    output.result(graphInspectionText(found, verification), {
      ...file,
      ...outline,
      ...(verification === undefined ? {} : { verification }),
    });
    if (verification?.agrees === false) process.exitCode = 1;
    return;
  }
  const outline = await outlineCheckpoint(path);
  const found = {
    path,
    sha256,
    outline,
    prefix: wrapperPrefixes(outline.tensors.map(({ name }) => name)).at(-1)!,
    architectures: await findArchitectures(outline, registry),
    normalisation: await statedNormalisation(path, outline),
  };
  // of a teacher of the store the file is read anew
  const verification = await verify(given.options === undefined ? given.id : undefined);
  const inspection: Inspection = { ...found, verification };
  output.result(inspectionText(inspection), asJson(inspection));
  if (verification?.agrees === false) process.exitCode = 1;
}

function asJson({ outline, architectures, verification, ...rest }: Inspection): object {
  const { format, bytes, wrapper, facts, metadata, tensors } = outline;
  return {
    ...rest,
    format,
    bytes,
    wrapper,
    facts,
    metadata,
    architectures: architectures.map(
      ({ component, options, usual, stated, assumed, classes, parameters, shapes }) => ({
        id: component.id,
        options,
        name: usual.name,
        stated,
        assumed,
        classes,
        parameters,
        shapes,
      }),
    ),
    tensors,
    ...(verification === undefined ? {} : { verification }),
  };
}
