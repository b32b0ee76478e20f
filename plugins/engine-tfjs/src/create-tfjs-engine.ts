import { ArdError, type Engine } from '@ard/core';
import { eagerEngine, loadTfjs, tfjsVersion } from '@ard/eager';
import * as tf from '@tensorflow/tfjs-core';

/**
 * An engine on a tfjs backend by name: a registered one, or one that the package
 * `@tensorflow/tfjs-backend-<name>` registers when it is imported.
 *
 * @throws ArdError when there is no such backend, or it cannot start on this machine
 */
export async function createTfjsEngine(backend: string): Promise<Engine> {
  await loadTfjs();
  if (!registered().includes(backend)) await importBackend(backend);
  await initialise(backend);
  return eagerEngine({
    id: 'tfjs',
    backend,
    description: `tfjs ${tfjsVersion}, ${backend} backend, eager`,
  });
}

function registered(): string[] {
  return Object.keys(tf.engine().registryFactory);
}

async function importBackend(backend: string): Promise<void> {
  const packageName = `@tensorflow/tfjs-backend-${backend}`;
  try {
    await import(packageName);
  } catch (cause) {
    throw unknownBackend(backend, `npm install ${packageName}@${tfjsVersion}`, cause);
  }
  if (!registered().includes(backend)) {
    throw unknownBackend(backend, `${packageName} is installed but registers no backend of this name`);
  }
}

function unknownBackend(backend: string, hint: string, cause?: unknown): ArdError {
  return new ArdError(`tfjs has no backend "${backend}". Registered: ${registered().join(', ')}.`, {
    remedy: `Choose a registered one, or get this one: ${hint}.`,
    cause,
  });
}

async function initialise(backend: string): Promise<void> {
  const previous = tf.getBackend() as string | undefined;
  const started = await tf.setBackend(backend);
  // the cpu backend prints an advertisement for tfjs-node when it is first used
  if (started && 'firstUse' in tf.backend()) Object.assign(tf.backend(), { firstUse: false });
  if (previous) await tf.setBackend(previous);
  if (!started) {
    throw new ArdError(`The tfjs backend "${backend}" could not start on this machine.`, {
      remedy: 'Use backend=cpu or the engine onnx.',
    });
  }
}
