import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithSoftwareVulkan, softwareVulkan } from './software-vulkan.js';

/**
 * A test for each compiled suite of a folder, run in a process of its own where WebGPU has a driver; where there is
 * none, each says so.
 *
 * @param suites `name` stands for `name.suite.js` beside the caller
 * @param caller its `import.meta.url`, from where mocha is found too
 */
export function softwareVulkanSuites(title: string, suites: readonly string[], caller: string): void {
  const folder = dirname(fileURLToPath(caller));
  const mocha = join(dirname(createRequire(caller).resolve('mocha/package.json')), 'bin', 'mocha.js');
  describe(title, () => {
    for (const suite of suites) {
      const name = `pass ${suite}.suite.ts in a process of its own`;
      if (softwareVulkan() === undefined) {
        it.skip(`${name} (no SwiftShader here: install Debian's chromium, or set VK_DRIVER_FILES)`);
        continue;
      }
      it(name, () => runWithSoftwareVulkan(mocha, [join(folder, `${suite}.suite.js`)]));
    }
  });
}
