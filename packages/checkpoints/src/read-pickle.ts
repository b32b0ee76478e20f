import { MalformedFile } from './malformed-file.js';
import { knownGlobal } from './pytorch/known-globals.js';
import { arrayFromBuffer } from './pytorch/numpy-array.js';
import type { PickleHost } from './pytorch/pickle-machine.js';
import type { PickleGlobal, PickleValue } from './pytorch/pickle-value.js';
import { unpickle } from './pytorch/unpickle.js';
import { readBytes } from './read-bytes.js';
import { withFile } from './with-file.js';

/** The largest that is in use, the training images of CIFAR-100, has 155 MB. */
const largestFile = 2 ** 28;

const newArray: PickleGlobal = {
  kind: 'global',
  name: 'numpy.core.multiarray._reconstruct',
  call: () => ({ kind: 'numpy array' }),
};

const fromBuffer: PickleGlobal = {
  kind: 'global',
  name: 'numpy.core.numeric._frombuffer',
  call: arrayFromBuffer,
};

const arrayGlobals: Readonly<Record<string, PickleGlobal>> = {
  'numpy.core.multiarray._reconstruct': newArray,
  'numpy._core.multiarray._reconstruct': newArray,
  'numpy.core.numeric._frombuffer': fromBuffer,
  'numpy._core.numeric._frombuffer': fromBuffer,
  'numpy.ndarray': { kind: 'global', name: 'numpy.ndarray' },
};

/**
 * Reads a pickle of data, protocol 0 to 5: numbers, text, bytes, plain containers and numpy arrays. Nothing in it is
 * run; what it names beyond these is refused.
 *
 * @param remedy what to do about a file that is damaged
 * @throws ArdError naming the file
 */
export async function readPickle(path: string, remedy: string): Promise<PickleValue> {
  return await withFile(path, remedy, async (file) => {
    const { size } = await file.stat();
    if (size > largestFile) throw new MalformedFile(`it has ${size} bytes, more than any pickle of data`);
    const bytes = new Uint8Array(await readBytes(file, 0, size));
    return unpickle(bytes, dataHost(size)).value;
  });
}

function dataHost(size: number): PickleHost {
  return {
    global: (module, name) => arrayGlobals[`${module}.${name}`] ?? knownGlobal(module, name),
    persistent: () => {
      throw new MalformedFile('it belongs to a file of PyTorch');
    },
    // protocol 2 spells bytes as text, which is copied once; more would be a bomb
    largestWork: 2_000_000 + 2 * size,
  };
}
