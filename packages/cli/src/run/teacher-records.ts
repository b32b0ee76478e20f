import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ArdError, type TeacherRole } from '@ard/core';
import type { Composition } from '@ard/core/host';
import { fileDigest } from '@ard/download';
import { modelName, modelNameText } from './checkpoint/model-name.js';
import { findTeacher, type StoredTeacher } from '../teachers/teacher-store.js';
import { checkpointFile } from './student-file.js';

/** Which teacher a run learned from: enough to find it again, and to notice another one. */
export interface TeacherRecord {
  readonly sha256: string;
  /** As the user gave it, or the folder of the one that was trained first. */
  readonly checkpoint: string;
  readonly model: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** What the teacher store knows of it. */
  readonly store?: StoredTeacher;
}

export type TeacherRecords = Partial<Record<TeacherRole, TeacherRecord>>;

/** @param checkpoints files or folders that the teachers were loaded from */
export async function teacherRecords(
  { config }: Composition,
  checkpoints: Readonly<Partial<Record<TeacherRole, string>>>,
): Promise<TeacherRecords> {
  const records: TeacherRecords = {};
  for (const [role, checkpoint] of Object.entries(checkpoints) as [TeacherRole, string][]) {
    const { named, values } = config.components[role]!;
    const sha256 = await fileDigest(checkpointFile(checkpoint));
    const store = findTeacher(sha256);
    records[role] = {
      sha256,
      checkpoint: checkpoint.startsWith('sha256:') ? checkpoint : resolve(checkpoint),
      model: modelNameText(modelName(named.component, values)),
      options: values,
      ...(store === undefined ? {} : { store }),
    };
  }
  return records;
}

/**
 * A resumed run must go on with the teachers it began with.
 *
 * @throws ArdError when the hash of one differs
 */
export function checkTeachers(directory: string, records: TeacherRecords): void {
  const lock = join(directory, 'plugins.lock.json');
  const { teachers = {} } = (existsSync(lock) ? JSON.parse(readFileSync(lock, 'utf8')) : {}) as {
    readonly teachers?: TeacherRecords;
  };
  for (const [role, { sha256, checkpoint }] of Object.entries(records) as [TeacherRole, TeacherRecord][]) {
    const before = teachers[role];
    if (before === undefined || before.sha256 === sha256) continue;
    throw new ArdError(
      `${checkpoint} is not the ${role} that this run began with: its hash is ${sha256}, it was ${before.sha256}.`,
      {
        remedy: 'Put the former file back, or start a new run.',
      },
    );
  }
}
