import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { softwareVulkan } from './software-vulkan.js';

const suites = ['contract', 'network'];
const environment = softwareVulkan();
const folder = dirname(fileURLToPath(import.meta.url));
const mocha = join(dirname(createRequire(import.meta.url).resolve('mocha/package.json')), 'bin', 'mocha.js');

describe('engine-onnx on webgpu, with a software driver', () => {
  for (const suite of suites) {
    const title = `passes ${suite}.suite.ts in a process of its own`;
    if (environment === undefined) {
      it.skip(`${title} (no SwiftShader here: install Debian's chromium, or set VK_DRIVER_FILES)`);
      continue;
    }
    it(title, async () => {
      const files = [mocha, '--no-config', '--timeout', '120000', join(folder, `${suite}.suite.js`)];
      try {
        await promisify(execFile)(process.execPath, files, { env: { ...process.env, ...environment } });
      } catch (error) {
        // what mocha said is worth more than that it failed
        throw new Error((error as { stdout?: string }).stdout ?? String(error), { cause: error });
      }
    });
  }
});
