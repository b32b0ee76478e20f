import { resolve } from 'node:path';
import { ArdError, type Split } from '@ard/core';
import { listDirectory } from '@ard/data';

const wanted = { train: 'data_batch_*.bin', test: 'test_batch.bin or test_batch_*.bin' } as const;

/**
 * Which files hold a split: every `data_batch_<n>.bin` in the order of n; `test_batch.bin`, or else the one file
 * whose name begins with `test_batch`.
 *
 * @throws ArdError when there is none, or when several could be meant
 */
export async function recordFiles(directory: string, split: Split): Promise<readonly string[]> {
  const present = await listDirectory(directory, wanted[split]);
  const found = split === 'train' ? trainingFiles(present) : testFiles(present);
  if (found.length === 0) {
    throw new ArdError(`No ${wanted[split]} in ${resolve(directory)}`, {
      remedy: 'Name the folder of CIFAR-10 in the binary version (cifar-10-batches-bin) with --data-dir.',
    });
  }
  if (split === 'test' && found.length > 1) {
    throw new ArdError(`${resolve(directory)} has several test files: ${found.join(', ')}`, {
      remedy: 'Keep one of them, or name the complete one test_batch.bin.',
    });
  }
  return found;
}

function trainingFiles(present: readonly string[]): readonly string[] {
  const index = (name: string): number => Number(/^data_batch_(\d+)\.bin$/.exec(name)?.[1] ?? NaN);
  return present.filter((name) => !Number.isNaN(index(name))).sort((a, b) => index(a) - index(b));
}

function testFiles(present: readonly string[]): readonly string[] {
  if (present.includes('test_batch.bin')) return ['test_batch.bin'];
  return present.filter((name) => /^test_batch.*\.bin$/.test(name)).sort();
}
