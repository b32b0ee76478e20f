import { run } from '@oclif/core/run';
import { expandOptionShorthand } from './option-shorthand.js';
import { reportError } from './report-error.js';

/**
 * Runs a command of the command line in this process, and reports what goes wrong in one place.
 *
 * @returns whether it came to its end; `process.exitCode` is set where that is not 0
 */
export async function runCommand(argv: readonly string[]): Promise<boolean> {
  try {
    await run([...(await expandOptionShorthand(argv))], import.meta.url);
    return true;
  } catch (error) {
    process.exitCode = await reportError(error, { json: argv.includes('--json') });
    return false;
  }
}
