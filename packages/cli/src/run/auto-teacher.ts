import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { presetLayers, plainConfig, type Composition, type ConfigLayer } from '@ard/core/host';
import { pluginLookup } from '../bundled-plugins.js';
import { defaultConfig } from '../default-config.js';
import { openPlugins } from '../open-plugins.js';
import { autoTeacher, autoTeacherPlugin, quickStartOrigin } from '../quick-start.js';
import { cacheFolder } from '../user-folders.js';
import type { RunData } from './load-data.js';
import { pluginsLock } from './plugins-lock.js';
import { usedPlugins } from './used-plugins.js';
import { studentPath } from './student-file.js';
import type { TrainingJob } from './train-student.js';

/** Title of its training in the progress. */
export const teacherTitle = 'teacher';

/** A teacher that ard trains itself: what trains it, and where it is kept. */
export interface AutoTeacher {
  readonly composition: Composition;
  readonly directory: string;
  /** Whether it has been trained before. */
  readonly cached: boolean;
}

/**
 * Plans the teacher for `--teacher auto`: adversarial training on the same data. Its folder is named by a hash of
 * everything that determines it, so another data set, setting or plugin version is another teacher.
 */
export async function planAutoTeacher(student: Composition, data: RunData): Promise<AutoTeacher> {
  const plugins = await openPlugins(pluginLookup(process.cwd()), [autoTeacherPlugin]);
  const composition = await plugins.composer.compose([
    { origin: 'default', config: defaultConfig },
    ...presetLayers(plugins.presets),
    { origin: '--teacher auto', config: autoTeacher },
    ...sharedLayers(student),
  ]);
  const determinants = {
    config: plainConfig(composition.config),
    images: data.images.fingerprint,
    plugins: pluginsLock(usedPlugins(composition)),
  };
  const key = createHash('sha256').update(JSON.stringify(determinants)).digest('hex').slice(0, 16);
  const directory = join(cacheFolder(), 'teachers', key);
  return { composition, directory, cached: existsSync(studentPath(directory)) };
}

/** What teacher and student have in common. */
function sharedLayers({ config }: Composition): readonly ConfigLayer[] {
  const { dataset, engine } = config.components;
  const { trainSamples, testSamples, epochs } = config.training.values;
  // outside the quick start nobody has tuned anything, and the student's length is the best guess
  const isQuickStart = dataset!.origin === quickStartOrigin;
  return [
    {
      origin: 'student',
      config: {
        dataset: { id: dataset!.named.component.id, options: dataset!.values },
        engine: { id: engine!.named.component.id, options: engine!.values },
        training: {
          ...(trainSamples === undefined ? {} : { trainSamples }),
          ...(testSamples === undefined ? {} : { testSamples }),
          ...(isQuickStart ? {} : { epochs }),
        },
      },
    },
  ];
}

/**
 * Trains the teacher unless it is there already; one that was interrupted goes on where it was.
 *
 * @returns the folder of its run, or undefined when it was stopped again
 */
export async function provideAutoTeacher(
  job: TrainingJob,
  data: RunData,
  trainStudent: (job: TrainingJob) => Promise<{ readonly stopped: boolean }>,
): Promise<string | undefined> {
  const teacher = await planAutoTeacher(job.composition, data);
  if (teacher.cached) {
    job.output.say(`Teacher: trained before, from ${teacher.directory}`);
    return teacher.directory;
  }
  const begun = existsSync(join(teacher.directory, 'config.json'));
  job.output.say(`Teacher: ${begun ? 'going on with' : 'training'} one first, kept in ${teacher.directory}`);
  const { stopped } = await trainStudent({
    ...job,
    composition: teacher.composition,
    pluginNames: [autoTeacherPlugin],
    directory: teacher.directory,
    resume: begun,
    title: teacherTitle,
  });
  return stopped ? undefined : teacher.directory;
}
