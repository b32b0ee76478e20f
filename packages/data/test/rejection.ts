import { isArdError } from '@ard/core';
import { expect } from 'chai';

/** The message of the error for users that a promise ends in. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isArdError(error), `expected an ArdError, got ${String(error)}`).to.equal(true);
  return (error as Error).message;
}
