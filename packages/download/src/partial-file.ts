import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';

/** What a server said about the content that was begun; tells whether it still serves the same. */
export interface Validators {
  readonly url: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

/** The bytes received so far, beside the destination, with what is needed to go on after any interruption. */
export interface PartialFile {
  readonly path: string;
  /** Bytes there. */
  size(): Promise<number>;
  /** The validators written last, undefined when there are none or they are of another address. */
  validators(): Promise<Validators | undefined>;
  setValidators(validators: Validators): Promise<void>;
  /** Forgets everything received. */
  discard(): Promise<void>;
  /** Makes it the destination, durably and at once. */
  finish(): Promise<void>;
}

export function partialFile(destination: string, url: string): PartialFile {
  const path = `${destination}.part`;
  const notes = `${path}.json`;
  return {
    path,
    size: async () => (await stat(path).catch(() => undefined))?.size ?? 0,
    async validators() {
      try {
        const parsed = JSON.parse(await readFile(notes, 'utf8')) as Validators;
        return parsed.url === url ? parsed : undefined;
      } catch {
        return undefined; // none, or half of it after a crash
      }
    },
    setValidators: async (validators) => writeFile(notes, JSON.stringify(validators)),
    async discard() {
      await rm(path, { force: true });
      await rm(notes, { force: true });
    },
    async finish() {
      const file = await open(path, 'r+');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(path, destination);
      await rm(notes, { force: true });
    },
  };
}
