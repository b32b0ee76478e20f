import { basename } from 'node:path';
import { findTeacher } from '../teachers/teacher-store.js';

/** A name for files about a network: `runs/x` is x, `a.safetensors` is a, a teacher of the store goes by its own. */
export function networkName(checkpoint: string): string {
  return findTeacher(checkpoint)?.name ?? basename(checkpoint).replace(/\.[a-z]+$/i, '');
}
