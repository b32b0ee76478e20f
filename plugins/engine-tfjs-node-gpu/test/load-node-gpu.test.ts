import { isArdError } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import util from 'node:util';
import { createNodeGpuEngine } from '../src/create-node-gpu-engine.js';
import plugin from '../src/index.js';
import { loadNodeGpu, type Host } from '../src/load-node-gpu.js';

function host(importPackage: () => Promise<unknown>, overrides: Partial<Host> = {}): Host {
  return { platform: 'linux', architecture: 'x64', nodeVersion: 'v20.0.0', importPackage, ...overrides };
}

const failing = (message: string, code?: string) =>
  host(() => Promise.reject(Object.assign(new Error(message), { code })));

/** Imports like the real package: registers a backend of high priority and makes it active. */
function pretending(isUsingGpuDevice: boolean): Host {
  return host(async () => {
    const backend = Object.assign(new tf.KernelBackend(), { isUsingGpuDevice, dispose: () => undefined });
    if (!('tensorflow' in tf.engine().registryFactory)) tf.registerBackend('tensorflow', () => backend, 3);
    await tf.setBackend('tensorflow');
  });
}

async function unavailable(where: Host): Promise<{ cause: string; remedy: string }> {
  const availability = await loadNodeGpu(where);
  if (availability.available) throw new Error('should not be available');
  return availability;
}

describe('loadNodeGpu', () => {
  const forget = (): void => {
    if ('tensorflow' in tf.engine().registryFactory) tf.removeBackend('tensorflow');
  };
  beforeEach(forget);
  afterEach(forget);

  it('says how to get the package when it is not installed', async () => {
    const { cause, remedy } = await unavailable(
      failing("Cannot find package '@tensorflow/tfjs-node-gpu' imported from here", 'ERR_MODULE_NOT_FOUND'),
    );
    expect(cause).to.contain('not installed');
    expect(remedy).to.contain('npm install @tensorflow/tfjs-node-gpu@4.22.0').and.contain('engine onnx');
  });

  it('says how to get the native library when only the package is there', async () => {
    const missing = await unavailable(
      failing('The Node.js native addon module can not be found at path: x\nRun'),
    );
    expect(missing.cause).to.contain('without its native library').and.not.contain('\n');
    expect(missing.remedy).to.contain('npm rebuild @tensorflow/tfjs-node-gpu');
    const broken = await unavailable(failing('libtensorflow.so.2: cannot open', 'ERR_DLOPEN_FAILED'));
    expect(broken.cause).to.contain('libtensorflow.so.2: cannot open');
  });

  it('reports any other failure with the Node version', async () => {
    const { cause, remedy } = await unavailable(failing('boom'));
    expect(cause).to.contain('v20.0.0').and.contain('boom');
    expect(remedy).to.contain('Node 20 or 22');
  });

  it('does not even try on a platform without CUDA', async () => {
    const untouched = (): Promise<unknown> => Promise.reject(new Error('was imported'));
    for (const machine of [{ platform: 'darwin' }, { architecture: 'arm64' }]) {
      expect((await unavailable(host(untouched, machine))).cause).to.contain('x64 Linux and Windows');
    }
  });

  it('is not available without a GPU', async () => {
    expect((await unavailable(pretending(false))).cause).to.contain('no usable GPU');
  });

  it('is available with one, and leaves the active backend alone', async () => {
    await import('@tensorflow/tfjs');
    await tf.setBackend('cpu');
    const availability = await loadNodeGpu(pretending(true));
    expect(availability).to.include({ available: true });
    expect(tf.getBackend()).to.equal('cpu');
    const engine = await createNodeGpuEngine(pretending(true));
    expect(engine.id).to.equal('tfjs-node-gpu');
    await engine.dispose();
  });

  it('prepares the process before the import: growing memory, functions that newer Node lacks', async () => {
    const legacy = util as unknown as Record<'isArray' | 'isNullOrUndefined', unknown>;
    const { isArray, isNullOrUndefined } = legacy;
    const growth = process.env.TF_FORCE_GPU_ALLOW_GROWTH;
    Reflect.deleteProperty(legacy, 'isArray');
    Reflect.deleteProperty(legacy, 'isNullOrUndefined');
    delete process.env.TF_FORCE_GPU_ALLOW_GROWTH;
    let seen: unknown[] = [];
    try {
      await loadNodeGpu(
        host(() => {
          const absent = legacy.isNullOrUndefined as (value: unknown) => boolean;
          seen = [process.env.TF_FORCE_GPU_ALLOW_GROWTH, absent(undefined), absent(0), typeof legacy.isArray];
          return Promise.resolve();
        }),
      );
    } finally {
      Object.assign(legacy, { isArray, isNullOrUndefined });
      if (growth !== undefined) process.env.TF_FORCE_GPU_ALLOW_GROWTH = growth;
    }
    expect(seen).to.deep.equal(['true', true, false, 'function']);
  });

  it('makes creating the engine fail with the same cause and remedy', async () => {
    const error: unknown = await createNodeGpuEngine(failing('boom')).catch((reason: unknown) => reason);
    expect(isArdError(error) && error.message)
      .to.contain('cannot run here')
      .and.contain('boom');
    expect(isArdError(error) && error.remedy).to.contain('engine onnx');
  });
});

describe('the component tfjs-node-gpu', () => {
  it('is described without loading anything, and knows whether it can run', async () => {
    const [component] = plugin.components;
    expect(component).to.include({ kind: 'engine', id: 'tfjs-node-gpu' });
    expect(await component!.availability!())
      .to.have.property('available')
      .that.is.a('boolean');
  });
});
