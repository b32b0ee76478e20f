import { MalformedFile } from '../malformed-file.js';
import { shown } from '../shown.js';
import { isKind, type PickleMap, type PickleValue } from './pickle-value.js';
import type { TensorView } from './tensor-view.js';

/** Under which keys training scripts keep the weights, beside the epoch and the optimizer (methods.md 9). */
const wrappers = ['state_dict', 'model_state_dict', 'net', 'model'];

/** Scripts nest twice at most; a list may also contain itself. */
const deepest = 8;

const remedy = 'Save the weights alone: torch.save(model.state_dict(), path).';

/**
 * Finds the weights: unwraps lists of one and dictionaries that keep the weights under a known key. What is not a
 * tensor among them is left out.
 *
 * @throws MalformedFile telling what there is instead
 */
export function stateDict(content: PickleValue): ReadonlyMap<string, TensorView> {
  let value = content;
  for (let depth = 0; depth < deepest; depth++) {
    const inner = unwrapped(value);
    if (inner === undefined) return tensorsOf(value);
    value = inner;
  }
  throw new MalformedFile('its weights are wrapped too deep', remedy);
}

function unwrapped(value: PickleValue): PickleValue {
  if (Array.isArray(value)) return value.length === 1 ? value[0] : undefined;
  if (!(value instanceof Map)) return undefined;
  const wrapper = wrappers.find((key) => value.get(key) instanceof Map || Array.isArray(value.get(key)));
  return wrapper === undefined ? undefined : value.get(wrapper);
}

function tensorsOf(value: PickleValue): ReadonlyMap<string, TensorView> {
  if (!(value instanceof Map)) {
    const found = Array.isArray(value) ? `a list of ${value.length}` : 'a single value';
    throw new MalformedFile(`it holds ${found}, not the named weights of one network`, remedy);
  }
  const tensors = new Map<string, TensorView>();
  for (const [name, entry] of value) {
    if (typeof name === 'string' && isKind(entry, 'tensor')) tensors.set(name, entry);
  }
  if (tensors.size === 0) throw new MalformedFile(`it holds no named weights; ${keysOf(value)}`, remedy);
  return tensors;
}

function keysOf(map: PickleMap): string {
  const keys = [...map.keys()].filter((key) => typeof key === 'string').slice(0, 8);
  return keys.length > 0 ? `its keys are ${keys.map(shown).join(', ')}` : 'it is empty';
}
