import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commands } from '@ard/cli';

/** The record stands beside this file's source. */
const record = fileURLToPath(new URL('../../e2e/cli-surface.txt', import.meta.url));

interface Flag {
  readonly char?: string;
  readonly type: string;
  readonly multiple?: boolean;
}

/** Every command with its arguments and flags, one line each. */
function surface(): string {
  const lines = Object.entries(commands).flatMap(([name, command]) => {
    const args = Object.entries((command as { args?: Record<string, { required?: boolean }> }).args ?? {});
    const flags = Object.entries(command.flags as unknown as Record<string, Flag>);
    return [
      `ard ${name.replace(':', ' ')}${args.map(([arg, { required }]) => (required ? ` <${arg}>` : ` [${arg}]`)).join('')}`,
      ...flags
        .map(([flag, { char, type, multiple }]) => {
          const short = char === undefined ? '' : ` -${char}`;
          return `  --${flag}${short}${type === 'boolean' ? '' : ' <value>'}${multiple ? ' (repeated)' : ''}`;
        })
        .sort(),
    ];
  });
  return `${lines.join('\n')}\n`;
}

describe('command surface', () => {
  // scripts of users hang on these names: a change needs a reviewer who sees it in this file's record
  it('is the one on record (ARD_RECORD_SURFACE=1 records it anew)', () => {
    if (process.env.ARD_RECORD_SURFACE) writeFileSync(record, surface());
    expect(surface()).to.equal(readFileSync(record, 'utf8'));
  });
});
