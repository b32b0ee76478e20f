import { hostArray, type ArrayTree, type NdArray, type TensorTree, type TypedArray } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';

type Branch<Leaf> = { readonly [key: string]: Tree<Leaf> };
type Tree<Leaf> = Leaf | Branch<Leaf>;

/** Replaces every leaf, keeping the keys; `path` is like `network.parameters.fc.weight`. */
export function mapTree<From, To>(
  tree: Tree<From>,
  isLeaf: (value: Tree<From>) => value is From,
  fn: (leaf: From, path: string) => To,
  path = '',
): Tree<To> {
  if (isLeaf(tree)) return fn(tree, path);
  if (typeof tree !== 'object' || tree === null) {
    throw new TypeError(`${path || 'the tree'} is ${String(tree)}, neither an array nor a record`);
  }
  return Object.fromEntries(
    Object.entries(tree).map(([key, child]) => [
      key,
      mapTree(child, isLeaf, fn, path ? `${path}.${key}` : key),
    ]),
  );
}

/** Every leaf in key order. */
export function leavesOf<Leaf>(tree: Tree<Leaf>, isLeaf: (value: Tree<Leaf>) => value is Leaf): Leaf[] {
  const leaves: Leaf[] = [];
  mapTree(tree, isLeaf, (leaf) => leaves.push(leaf));
  return leaves;
}

export function isArray(value: ArrayTree): value is NdArray {
  return typeof (value as NdArray | undefined)?.read === 'function';
}

export function isTensor(value: TensorTree): value is tf.Tensor {
  return value instanceof tf.Tensor;
}

/** Copies a tensor to the host, in the element type of its dtype. */
export async function toHost(tensor: tf.Tensor, path: string): Promise<NdArray> {
  const values = await tensor.data();
  return hostArray(typed(values, tensor.dtype, path), tensor.shape);
}

function typed(values: TypedArray, dtype: tf.DataType, path: string): TypedArray {
  if (dtype === 'float32') return values instanceof Float32Array ? values : Float32Array.from(values);
  if (dtype === 'int32') return values instanceof Int32Array ? values : Int32Array.from(values);
  if (dtype === 'bool') return values instanceof Uint8Array ? values : Uint8Array.from(values);
  throw new TypeError(`output ${path} is of type ${dtype}; float32, int32 and bool can leave an engine`);
}
