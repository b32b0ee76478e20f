import { spawn } from 'node:child_process';
import { ArdError } from '@ard/core';

/**
 * Runs npm in a folder, without audit, install scripts and other noise.
 *
 * @throws ArdError with npm's own reason; when there is no npm
 */
export async function npm(args: readonly string[], folder: string): Promise<void> {
  // npm is a script there, which only a shell starts
  const shell = process.platform === 'win32';
  const flags = ['--prefix', '.', '--no-audit', '--no-fund', '--ignore-scripts'];
  const words = [...args, ...flags].map((word) => (shell ? `"${word}"` : word));
  const errors: Buffer[] = [];
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn('npm', words, { cwd: folder, shell, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (data: Buffer) => errors.push(data));
    child.on('error', (cause) =>
      reject(
        new ArdError(`npm cannot be started: ${cause.message}`, {
          remedy: 'Install npm; it comes with Node.',
          cause,
        }),
      ),
    );
    child.on('close', resolve);
  });
  if (code !== 0) throw new ArdError(`npm: ${reasonOf(Buffer.concat(errors).toString())}`);
}

/** npm's first line that says what was wrong; a line "code E404" says nothing to people. */
function reasonOf(text: string): string {
  const lines = text
    .split('\n')
    .flatMap((line) => /^npm (?:error|ERR!) (.*)$/.exec(line)?.[1] ?? [])
    .filter((line) => !/^(code|errno|syscall|path) /.test(line));
  return lines[0] ?? 'it failed without a reason.';
}
