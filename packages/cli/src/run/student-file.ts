import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  ArdError,
  fileError,
  type ComponentChoice,
  type Dataset,
  type Model,
  type Variables,
} from '@ard/core';
import type { ResolvedComponent } from '@ard/core/host';
import { fromVariables, outlineCheckpoint, safetensorsStore } from '@ard/checkpoints';
import { referencedWeights } from '../teachers/teacher-store.js';
import { architectureKey } from './checkpoint/find-architectures.js';
import { isOnnx } from './checkpoint/is-onnx.js';

const shapeKey = 'ard.shape';
const classNamesKey = 'ard.classNames';
const nameInRun = join('checkpoints', 'student.safetensors');

/** In a run: the best student by `evaluation.select`. */
export const bestNameInRun = join('checkpoints', 'student-best.safetensors');

/** Where a finished run keeps its student. */
export function studentPath(runDirectory: string): string {
  return join(runDirectory, nameInRun);
}

/** Writes trained values under their PyTorch names, with what is needed to build the network again. */
export async function saveStudent(
  path: string,
  student: { readonly model: Model; readonly variables: Variables; readonly choice: ResolvedComponent },
  classNames: readonly string[],
): Promise<void> {
  const { model, variables, choice } = student;
  const metadata = architectureMetadata(model, choice, classNames);
  await safetensorsStore.save(path, await fromVariables(model, variables, metadata));
}

/** What is needed to build the network again and to use it, for the header of a file. */
export function architectureMetadata(
  model: Model,
  { named, values }: Pick<ResolvedComponent, 'named' | 'values'>,
  classNames: readonly string[],
): Readonly<Record<string, string>> {
  const architecture: ComponentChoice = { id: named.component.id, options: values };
  return {
    [architectureKey]: JSON.stringify(architecture),
    [shapeKey]: JSON.stringify(model.shape),
    [classNamesKey]: JSON.stringify(classNames),
  };
}

/** What images a file of ard was trained on; undefined when it does not say. */
export async function readImageKind(
  checkpoint: string,
): Promise<Pick<Dataset, 'shape' | 'classNames'> | undefined> {
  const file = checkpointFile(checkpoint);
  if (isOnnx(file)) return undefined; // read with its graph, for images that the user names
  const { metadata } = await outlineCheckpoint(file);
  const [shape, classNames] = [metadata[shapeKey], metadata[classNamesKey]];
  if (shape === undefined || classNames === undefined) return undefined;
  return {
    shape: JSON.parse(shape) as Dataset['shape'],
    classNames: JSON.parse(classNames) as readonly string[],
  };
}

/**
 * The file that a checkpoint given by the user means: the file itself, the student of a run, or a teacher of the store.
 *
 * @throws ArdError when there is none
 */
export function checkpointFile(path: string): string {
  const stored = referencedWeights(path);
  if (stored !== undefined) return stored;
  try {
    if (!statSync(path).isDirectory()) return path;
  } catch (error) {
    throw fileError('read', path, error);
  }
  const file = studentPath(path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  throw new ArdError(`${path} holds no trained network: ${nameInRun} is missing.`, {
    remedy: `If it is a run that was stopped, finish it with \`ard train --resume ${path}\`.`,
  });
}
