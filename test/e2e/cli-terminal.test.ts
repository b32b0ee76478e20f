import { expect } from 'chai';
import { execFileSync } from 'node:child_process';

const module = new URL('../../../packages/cli/dist/src/text/terminal.js', import.meta.url).href;

/** What a process with this standard output and environment takes its terminal for. */
function terminalOf(stdout: object, environment: Record<string, string>): unknown {
  const code =
    `for (const [name, value] of Object.entries(${JSON.stringify(stdout)}))` +
    ' Object.defineProperty(process.stdout, name, { value });' +
    ` import('${module}').then(({ terminal }) => console.log(JSON.stringify(terminal())));`;
  const answer = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    env: { TERM: 'xterm', ...environment },
  });
  return JSON.parse(answer.toString());
}

describe('the terminal', () => {
  it('has colours and a width', () => {
    expect(terminalOf({ isTTY: true, columns: 60 }, {})).to.deep.equal({ colour: true, width: 60 });
  });

  it('has no colours where NO_COLOR or TERM=dumb say so', () => {
    const environments: Record<string, string>[] = [{ NO_COLOR: '1' }, { TERM: 'dumb' }];
    for (const environment of environments) {
      expect(terminalOf({ isTTY: true, columns: 0 }, environment)).to.deep.equal({ colour: false });
    }
  });

  it('has neither when it is a pipe, in continuous integration too', () => {
    expect(terminalOf({}, { CI: 'true' })).to.deep.equal({ colour: false });
  });
});
