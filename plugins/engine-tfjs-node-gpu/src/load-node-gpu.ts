import type { Availability } from '@ard/core';
import { loadTfjs, tfjsVersion } from '@ard/eager';
import * as tf from '@tensorflow/tfjs-core';
import util from 'node:util';
import { padExplicitly } from './pad-explicitly.js';

const packageName = '@tensorflow/tfjs-node-gpu';
/** The name under which the package registers itself with tfjs. */
export const backendName = 'tensorflow';
const elsewhere = 'or use the engine onnx, which needs no CUDA';

/** What loading depends on; tests replace it. */
export interface Host {
  readonly platform: string;
  readonly architecture: string;
  readonly nodeVersion: string;
  importPackage(): Promise<unknown>;
}

const thisMachine: Host = {
  platform: process.platform,
  architecture: process.arch,
  nodeVersion: process.version,
  importPackage: () => import(packageName as string),
};

/**
 * Loads the package and looks for a GPU. The backend that was active stays active.
 *
 * @returns what will run, or what is missing and how to get it
 */
export async function loadNodeGpu(host: Host = thisMachine): Promise<Availability> {
  const { platform, architecture } = host;
  if ((platform !== 'linux' && platform !== 'win32') || architecture !== 'x64') {
    return {
      available: false,
      cause: `TensorFlow's CUDA build exists for x64 Linux and Windows; this is ${architecture} ${platform}`,
      remedy: `Run on such a machine, ${elsewhere}.`,
    };
  }
  await loadTfjs();
  prepareProcess();
  const previous = tf.getBackend() as string | undefined;
  try {
    await host.importPackage();
  } catch (error) {
    return explain(error, host);
  } finally {
    // importing the package makes its backend the active one
    if (previous) await tf.setBackend(previous);
  }
  const backend = tf.findBackend(backendName) as { readonly isUsingGpuDevice?: boolean } | null;
  if (!backend?.isUsingGpuDevice) {
    return {
      available: false,
      cause: `${packageName} runs, but TensorFlow finds no usable GPU`,
      remedy: `Install an NVIDIA driver, CUDA 11.2 and cuDNN 8.1 and see that nvidia-smi lists a device, ${elsewhere}.`,
    };
  }
  padExplicitly(backendName);
  return { available: true, description: `tfjs-node-gpu ${tfjsVersion}, TensorFlow on CUDA, eager` };
}

function prepareProcess(): void {
  // TensorFlow would otherwise take all GPU memory at once, also from other processes
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // a run that is resumed must give the same weights, bit for bit
  process.env.TF_CUDNN_DETERMINISTIC ??= '1';
  // its information lines would tear progress bars apart; warnings still come
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  // the package calls two functions that Node 23 removed
  const removed = util as { isArray?: unknown; isNullOrUndefined?: unknown };
  removed.isArray ??= Array.isArray;
  removed.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}

function explain(error: unknown, { nodeVersion }: Host): Availability {
  const { code, message } = error as { code?: string; message: string };
  if (code?.endsWith('MODULE_NOT_FOUND') && message.includes(packageName)) {
    return {
      available: false,
      cause: `the package ${packageName} is not installed`,
      remedy: `npm install ${packageName}@${tfjsVersion} (it downloads TensorFlow), ${elsewhere}.`,
    };
  }
  if (code === 'ERR_DLOPEN_FAILED' || message.includes('native addon') || message.includes('libtensorflow')) {
    return {
      available: false,
      cause: `${packageName} is installed without its native library, or the library cannot be opened: ${firstLine(message)}`,
      remedy: `npm rebuild ${packageName} where TensorFlow can be downloaded, ${elsewhere}.`,
    };
  }
  return {
    available: false,
    cause: `${packageName} fails to load on Node ${nodeVersion}: ${firstLine(message)}`,
    remedy: `Use Node 20 or 22, which it was made for, ${elsewhere}.`,
  };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]!.trim().replace(/\.$/, '');
}
