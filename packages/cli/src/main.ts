import { flush } from '@oclif/core/flush';
import { run } from '@oclif/core/run';
import { expandOptionShorthand } from './option-shorthand.js';
import { reportError } from './report-error.js';

/** The whole program: runs a command, and reports what goes wrong in one place. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await run([...expandOptionShorthand(argv)], import.meta.url);
    await flush();
  } catch (error) {
    process.exitCode = await reportError(error, { json: argv.includes('--json') });
    // compiled graphs may keep worker threads alive after a failure
    await flush();
    process.exit();
  }
}
