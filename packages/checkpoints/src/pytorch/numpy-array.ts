import { elementTypes } from '../element-types.js';
import { MalformedFile } from '../malformed-file.js';
import { isKind, type NumpyArray, type PickleValue } from './pickle-value.js';

/** What numpy writes in protocol 5: an array of its bytes, type, shape and order. */
export function arrayFromBuffer([bytes, type, shape, order]: readonly PickleValue[]): NumpyArray {
  const array: NumpyArray = { kind: 'numpy array' };
  setArrayState(array, [1, shape, type, order !== 'C', bytes]);
  return array;
}

/**
 * Gives an array of numpy its content: `(version, shape, type, column-major, bytes)`, as its `__reduce__` writes it.
 * Python 2 wrote the bytes as text.
 *
 * @throws MalformedFile when shape, type and bytes do not belong together
 */
export function setArrayState(array: NumpyArray, state: PickleValue): void {
  const [, shape, type, columnMajor, content] = Array.isArray(state) ? state : [];
  const extents = Array.isArray(shape) && shape.every(isExtent) ? shape : undefined;
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  if (!extents || !isKind(type, 'numpy type') || !(bytes instanceof Uint8Array)) {
    throw new MalformedFile('its pickle describes an array as numpy never does');
  }
  if (columnMajor !== false && columnMajor !== 0) {
    throw new MalformedFile('its pickle holds a column-major array');
  }
  const needed = extents.reduce((size, extent) => size * extent, elementTypes[type.elementType]!.bytes);
  if (bytes.length !== needed) {
    throw new MalformedFile(
      `its pickle holds an array of ${extents.slice(0, 8).join(' x ')} elements in ${bytes.length} bytes`,
    );
  }
  array.content = { shape: extents, elementType: type.elementType, bytes };
}

function isExtent(value: PickleValue): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
