import { ArdError, type Engine } from '@ard/core';
import { eagerEngine } from '@ard/eager';
import { backendName, loadNodeGpu, type Host } from './load-node-gpu.js';

/**
 * An engine on TensorFlow's CUDA kernels.
 *
 * @throws ArdError when the optional package, its native library or a GPU is missing
 */
export async function createNodeGpuEngine(host?: Host): Promise<Engine> {
  const availability = await loadNodeGpu(host);
  if (!availability.available) {
    throw new ArdError(`The engine tfjs-node-gpu cannot run here: ${availability.cause}.`, {
      remedy: availability.remedy,
    });
  }
  return eagerEngine({ id: 'tfjs-node-gpu', backend: backendName, description: availability.description });
}
