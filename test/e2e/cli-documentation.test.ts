import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), 'utf8');

describe('documentation', () => {
  it('of plugins shows exactly the files of examples/custom-plugin', () => {
    const page = read('docs/writing-a-plugin.md');
    const blocks = [...page.matchAll(/`(examples\/custom-plugin\/\S+)`:?\n\n```\w+\n([^]*?)```/g)];
    expect(blocks.map(([, path]) => path)).to.include.members([
      'examples/custom-plugin/package.json',
      'examples/custom-plugin/src/index.ts',
      'examples/custom-plugin/src/robust-error.ts',
      'examples/custom-plugin/test/robust-error.test.ts',
    ]);
    // JSON may be laid out differently
    const normal = (path: string, text: string): string =>
      path.endsWith('.json') ? JSON.stringify(JSON.parse(text)) : text;
    for (const [, path, content] of blocks) {
      expect(normal(path!, content!), path).to.equal(normal(path!, read(path!)));
    }
  });
});
