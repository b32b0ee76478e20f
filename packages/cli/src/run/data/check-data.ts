import { resolve } from 'node:path';
import { isArdError, type Dataset, type LabelledImages, type Split } from '@ard/core';
import { createInstance, resolveConfig } from '@ard/core/host';
import { compareSplits, type SplitComparison } from '@ard/data';
import { pluginLookup } from '../../bundled-plugins.js';
import { flagLayers } from '../../flag-layers.js';
import { openPlugins } from '../../open-plugins.js';
import { createOutput } from '../../output.js';
import { checkFiles, type FileCheck } from './check-files.js';
import { checkText } from './check-text.js';
import { recogniseData } from './recognise-data.js';

export interface DataCheckFlags {
  readonly plugin?: readonly string[];
  readonly dataset?: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

/** What `ard data check` finds. */
export interface DataCheck {
  readonly dataset: string;
  readonly directory: string;
  readonly files: readonly FileCheck[];
  /** Where each split came from and how much there is; absent when it cannot be loaded. */
  readonly sources: Readonly<Partial<Record<Split, string>>>;
  readonly classNames: readonly string[];
  readonly comparison?: SplitComparison;
  /** What is wrong, one line each. */
  readonly problems: readonly string[];
}

/** `ard data check`; exit code 1 when something is wrong. */
export async function checkData(directory: string, flags: DataCheckFlags): Promise<void> {
  const { registry } = await openPlugins(pluginLookup(process.cwd()), flags.plugin);
  const id = flags.dataset ?? (await recogniseData(directory, registry));
  const layers = flagLayers({ ...flags, dataset: id, 'data-dir': directory }, ['dataset']);
  const { components } = await resolveConfig(layers, registry);
  const { origin } = components.dataset!.named.component;
  const files = origin?.official ? await checkFiles(directory, origin.official) : [];
  const dataset = await createInstance('dataset', components.dataset!);
  const [train, test] = [await loadSplit(dataset, 'train'), await loadSplit(dataset, 'test')];
  const comparison = train.images && test.images && compareSplits(train.images, test.images);
  const check: DataCheck = {
    dataset: id,
    directory: resolve(directory),
    files,
    sources: {
      ...(train.images ? { train: train.images.source } : {}),
      ...(test.images ? { test: test.images.source } : {}),
    },
    classNames: dataset.classNames,
    ...(comparison ? { comparison } : {}),
    problems: [
      ...files
        .filter(({ state }) => state === 'differs')
        .map(({ name }) => `${name} is not the official file: its checksum differs`),
      ...train.problems,
      ...test.problems,
      ...(comparison ? gaps(dataset.classNames, comparison) : []),
    ],
  };
  createOutput(flags).result(checkText(check), check);
  if (check.problems.length > 0) process.exitCode = 1;
}

interface LoadedSplit {
  readonly images?: LabelledImages;
  readonly problems: readonly string[];
}

async function loadSplit(dataset: Dataset, split: Split): Promise<LoadedSplit> {
  try {
    return { images: await dataset.load(split), problems: [] };
  } catch (error) {
    if (!isArdError(error)) throw error;
    const corrupt = (await dataset.corrupt?.(split).catch(() => [])) ?? [];
    return { problems: corrupt.length > 0 ? corrupt : [`${split}: ${error.message}`] };
  }
}

/** Classes that nothing can be learned or measured of. */
function gaps(
  classNames: readonly string[],
  { trainCounts, testCounts }: SplitComparison,
): readonly string[] {
  const empty = (split: Split, counts: readonly number[]): readonly string[] => {
    const names = classNames.filter((_, label) => counts[label] === 0);
    if (names.length === 0) return [];
    const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
    return [`${split}: no image of ${names.length} of ${classNames.length} classes (${shown})`];
  };
  return [...empty('train', trainCounts), ...empty('test', testCounts)];
}
