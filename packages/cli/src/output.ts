/** Where a command's words go. */
export interface Output {
  /** Remarks while it runs: standard output, or standard error when that is taken by JSON. */
  say(line: string): void;
  /** The result: text for people, or JSON for programs. */
  result(text: string, json: unknown): void;
  /** Whether progress is shown (on standard error). */
  readonly progress: boolean;
}

export function createOutput(flags: { readonly json?: boolean; readonly quiet?: boolean }): Output {
  const { json = false, quiet = false } = flags;
  return {
    say(line) {
      if (!quiet) (json ? process.stderr : process.stdout).write(`${line}\n`);
    },
    result(text, value) {
      process.stdout.write(json ? `${JSON.stringify(value, undefined, 2)}\n` : `${text}\n`);
    },
    progress: !quiet,
  };
}
