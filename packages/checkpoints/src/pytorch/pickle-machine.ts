import { MalformedFile } from '../malformed-file.js';
import { PickleCursor } from './pickle-cursor.js';
import { setArrayState } from './numpy-array.js';
import { isKind, type PickleMap, type PickleValue } from './pickle-value.js';

/** What a pickle needs from outside. Each throws MalformedFile for what it does not know. */
export interface PickleHost {
  global(module: string, name: string): PickleValue;
  /** The value that was stored elsewhere under this id. */
  persistent(id: PickleValue): PickleValue;
  /** Instead of {@link largestWork}, where pickles hold data and not only its structure. */
  readonly largestWork?: number;
}

/**
 * Steps and copied elements of one pickle. A network needs about 40 per tensor, its optimizer's state three times
 * that. Every step makes one small value, and dictionaries count as several: this bounds memory and time.
 */
const largestWork = 2_000_000;

/** An empty dictionary takes as much memory as about ten other values. */
export const dictionaryWork = 10;

/** The stack and the memo of the machine that pickles are programs for. */
export class PickleMachine {
  readonly cursor: PickleCursor;
  private stack: PickleValue[] = [];
  private readonly outer: PickleValue[][] = [];
  private readonly memo = new Map<number, PickleValue>();
  private work = 0;

  constructor(
    bytes: Uint8Array,
    readonly host: PickleHost,
  ) {
    this.cursor = new PickleCursor(bytes);
  }

  spend(count: number): void {
    this.work += count;
    if (this.work > (this.host.largestWork ?? largestWork))
      throw new MalformedFile('its pickle is longer than that of any network');
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pushDictionary(value: PickleMap | Set<PickleValue>): void {
    this.spend(dictionaryWork);
    this.stack.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length === 0) throw damaged();
    return this.stack.pop();
  }

  top(): PickleValue {
    if (this.stack.length === 0) throw damaged();
    return this.stack.at(-1);
  }

  popMany(count: number): PickleValue[] {
    if (this.stack.length < count) throw damaged();
    return this.stack.splice(this.stack.length - count);
  }

  mark(): void {
    this.outer.push(this.stack);
    this.stack = [];
  }

  /** What was pushed since the last mark. */
  popMark(): PickleValue[] {
    const items = this.stack;
    this.stack = this.outer.pop() ?? throwDamaged();
    return items;
  }

  /** One value, or a mark with nothing above it. */
  discard(): void {
    if (this.stack.length > 0) this.stack.pop();
    else this.popMark();
  }

  remember(index: number = this.memo.size): void {
    this.memo.set(index, this.top());
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw damaged();
    this.push(this.memo.get(index));
  }

  /** Applies a known thing of Python to its arguments. */
  call(target: PickleValue, parameters: PickleValue): void {
    if (!isKind(target, 'global') || !Array.isArray(parameters)) throw damaged();
    if (!target.call) throw new MalformedFile(`its pickle calls ${target.name}, which makes no value`);
    this.push(target.call(parameters, (count) => this.spend(count)));
  }

  /** Attributes of a dictionary are left out, as nobody needs them; nothing else here has any. */
  setState(state: PickleValue): void {
    const target = this.top();
    if (target instanceof Map) return;
    if (isKind(target, 'numpy array')) {
      setArrayState(target, state);
      return;
    }
    if (!isKind(target, 'numpy type')) {
      throw new MalformedFile('its pickle sets attributes of something that has none');
    }
    if (!Array.isArray(state) || (state[1] !== '<' && state[1] !== '|')) {
      throw new MalformedFile('its pickle holds numpy scalars that are not little-endian');
    }
  }
}

export function damaged(): MalformedFile {
  return new MalformedFile('its pickle is damaged');
}

function throwDamaged(): never {
  throw damaged();
}
