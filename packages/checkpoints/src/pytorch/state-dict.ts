import { MalformedFile } from '../malformed-file.js';
import { shown } from '../shown.js';
import { isKind, type PickleMap, type PickleValue } from './pickle-value.js';
import type { TensorView } from './tensor-view.js';

/** Under which keys training scripts keep the weights, beside the epoch and the optimizer (methods.md 9). */
const wrappers = ['state_dict', 'model_state_dict', 'net', 'model'];

/** Scripts nest twice at most; a list may also contain itself. */
const deepest = 8;

const remedy = 'Save the weights alone: torch.save(model.state_dict(), path).';

/** The weights of a file and what they were found in. */
export interface StateDict {
  readonly tensors: ReadonlyMap<string, TensorView>;
  /** Keys on the way to the weights, from outside: `['state_dict']`; `[0]` for a list of one. */
  readonly wrapper: readonly string[];
  /** Numbers and texts that stand beside the weights or their wrappers, such as the epoch. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Finds the weights: unwraps lists of one and dictionaries that keep the weights under a known key. What is not a
 * tensor among them is left out.
 *
 * @throws MalformedFile telling what there is instead
 */
export function stateDict(content: PickleValue): StateDict {
  let value = content;
  const wrapper: string[] = [];
  const facts: [string, string | number | boolean][] = [];
  for (let depth = 0; depth < deepest; depth++) {
    facts.push(...factsOf(value));
    const inner = unwrapped(value);
    if (inner === undefined) return { tensors: tensorsOf(value), wrapper, facts: Object.fromEntries(facts) };
    wrapper.push(inner.key);
    value = inner.value;
  }
  throw new MalformedFile('its weights are wrapped too deep', remedy);
}

function unwrapped(value: PickleValue): { readonly key: string; readonly value: PickleValue } | undefined {
  if (Array.isArray(value)) return value.length === 1 ? { key: '[0]', value: value[0] } : undefined;
  if (!(value instanceof Map)) return undefined;
  const key = wrappers.find((one) => value.get(one) instanceof Map || Array.isArray(value.get(one)));
  return key === undefined ? undefined : { key, value: value.get(key) };
}

function factsOf(value: PickleValue): [string, string | number | boolean][] {
  if (!(value instanceof Map)) return [];
  return [...value].flatMap(([key, fact]) => {
    const isShort = typeof fact === 'number' || typeof fact === 'boolean' || typeof fact === 'string';
    return typeof key === 'string' && isShort ? [[shown(key).slice(1, -1), short(fact)] as const] : [];
  }) as [string, string | number | boolean][];
}

function short(fact: string | number | boolean): string | number | boolean {
  return typeof fact === 'string' ? shown(fact).slice(1, -1) : fact;
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
