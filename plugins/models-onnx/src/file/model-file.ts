import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ArdError, fileError } from '@ard/core';
import { Malformed } from './malformed.js';
import { entryOf, tensorHeader, typeName, type Constant, type TensorHeader } from './tensor.js';
import { fieldsOf, integersOf, textOf, view, type Field } from './wire.js';

export type Attribute = number | string | readonly number[] | Constant | { readonly unread: string };

export interface OnnxNode {
  readonly op: string;
  /** Empty for the operators of ONNX itself. */
  readonly domain: string;
  /** Empty names are optional inputs left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** An input or an output of the graph. */
export interface OnnxInput {
  readonly name: string;
  /** Undefined where the file leaves an extent open; empty when it says nothing. */
  readonly shape: readonly (number | undefined)[];
  /** Of its elements. */
  readonly type: string;
}

export interface OnnxFile {
  readonly operatorSet: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly nodes: readonly OnnxNode[];
  readonly constants: Readonly<Record<string, Constant>>;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly OnnxInput[];
  /** Program and version that wrote it; empty where it does not say. */
  readonly producer: string;
  /** The constants as the file lists them. */
  readonly tensors: readonly Pick<TensorHeader, 'name' | 'shape' | 'type'>[];
}

const noBytes = new Uint8Array(0);

/** Protobuf's own limit. */
const largestFile = 2 ** 31;

/**
 * Reads an ONNX model with the values beside it.
 *
 * @throws ArdError with one line when the file is missing, no ONNX model, damaged, or refers to files elsewhere
 */
export async function readOnnxFile(path: string): Promise<OnnxFile> {
  try {
    return await parsed(await bytesOf(path), dirname(path));
  } catch (error) {
    if (!(error instanceof Malformed)) throw fileError('read', path, error);
    throw new ArdError(`Cannot read ${path}: ${error.message}.`, {
      remedy: 'Give an ONNX model (.onnx), complete and with the files of its weights beside it.',
    });
  }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > largestFile) throw new Malformed(`it has ${size} bytes, more than an ONNX model can have`);
    const { buffer, byteOffset, length } = await file.readFile();
    return new Uint8Array(buffer, byteOffset, length);
  } finally {
    await file.close();
  }
}

async function parsed(bytes: Uint8Array, folder: string): Promise<OnnxFile> {
  let graph: Uint8Array | undefined;
  let operatorSet = 0;
  const producer: string[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const field of fieldsOf(bytes)) {
    if (field.number === 2 || field.number === 3) producer.push(textOf(field));
    else if (field.number === 7) graph = field.bytes;
    else if (field.number === 8) operatorSet = Math.max(operatorSet, standardVersion(field.bytes));
    else if (field.number === 14) metadata = { ...metadata, ...entryOf(field.bytes) };
  }
  if (graph === undefined || operatorSet === 0) throw new Malformed('it is no ONNX model');
  const nodes: OnnxNode[] = [];
  const headers: TensorHeader[] = [];
  const inputs: OnnxInput[] = [];
  const outputs: OnnxInput[] = [];
  for (const field of fieldsOf(graph)) {
    if (field.number === 1) nodes.push(await nodeOf(field.bytes, folder));
    else if (field.number === 5) headers.push(tensorHeader(field.bytes, folder));
    else if (field.number === 11) inputs.push(inputOf(field.bytes));
    else if (field.number === 12) outputs.push(inputOf(field.bytes));
    else if (field.number === 15) throw new Malformed('it has sparse weights, which are not read');
  }
  const constants: Record<string, Constant> = Object.create(null) as Record<string, Constant>;
  for (const header of headers) constants[header.name] = await header.values();
  return {
    operatorSet,
    metadata,
    nodes,
    constants,
    inputs,
    outputs,
    producer: producer.filter((text) => text !== '').join(' '),
    tensors: headers.map(({ name, shape, type }) => ({ name, shape, type })),
  };
}

/** Of ONNX's own operators; 0 for another domain. */
function standardVersion(message: Uint8Array): number {
  let [domain, version] = ['', 0];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) domain = textOf(field);
    else if (field.number === 2) version = field.value;
  }
  return domain === '' || domain === 'ai.onnx' ? version : 0;
}

async function nodeOf(message: Uint8Array, folder: string): Promise<OnnxNode> {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, Attribute> = Object.create(null) as Record<string, Attribute>;
  let [op, domain] = ['', ''];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) inputs.push(textOf(field));
    else if (field.number === 2) outputs.push(textOf(field));
    else if (field.number === 4) op = textOf(field);
    else if (field.number === 7) domain = textOf(field);
    else if (field.number === 5) {
      const { name, value } = await attributeOf(field.bytes, folder);
      attributes[name] = value;
    }
  }
  return { op, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

/** By AttributeProto.AttributeType: float, integer, text, floats, integers. */
const emptyByType: Readonly<Record<number, Attribute>> = { 1: 0, 2: 0, 3: '', 6: [], 7: [] };

async function attributeOf(message: Uint8Array, folder: string): Promise<{ name: string; value: Attribute }> {
  let name = '';
  let value: Attribute | undefined;
  let type = 0;
  const floats: number[] = [];
  const integers: number[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2 || field.number === 3) value = field.value;
    else if (field.number === 4) value = textOf(field);
    else if (field.number === 5) value = await tensorHeader(field.bytes, folder).values();
    else if (field.number === 6) value = { unread: 'a graph' };
    else if (field.number === 7) for (const value of floatsOf(field)) floats.push(value);
    else if (field.number === 8) for (const value of integersOf(field)) integers.push(value);
    else if (field.number === 20) type = field.value;
  }
  if (floats.length > 0) value = floats;
  if (integers.length > 0) value = integers;
  // writers leave out what is zero or empty
  return { name, value: value ?? emptyByType[type] ?? { unread: 'nothing' } };
}

function floatsOf({ bytes }: Field): readonly number[] {
  const data = view(bytes);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => data.getFloat32(index * 4, true));
}

/** A ValueInfoProto: name, and the shape of a tensor. */
function inputOf(message: Uint8Array): OnnxInput {
  let name = '';
  let type = 'unknown';
  let shape: (number | undefined)[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) {
      const tensor = within(field.bytes, 1);
      shape = within(tensor, 2, shapeOf) ?? [];
      for (const part of fieldsOf(tensor ?? noBytes)) if (part.number === 1) type = typeName(part.value);
    }
  }
  return { name, shape, type };
}

function within(message: Uint8Array | undefined, number: number): Uint8Array | undefined;
function within<T>(
  message: Uint8Array | undefined,
  number: number,
  read: (bytes: Uint8Array) => T,
): T | undefined;
function within<T>(
  message: Uint8Array | undefined,
  number: number,
  read?: (bytes: Uint8Array) => T,
): Uint8Array | T | undefined {
  if (message === undefined) return undefined;
  for (const field of fieldsOf(message)) {
    if (field.number === number) return read ? read(field.bytes) : field.bytes;
  }
  return undefined;
}

function shapeOf(message: Uint8Array): (number | undefined)[] {
  const shape: (number | undefined)[] = [];
  for (const dimension of fieldsOf(message)) {
    if (dimension.number !== 1) continue;
    let extent: number | undefined;
    for (const field of fieldsOf(dimension.bytes))
      if (field.number === 1 && field.value > 0) extent = field.value;
    shape.push(extent);
  }
  return shape;
}
