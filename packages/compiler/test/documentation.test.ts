import { readFile, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { passNames, supportedKernels } from '../src/index.js';
import { traced } from './support.js';

const page = new URL('../../../../docs/engine.md', import.meta.url);
const start = '<!-- kernels: ARD_RECORD_KERNELS=1 writes this table -->';
const end = '<!-- end of kernels -->';

/** One row for each kernel that either engine knows. */
function kernelTable(): readonly string[] {
  const eager = tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
  const all = [...new Set([...supportedKernels, ...eager])].sort();
  const mark = (known: boolean): string => (known ? 'yes' : '');
  const differentiable = (kernel: string): boolean => tf.getGradient(kernel) !== undefined;
  return all.map((kernel) =>
    [
      `\`${kernel}\``,
      mark(supportedKernels.includes(kernel)),
      mark(eager.includes(kernel)),
      mark(differentiable(kernel)),
    ].join(' | '),
  );
}

/** Rows without the spaces that align columns. */
function rowsOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
        .join(' | '),
    );
}

describe('docs/engine.md', () => {
  it('says of every kernel which engine has it (ARD_RECORD_KERNELS=1 records it anew)', async () => {
    traced(({ x }) => ({ y: x! }), { x: [1] }); // the first trace registers gradients that tfjs lacks
    const text = await readFile(page, 'utf8');
    const [before, rest = ''] = text.split(start);
    const [table = '', after] = rest.split(end);
    const rows = kernelTable();
    if (process.env.ARD_RECORD_KERNELS) {
      const head = ['kernel | onnx | tfjs cpu | gradient', '--- | --- | --- | ---'];
      const lines = [...head, ...rows].map((row) => `| ${row} |`).join('\n');
      await writeFile(page, `${before}${start}\n\n${lines}\n\n${end}${after}`);
      return;
    }
    expect(rowsOf(table)).to.deep.equal(rows);
  });

  it('lists the passes that there are', async () => {
    const text = await readFile(page, 'utf8');
    const [, part = ''] = /3\. \*\*Optimise\*\*([^]*?)4\. \*\*Run\*\*/.exec(text) ?? [];
    const passes = [...part.matchAll(/^ *\| `(\w+)`/gm)].map(([, name]) => name);
    expect(passes).to.have.members(passNames);
  });
});
