import { expect } from 'chai';
import type { ContractRow, Runner } from '../../src/index.js';

/** Runs a suite outside of mocha; returns the message of each failed test under its title. */
export async function failures<Row extends ContractRow>(
  contract: (row: Row) => void,
  row: Row,
): Promise<Record<string, string>> {
  const tests: { title: string; body: () => Promise<void> }[] = [];
  const runner: Runner = {
    describe: (_title, body) => body(),
    it: (title, body) => tests.push({ title, body }),
  };
  contract({ ...row, runner });
  const failed: Record<string, string> = {};
  for (const { title, body } of tests) {
    try {
      await body();
    } catch (error) {
      failed[title] = error instanceof Error ? error.message : String(error);
    }
  }
  return failed;
}

/** Asserts that some test fails whose title matches, and hence that the check can fail. */
export async function expectFailure<Row extends ContractRow>(
  contract: (row: Row) => void,
  row: Row,
  title: RegExp,
): Promise<void> {
  const failed = await failures(contract, row);
  expect(
    Object.keys(failed).some((name) => title.test(name)),
    `${row.name}: no failed test matches ${title.source}; failed: ${JSON.stringify(failed, undefined, 1)}`,
  ).to.be.true;
}
