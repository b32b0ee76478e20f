import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  ArdError,
  fileError,
  type Component,
  type ComponentChoice,
  type Model,
  type Variables,
} from '@ard/core';
import type { ResolvedComponent } from '@ard/core/host';
import { fromVariables, readCheckpoint, safetensorsStore } from '@ard/checkpoints';

const architectureKey = 'ard.architecture';
const nameInRun = join('checkpoints', 'student.safetensors');

/** Where a finished run keeps its student. */
export function studentPath(runDirectory: string): string {
  return join(runDirectory, nameInRun);
}

/** Writes trained values under their PyTorch names, with what is needed to build the network again. */
export async function saveStudent(
  runDirectory: string,
  student: { readonly model: Model; readonly variables: Variables; readonly choice: ResolvedComponent },
  classNames: readonly string[],
): Promise<string> {
  const { model, variables, choice } = student;
  const architecture: ComponentChoice = { id: choice.named.component.id, options: choice.values };
  const path = studentPath(runDirectory);
  const metadata = {
    [architectureKey]: JSON.stringify(architecture),
    'ard.shape': JSON.stringify(model.shape),
    'ard.classNames': JSON.stringify(classNames),
  };
  await safetensorsStore.save(path, await fromVariables(model, variables, metadata));
  return path;
}

/**
 * The file that a checkpoint given by the user means: the file itself, or the student of a run.
 *
 * @throws ArdError when there is none
 */
export function checkpointFile(path: string): string {
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

/**
 * Which network a file of ard holds.
 *
 * @throws ArdError when the file does not say
 */
export async function readArchitecture(checkpoint: string): Promise<ComponentChoice> {
  const file = checkpointFile(checkpoint);
  const { metadata } = await readCheckpoint(file);
  const text = metadata[architectureKey];
  if (text === undefined) {
    throw new ArdError(`${file} does not say which model it holds.`, {
      remedy:
        metadata['ard.checkpoint'] === undefined
          ? `Name the model: MODEL:${checkpoint}; \`ard list model\` shows them.`
          : 'It is a checkpoint for resuming; give the folder of the finished run.',
    });
  }
  return JSON.parse(text) as ComponentChoice;
}

/**
 * The options `mean` and `std` as a checkpoint of somebody else states them, for models that have such options.
 * Names and shapes fit without them, and only the accuracy would be wrong.
 */
export async function readNormalisation(
  checkpoint: string,
  model: Pick<Component, 'options'>,
): Promise<Readonly<Record<string, unknown>>> {
  const { metadata } = await readCheckpoint(checkpointFile(checkpoint));
  const stated = ['mean', 'std'].map((name) => [name, metadata[name]] as const);
  if (!stated.every(([name, text]) => text !== undefined && name in model.options.shape)) return {};
  try {
    return Object.fromEntries(stated.map(([name, text]) => [name, JSON.parse(text!) as unknown]));
  } catch {
    return {}; // the metadata of others may mean anything
  }
}
