import { expect } from 'chai';
import type { ContractRow, Runner } from '../../src/index.js';

/** Asserts that a test of the suite fails whose title matches, and hence that the check can fail. */
export async function expectFailure<Row extends ContractRow>(
  contract: (row: Row) => void,
  row: Row,
  title: RegExp,
): Promise<void> {
  const tests: { title: string; body: () => Promise<void> }[] = [];
  const runner: Runner = {
    describe: (_title, body) => body(),
    it: (title, body) => tests.push({ title, body }),
  };
  contract({ ...row, runner });
  const chosen = tests.filter((test) => title.test(test.title));
  expect(chosen, `tests of the suite that match ${title.source}`).to.not.be.empty;
  for (const { body } of chosen) {
    const failed = await body().then(
      () => false,
      () => true,
    );
    if (failed) return;
  }
  expect.fail(`${row.name}: passes ${chosen.map((test) => test.title).join('; ')}`);
}
