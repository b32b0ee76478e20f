import { flush } from '@oclif/core/flush';
import { runCommand } from './run-command.js';

/** The whole program. */
export async function main(argv: readonly string[]): Promise<void> {
  const ended = await runCommand(argv);
  await flush();
  // compiled graphs may keep worker threads alive after a failure
  if (!ended) process.exit();
}
