import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Where distributions put the software Vulkan driver that browsers bring. */
const folders = [
  '/usr/lib/chromium',
  '/usr/lib64/chromium',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
];
const driverFile = 'vk_swiftshader_icd.json';

/**
 * The environment in which WebGPU finds a Vulkan driver that needs no GPU; undefined where there is none.
 * `VK_DRIVER_FILES` names another driver, that of a real GPU for instance.
 */
export function softwareVulkan(): Readonly<Record<string, string>> | undefined {
  const named = process.env.VK_DRIVER_FILES;
  const driver = named ?? folders.map((folder) => join(folder, driverFile)).find((path) => existsSync(path));
  if (driver === undefined) return undefined;
  // the browser's own loader, for systems without libvulkan
  const libraries = [process.env.LD_LIBRARY_PATH, dirname(driver)].filter((path) => path !== undefined);
  return {
    VK_DRIVER_FILES: driver,
    LD_LIBRARY_PATH: libraries.join(delimiter),
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
  };
}

/**
 * Runs compiled mocha suites where WebGPU has a driver: a process finds its libraries when it starts, and a driver
 * may end it.
 *
 * @param mocha path of mocha's command, `mocha/bin/mocha.js`
 * @throws Error with what mocha printed when a suite fails
 */
export async function runWithSoftwareVulkan(mocha: string, files: readonly string[]): Promise<void> {
  const environment = softwareVulkan();
  if (environment === undefined) throw new Error('there is no software Vulkan driver');
  try {
    await promisify(execFile)(process.execPath, [mocha, '--no-config', '--timeout', '240000', ...files], {
      env: { ...process.env, ...environment },
    });
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout ?? String(error), { cause: error });
  }
}
