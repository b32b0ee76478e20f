import { join } from 'node:path';
import { runCommand } from '@ard/cli';

/**
 * The command line for tests that need many commands: started once, it runs those that its parent sends, each in the
 * folder that it names. Both outputs of a command end with a zero byte and its exit code.
 */

export interface CliRequest {
  readonly args: readonly string[];
  readonly folder: string;
}

const home = process.cwd();

async function answer({ args, folder }: CliRequest): Promise<void> {
  process.chdir(folder);
  process.env.ARD_CACHE_DIR = join(folder, 'cache');
  process.env.XDG_DATA_HOME = join(folder, 'data-home');
  process.exitCode = undefined;
  await runCommand(args);
  const end = `\0${process.exitCode ?? 0}\n`;
  process.stdout.write(end);
  process.stderr.write(end);
  // whoever asked may remove its folder
  process.chdir(home);
}

process.on('message', (request) => void answer(request as CliRequest));
process.on('disconnect', () => process.exit());
