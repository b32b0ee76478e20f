import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder for the tests of the surrounding `describe`, removed afterwards. */
export function temporaryFolder(): () => string {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ard-data-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
