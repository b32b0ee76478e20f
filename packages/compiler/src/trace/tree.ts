/** Records of records with leaves of one kind: inputs and results of compiled functions. */
export type Tree<Leaf> = Leaf | { readonly [key: string]: Tree<Leaf> };

export interface NamedLeaf<Leaf> {
  /** Keys from the root, joined by slashes: `network/parameters/conv1.weight`. */
  readonly path: string;
  readonly leaf: Leaf;
}

export function flattenTree<Leaf>(
  tree: Tree<Leaf>,
  isLeaf: (node: unknown) => node is Leaf,
): NamedLeaf<Leaf>[] {
  const leaves: NamedLeaf<Leaf>[] = [];
  const visit = (node: Tree<Leaf>, path: string): void => {
    if (isLeaf(node)) {
      leaves.push({ path, leaf: node });
      return;
    }
    for (const [key, child] of Object.entries(node)) visit(child, path === '' ? key : `${path}/${key}`);
  };
  visit(tree, '');
  return leaves;
}

/** The same tree with other leaves. */
export function mapTree<From, To>(
  tree: Tree<From>,
  isLeaf: (node: unknown) => node is From,
  map: (leaf: From, path: string) => To,
  path = '',
): Tree<To> {
  if (isLeaf(tree)) return map(tree, path);
  return Object.fromEntries(
    Object.entries(tree).map(([key, child]) => [
      key,
      mapTree(child, isLeaf, map, path === '' ? key : `${path}/${key}`),
    ]),
  );
}
