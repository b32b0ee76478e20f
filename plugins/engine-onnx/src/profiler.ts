import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Gathers ONNX Runtime's profiles of all sessions of an engine. */
export interface Profiler {
  /** Where a session of a function shall write; its file name starts with this. */
  prefixFor(functionName: string): string;
  /** Reads the file that a session of a function has written. */
  collect(functionName: string, prefix: string): Promise<void>;
  /** The operators that took the most time, as a table; empty where nothing was collected. */
  table(): string;
  /** Removes the files, unless they were asked for. */
  close(): void;
}

interface Row {
  readonly functionName: string;
  readonly operator: string;
  readonly provider: string;
  calls: number;
  microseconds: number;
}

/** The part of a Chrome trace event that operators have. */
interface TraceEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly dur?: number;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

const shownRows = 15;

/** @param folder keeps the profiles there; without, they are temporary */
export function createProfiler(folder?: string): Profiler {
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const place = folder ?? mkdtempSync(join(tmpdir(), 'ard-profile-'));
  const rows = new Map<string, Row>();
  let sessions = 0;
  return {
    prefixFor: (functionName) => join(place, `${functionName}-${process.pid}-${sessions++}`),
    async collect(functionName, prefix) {
      // ONNX Runtime appends the date
      const file = (await readdir(place)).find((name) => name.startsWith(`${basename(prefix)}_`));
      if (file === undefined) return;
      const events = JSON.parse(await readFile(join(place, file), 'utf8')) as readonly TraceEvent[];
      for (const { cat, name, dur = 0, args = {} } of events) {
        if (cat !== 'Node' || !name?.endsWith('_kernel_time')) continue;
        const { op_name: operator = 'unknown', provider = '' } = args;
        const key = [functionName, operator, provider].join('|');
        const row = rows.get(key) ?? { functionName, operator, provider, calls: 0, microseconds: 0 };
        rows.set(key, row);
        row.calls++;
        row.microseconds += dur;
      }
    },
    table: () => asTable([...rows.values()]),
    close: () => {
      if (folder === undefined) rmSync(place, { recursive: true, force: true });
    },
  };
}

function asTable(rows: readonly Row[]): string {
  const total = rows.reduce((sum, { microseconds }) => sum + microseconds, 0);
  if (total === 0) return '';
  const sorted = [...rows].sort((a, b) => b.microseconds - a.microseconds);
  const cells = sorted
    .slice(0, shownRows)
    .map(({ functionName, operator, provider, calls, microseconds }) => [
      functionName,
      operator,
      provider.replace(/ExecutionProvider$/, ''),
      String(calls),
      (microseconds / 1000).toFixed(1),
      `${((100 * microseconds) / total).toFixed(1)} %`,
    ]);
  const rest = sorted.slice(shownRows);
  const restTime = rest.reduce((sum, { microseconds }) => sum + microseconds, 0);
  if (rest.length > 0)
    cells.push([
      `${rest.length} more`,
      '',
      '',
      '',
      (restTime / 1000).toFixed(1),
      `${((100 * restTime) / total).toFixed(1)} %`,
    ]);
  const all = [['function', 'operator', 'provider', 'calls', 'ms', 'share'], ...cells];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  return `Operators by time, ${(total / 1000).toFixed(1)} ms in all\n${lines.join('\n')}\n`;
}
