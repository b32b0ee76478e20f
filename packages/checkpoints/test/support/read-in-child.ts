/** A process of its own that reads the files named and prints what came of it, and the most memory it ever held. */
import { outlineCheckpoint, readCheckpoint } from '../../src/index.js';

const before = process.resourceUsage().maxRSS;
const results: { path: string; error: string; kind: string }[] = [];
for (const path of process.argv.slice(2)) {
  for (const read of [readCheckpoint, outlineCheckpoint]) {
    try {
      await read(path);
      results.push({ path, error: '', kind: 'read' });
    } catch (error) {
      results.push({ path, error: (error as Error).message, kind: (error as Error).name });
    }
  }
}
const grownBytes = (process.resourceUsage().maxRSS - before) * 1024;
process.stdout.write(JSON.stringify({ results, grownBytes }));
