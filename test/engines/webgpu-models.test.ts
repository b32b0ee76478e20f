import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithSoftwareVulkan, softwareVulkan } from '@ard/testkit';

const suites = ['webgpu-models'];
const folder = dirname(fileURLToPath(import.meta.url));
const mocha = join(dirname(createRequire(import.meta.url).resolve('mocha/package.json')), 'bin', 'mocha.js');

describe('networks on webgpu, with a software driver', () => {
  for (const suite of suites) {
    const title = `pass ${suite}.suite.ts in a process of its own`;
    if (softwareVulkan() === undefined) {
      it.skip(`${title} (no SwiftShader here: install Debian's chromium, or set VK_DRIVER_FILES)`);
      continue;
    }
    it(title, () => runWithSoftwareVulkan(mocha, [join(folder, `${suite}.suite.js`)]));
  }
});
