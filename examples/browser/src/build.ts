import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ArdError, isArdError } from '@ard/core';
import { readResults } from './read-results.js';
import { writeSamples } from './write-samples.js';
import type { Site } from './site.js';

const usage = 'node examples/browser/dist/src/build.js NETWORK --out FOLDER [--results FOLDER] [--samples N]';

/**
 * Puts everything that the page needs into one folder, for any static server.
 *
 * NETWORK is what `ard export` takes: the folder of a run, or a file. Sample pictures and accuracies come from the
 * run, or from the folder of an evaluation of the network (`--results`).
 */
async function build(): Promise<void> {
  const { values, positionals } = readArguments();
  const [network] = positionals;
  if (network === undefined || values.out === undefined) throw new ArdError(`Usage: ${usage}`);
  const count = Number(values.samples);
  if (!Number.isInteger(count) || count < 1) {
    throw new ArdError(`--samples is ${values.samples}; it is a number of pictures, 1 or more.`);
  }
  const out = values.out;
  if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, 'site.json'))) {
    throw new ArdError(`${out} holds something else than a page built before.`, {
      remedy: 'Name a new or empty folder with --out.',
    });
  }
  const { dataset, datasetFlags, accuracy, epsilon } = await readResults(values.results ?? network);
  mkdirSync(out, { recursive: true });
  // a run knows its data set itself
  const model = exportStudent(network, out, values.results === undefined ? [] : datasetFlags);
  const samples = await writeSamples(await dataset.load('test'), count, out);
  const site: Site = {
    name: model,
    classNames: dataset.classNames,
    shape: dataset.shape,
    classifier: 'student.onnx',
    gradient: 'student.gradient.onnx',
    samples,
    epsilon,
    accuracy,
  };
  writeFileSync(join(out, 'site.json'), `${JSON.stringify(site, null, 2)}\n`);
  copyPage(out);
  console.log(`${out} is ready: ${model}, ${samples.length} sample pictures.`);
  console.log(`Serve it with any static server, such as: node examples/browser/dist/src/serve.js ${out}`);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        results: { type: 'string' },
        samples: { type: 'string', default: '20' },
      },
    });
  } catch (error) {
    throw new ArdError(`${error instanceof Error ? error.message : String(error)}. Usage: ${usage}`);
  }
}

/** @returns name of the model */
function exportStudent(network: string, out: string, flags: readonly string[]): string {
  const ard = fileURLToPath(new URL('../../bin/ard.js', import.meta.resolve('@ard/cli')));
  const options = ['--format', 'onnx', '--set', 'exporter.gradient=true', '--name', 'student', '--force'];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [ard, 'export', network, ...options, ...flags, '--out', out, '--json'],
    { encoding: 'utf8' },
  );
  if (stdout === '') throw new ArdError(`The export failed: ${stderr.trim()}`);
  const printed = JSON.parse(stdout) as { model: string; error?: { message: string; remedy?: string } };
  if (printed.error) throw new ArdError(`The export failed: ${printed.error.message}`, printed.error);
  return printed.model;
}

/** The page, and the part of onnxruntime-web that runs on the processor. */
function copyPage(out: string): void {
  cpSync(new URL('../../static', import.meta.url), out, { recursive: true });
  mkdirSync(join(out, 'page'), { recursive: true });
  const compiled = new URL('page/', import.meta.url);
  for (const file of readdirSync(compiled).filter((name) => name.endsWith('.js'))) {
    copyFileSync(new URL(file, compiled), join(out, 'page', file));
  }
  mkdirSync(join(out, 'runtime'), { recursive: true });
  for (const file of ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm']) {
    const runtime = new URL(file, import.meta.resolve('onnxruntime-web/wasm'));
    copyFileSync(runtime, join(out, 'runtime', file));
  }
}

build().catch((error: unknown) => {
  if (!isArdError(error)) throw error;
  console.error(`${error.message}${error.remedy === undefined ? '' : `\n${error.remedy}`}`);
  process.exitCode = 1;
});
