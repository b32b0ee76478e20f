import { existsSync, readdirSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ArdError, fileError, type DatasetOrigin, type OfficialDownload } from '@ard/core';
import { unpackArchive } from '@ard/data';
import { download } from '@ard/download';
import { pluginLookup } from '../../bundled-plugins.js';
import { openPlugins } from '../../open-plugins.js';
import { createOutput, type Output } from '../../output.js';
import { stopOnSignals } from '../stop-on-signals.js';
import { checkFiles } from './check-files.js';
import { downloadProgress } from './download-progress.js';

export interface DataFetchFlags {
  readonly plugin?: readonly string[];
  readonly 'data-dir'?: string;
  readonly from?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** `ard data fetch`. */
export async function fetchData(id: string, flags: DataFetchFlags): Promise<void> {
  const output = createOutput(flags);
  const { registry } = await openPlugins(pluginLookup(process.cwd()), flags.plugin);
  const { component } = registry.get('dataset', id, 'ard data fetch');
  const { origin } = component;
  if (!origin?.downloads) {
    const known = registry.list('dataset').filter(({ component: each }) => each.origin?.downloads);
    throw new ArdError(`${component.id} is not to be had by downloading.`, {
      remedy: `These are: ${known.map(({ component: each }) => each.id).join(', ')}.`,
    });
  }
  const directory = flags['data-dir'] ?? String(component.options.parse({}).directory);
  const stop = stopOnSignals(() => output.say('\nStopping …'));
  try {
    const fetched = await fetchAll({ ...origin, downloads: origin.downloads }, directory, {
      from: flags.from,
      output,
      signal: stop.signal,
    });
    output.result(
      fetched ? `${component.id} is in ${directory}` : `${component.id} is already in ${directory}`,
      { dataset: component.id, directory: resolve(directory), fetched },
    );
  } finally {
    stop.release();
  }
}

interface FetchOptions {
  readonly from: string | undefined;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** @returns whether anything was fetched */
async function fetchAll(
  origin: DatasetOrigin & { readonly downloads: readonly OfficialDownload[] },
  directory: string,
  options: FetchOptions,
): Promise<boolean> {
  let fetched = false;
  for (const item of origin.downloads) {
    const work = item.archive
      ? fetchArchive(origin, item, directory, options)
      : fetchFile(item, directory, options);
    fetched = (await work) || fetched;
  }
  return fetched;
}

async function fetchFile(item: OfficialDownload, directory: string, options: FetchOptions): Promise<boolean> {
  return await fetchOne(item, join(directory, basename(item.url)), options);
}

/** Everything is there or nothing: unpacked beside the folder, which then gets its name. */
async function fetchArchive(
  { official }: DatasetOrigin,
  item: OfficialDownload,
  directory: string,
  options: FetchOptions,
): Promise<boolean> {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    const files = await checkFiles(directory, official ?? []);
    const right = files.filter(({ state }) => state === 'official').length;
    if (right > 0 && right === files.length) return false;
    throw new ArdError(`${directory} already exists and is not empty.`, {
      remedy: `Look at it with: ard data check ${directory}; or choose another folder (--data-dir).`,
    });
  }
  const archive = join(dirname(directory), basename(item.url));
  await fetchOne(item, archive, options);
  const unpacked = `${directory}.unpacking`;
  options.output.say(`Unpacking ${archive}`);
  rmSync(unpacked, { recursive: true, force: true });
  try {
    await unpackArchive(archive, item.archive!, unpacked);
    if (existsSync(directory)) rmdirSync(directory);
    renameSync(unpacked, directory);
    rmSync(archive);
  } catch (error) {
    rmSync(unpacked, { recursive: true, force: true });
    throw fileError('write', directory, error);
  }
  return true;
}

async function fetchOne(
  { url, checksum }: OfficialDownload,
  destination: string,
  { from, output, signal }: FetchOptions,
): Promise<boolean> {
  const address = from === undefined ? url : `${from.replace(/\/+$/, '')}/${basename(url)}`;
  if (!existsSync(destination)) output.say(`Fetching ${address}`);
  const progress = downloadProgress(output, basename(url));
  try {
    const { fetched } = await download({
      url: address,
      destination,
      checksum,
      signal,
      progress: (state) => progress.show(state),
    });
    return fetched;
  } finally {
    progress.stop();
  }
}
