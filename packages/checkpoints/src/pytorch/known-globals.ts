import { elementTypes } from '../element-types.js';
import { MalformedFile } from '../malformed-file.js';
import { shown } from '../shown.js';
import { dictionaryWork } from './pickle-machine.js';
import { isKind, type PickleGlobal, type PickleValue } from './pickle-value.js';
import { tensorView, type TensorView } from './tensor-view.js';

type Parameters = readonly PickleValue[];
type Copies = (count: number) => void;

/** The classes of PyTorch's storages and their elements by safetensors names. */
const storageTypes: Readonly<Record<string, string>> = {
  FloatStorage: 'F32',
  DoubleStorage: 'F64',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** The types of numpy's scalars, which stand beside the weights as accuracies. */
const numpyTypes: Readonly<Record<string, string>> = {
  f8: 'F64',
  f4: 'F32',
  f2: 'F16',
  i8: 'I64',
  i4: 'I32',
  i2: 'I16',
  i1: 'I8',
  u1: 'U8',
  b1: 'BOOL',
};

const tensorTypes = [
  'float64',
  'float32',
  'float16',
  'bfloat16',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint8',
  'bool',
];

const functions: Readonly<Record<string, (parameters: Parameters, copies: Copies) => PickleValue>> = {
  'collections.OrderedDict': dictionary,
  'collections.Counter': dictionary,
  '__builtin__.set': set,
  'builtins.set': set,
  '__builtin__.frozenset': set,
  'builtins.frozenset': set,
  '_codecs.encode': encode,
  'torch.Size': ([extents = []], copies) => counts(extents, copies),
  'torch.device': () => undefined, // where it was does not matter
  'torch._utils._rebuild_tensor': tensor,
  'torch._utils._rebuild_tensor_v2': tensor,
  'torch._utils._rebuild_parameter': ([data]) => existingTensor(data),
  'torch._utils._rebuild_parameter_with_state': ([data]) => existingTensor(data),
  'numpy.dtype': numpyType,
  'numpy.core.multiarray.scalar': numpyScalar,
  'numpy._core.multiarray.scalar': numpyScalar,
};

const known: ReadonlyMap<string, PickleGlobal> = new Map<string, PickleGlobal>([
  ...Object.entries(functions).map(([name, call]) => entry({ kind: 'global', name, call })),
  ...Object.entries(storageTypes).map(([name, elementType]) =>
    entry({ kind: 'global', name: `torch.${name}`, elementType }),
  ),
  ...tensorTypes.map((name) => entry({ kind: 'global', name: `torch.${name}` })),
]);

/**
 * Looks up what a pickle names. All there is are tensors, numbers and plain containers.
 *
 * @throws MalformedFile naming what is not among them
 */
export function knownGlobal(module: string, name: string): PickleGlobal {
  const full = `${module}.${name}`;
  const found = known.get(full);
  if (found) return found;
  throw new MalformedFile(
    `its pickle asks for ${shown(full)}, which is neither a tensor nor a plain container; nothing was run`,
    'If you trust its origin, load it in Python and save the weights alone: torch.save(model.state_dict(), path).',
  );
}

function entry(global: PickleGlobal): [string, PickleGlobal] {
  return [global.name, global];
}

/** From nothing, from another dictionary, or from a list of pairs as Python 2 wrote it. */
function dictionary([content = []]: Parameters, copies: Copies): PickleValue {
  if (!(content instanceof Map) && !Array.isArray(content)) throw otherArguments();
  copies(dictionaryWork + (content instanceof Map ? content.size : content.length));
  const pairs = content instanceof Map ? [...content] : content;
  return new Map(
    pairs.map((pair) => {
      if (!Array.isArray(pair) || pair.length !== 2) throw otherArguments();
      return [pair[0], pair[1]];
    }),
  );
}

function set([items = []]: Parameters, copies: Copies): PickleValue {
  if (!Array.isArray(items)) throw otherArguments();
  copies(dictionaryWork + items.length);
  return new Set(items);
}

/** How protocol 2 writes bytes. */
function encode([text, encoding]: Parameters, copies: Copies): PickleValue {
  if (typeof text !== 'string' || encoding !== 'latin1') throw otherArguments();
  copies(text.length);
  return Buffer.from(text, 'latin1');
}

function tensor(parameters: Parameters, copies: Copies): TensorView {
  const [storage, offset, shape, strides, , , metadata] = parameters;
  if (!isKind(storage, 'storage')) throw otherArguments();
  // conjugated and negated views, whose values differ from those in the file
  if (metadata !== undefined && !(metadata instanceof Map && metadata.size === 0)) throw otherArguments();
  return tensorView(storage, count(offset), counts(shape, copies), counts(strides, copies));
}

function existingTensor(data: PickleValue): TensorView {
  if (!isKind(data, 'tensor')) throw otherArguments();
  return data;
}

function counts(values: PickleValue, copies: Copies): number[] {
  if (!Array.isArray(values)) throw otherArguments();
  copies(values.length);
  return values.map(count);
}

function count(value: PickleValue): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw otherArguments();
  return value;
}

function numpyType([code]: Parameters): PickleValue {
  if (typeof code !== 'string' || !Object.hasOwn(numpyTypes, code)) throw otherArguments();
  return { kind: 'numpy type', elementType: numpyTypes[code]! };
}

function numpyScalar([type, bytes]: Parameters): PickleValue {
  if (!isKind(type, 'numpy type') || !(bytes instanceof Uint8Array)) throw otherArguments();
  const { decode, bytes: width } = elementTypes[type.elementType]!;
  if (bytes.length !== width) throw otherArguments();
  return decode(new Uint8Array(bytes).buffer)[0];
}

function otherArguments(): MalformedFile {
  return new MalformedFile('its pickle describes a value as PyTorch never does');
}
