import { MalformedFile } from '../malformed-file.js';
import { PickleMachine, damaged, type PickleHost } from './pickle-machine.js';
import { longFromBytes, longFromText, numberFromText, quotedText, unicodeText } from './pickle-text.js';
import type { PickleValue } from './pickle-value.js';

/**
 * Reads a pickle of protocol 0 to 5 without running anything: what it names is looked up by the host, and only
 * the host's own functions are called.
 *
 * @param bytes may go on after the pickle
 * @returns the value, and how many bytes the pickle had
 * @throws MalformedFile, of the kind TruncatedPickle when the bytes end first
 */
export function unpickle(bytes: Uint8Array, host: PickleHost): { value: PickleValue; length: number } {
  const machine = new PickleMachine(bytes, host);
  for (;;) {
    machine.spend(1);
    const code = machine.cursor.byte();
    if (code === stop) return { value: machine.pop(), length: machine.cursor.position };
    const step = steps.get(code);
    if (!step) throw new MalformedFile(`its pickle has the unknown opcode 0x${code.toString(16)}`);
    step(machine);
  }
}

type Step = (machine: PickleMachine) => void;

const stop = '.'.charCodeAt(0);
const highestProtocol = 5;

/** By opcode, in the order of Python's pickletools; the names are those used there. */
const steps: ReadonlyMap<number, Step> = new Map(
  Object.entries<Step>({
    I: (m) => m.push(numberFromText(m.cursor.line())), // INT
    J: (m) => m.push(m.cursor.signed32()), // BININT
    K: (m) => m.push(m.cursor.unsigned(1)), // BININT1
    M: (m) => m.push(m.cursor.unsigned(2)), // BININT2
    L: (m) => m.push(longFromText(m.cursor.line())), // LONG
    '\x8a': (m) => m.push(longFromBytes(m.cursor.take(m.cursor.unsigned(1)))), // LONG1
    '\x8b': (m) => m.push(longFromBytes(m.cursor.take(m.cursor.unsigned(4)))), // LONG4
    S: (m) => m.push(quotedText(m.cursor.line())), // STRING
    T: (m) => m.push(latin1(m.cursor.take(m.cursor.unsigned(4)))), // BINSTRING
    U: (m) => m.push(latin1(m.cursor.take(m.cursor.unsigned(1)))), // SHORT_BINSTRING
    B: (m) => m.push(m.cursor.take(m.cursor.unsigned(4))), // BINBYTES
    C: (m) => m.push(m.cursor.take(m.cursor.unsigned(1))), // SHORT_BINBYTES
    '\x8e': (m) => m.push(m.cursor.take(m.cursor.unsigned(8))), // BINBYTES8
    '\x96': (m) => m.push(m.cursor.take(m.cursor.unsigned(8))), // BYTEARRAY8
    N: (m) => m.push(undefined), // NONE
    '\x88': (m) => m.push(true), // NEWTRUE
    '\x89': (m) => m.push(false), // NEWFALSE
    V: (m) => m.push(unicodeText(m.cursor.line())), // UNICODE
    '\x8c': (m) => m.push(m.cursor.text(m.cursor.unsigned(1))), // SHORT_BINUNICODE
    X: (m) => m.push(m.cursor.text(m.cursor.unsigned(4))), // BINUNICODE
    '\x8d': (m) => m.push(m.cursor.text(m.cursor.unsigned(8))), // BINUNICODE8
    F: (m) => m.push(numberFromText(m.cursor.line())), // FLOAT
    G: (m) => m.push(m.cursor.double()), // BINFLOAT
    ']': (m) => m.push([]), // EMPTY_LIST
    a: (m) => append(m, m.popMany(1)), // APPEND
    e: (m) => append(m, m.popMark()), // APPENDS
    l: (m) => m.push(m.popMark()), // LIST
    ')': (m) => m.push([]), // EMPTY_TUPLE
    t: (m) => m.push(m.popMark()), // TUPLE
    '\x85': (m) => m.push(m.popMany(1)), // TUPLE1
    '\x86': (m) => m.push(m.popMany(2)), // TUPLE2
    '\x87': (m) => m.push(m.popMany(3)), // TUPLE3
    '}': (m) => m.pushDictionary(new Map()), // EMPTY_DICT
    d: (m) => {
      const items = m.popMark();
      m.pushDictionary(new Map());
      setItems(m, items);
    }, // DICT
    s: (m) => setItems(m, m.popMany(2)), // SETITEM
    u: (m) => setItems(m, m.popMark()), // SETITEMS
    '\x8f': (m) => m.pushDictionary(new Set()), // EMPTY_SET
    '\x90': (m) => addItems(m, m.popMark()), // ADDITEMS
    '\x91': (m) => m.pushDictionary(new Set(m.popMark())), // FROZENSET
    '0': (m) => m.discard(), // POP
    '2': (m) => m.push(m.top()), // DUP
    '(': (m) => m.mark(), // MARK
    '1': (m) => void m.popMark(), // POP_MARK
    g: (m) => m.recall(Number(m.cursor.line())), // GET
    h: (m) => m.recall(m.cursor.unsigned(1)), // BINGET
    j: (m) => m.recall(m.cursor.unsigned(4)), // LONG_BINGET
    p: (m) => m.remember(Number(m.cursor.line())), // PUT
    q: (m) => m.remember(m.cursor.unsigned(1)), // BINPUT
    r: (m) => m.remember(m.cursor.unsigned(4)), // LONG_BINPUT
    '\x94': (m) => m.remember(), // MEMOIZE
    c: (m) => m.push(m.host.global(m.cursor.line(), m.cursor.line())), // GLOBAL
    '\x93': (m) => {
      const [module, name] = m.popMany(2);
      if (typeof module !== 'string' || typeof name !== 'string') throw damaged();
      m.push(m.host.global(module, name));
    }, // STACK_GLOBAL
    R: (m) => {
      const [target, parameters] = m.popMany(2);
      m.call(target, parameters);
    }, // REDUCE
    b: (m) => m.setState(m.pop()), // BUILD
    i: (m) => m.call(m.host.global(m.cursor.line(), m.cursor.line()), m.popMark()), // INST
    o: (m) => {
      const [target, ...parameters] = m.popMark();
      m.call(target, parameters);
    }, // OBJ
    '\x81': (m) => {
      const [target, parameters] = m.popMany(2);
      m.call(target, parameters);
    }, // NEWOBJ
    '\x92': (m) => {
      const [target, parameters, named] = m.popMany(3);
      if (!(named instanceof Map) || named.size > 0) throw damaged();
      m.call(target, parameters);
    }, // NEWOBJ_EX
    '\x80': (m) => {
      const protocol = m.cursor.byte();
      if (protocol > highestProtocol) throw new MalformedFile(`its pickle has the protocol ${protocol}`);
    }, // PROTO
    P: (m) => m.push(m.host.persistent(m.cursor.line())), // PERSID
    Q: (m) => m.push(m.host.persistent(m.pop())), // BINPERSID
    '\x95': (m) => void m.cursor.unsigned(8), // FRAME: only a hint for reading ahead
    // left out: EXT1, EXT2, EXT4 (codes of a registry that only the writer has), NEXT_BUFFER and READONLY_BUFFER
    // (bytes that were never in the file)
  }).map(([opcode, step]) => [opcode.charCodeAt(0), step]),
);

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw damaged();
  for (const item of items) list.push(item);
}

function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const map = machine.top();
  if (!(map instanceof Map) || items.length % 2 !== 0) throw damaged();
  for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
}

function addItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const set = machine.top();
  if (!(set instanceof Set)) throw damaged();
  for (const item of items) set.add(item);
}

/** Python 2 did not tell bytes from text; names and keys are ASCII. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
