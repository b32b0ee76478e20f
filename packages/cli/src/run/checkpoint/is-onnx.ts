import { closeSync, openSync, readSync } from 'node:fs';
import { fileError } from '@ard/core';

/** The model that brings its structure in its file. */
export const onnxModel = 'onnx';

/** Tags that follow the version at the start of an ONNX model: producer, its version, domain, number, text, graph, operators. */
const tags = new Set([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]);

/**
 * Whether a file is an ONNX model, by its ending or, in the store where files have none, by how it begins: a protobuf
 * message whose first field is a version of the format.
 *
 * @throws ArdError when it cannot be read
 */
export function isOnnx(path: string): boolean {
  if (path.toLowerCase().endsWith('.onnx')) return true;
  const start = Buffer.alloc(9);
  try {
    const file = openSync(path, 'r');
    try {
      if (readSync(file, start, 0, 9, 0) < 9) return false;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
  // at the ninth byte the header of a safetensors file begins, after its length
  if (start[8] === '{'.charCodeAt(0)) return false;
  return start[0] === 0x08 && start[1]! >= 3 && start[1]! < 0x20 && tags.has(start[2]!);
}
