import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ArdError, fileError, type ComponentChoice, type Model, type Variables } from '@ard/core';
import type { ResolvedComponent } from '@ard/core/host';
import { fromVariables, safetensorsStore } from '@ard/checkpoints';
import { referencedWeights } from '../teachers/teacher-store.js';
import { architectureKey } from './checkpoint/find-architectures.js';

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
  const architecture: ComponentChoice = { id: choice.named.component.id, options: choice.values };
  const metadata = {
    [architectureKey]: JSON.stringify(architecture),
    'ard.shape': JSON.stringify(model.shape),
    'ard.classNames': JSON.stringify(classNames),
  };
  await safetensorsStore.save(path, await fromVariables(model, variables, metadata));
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
