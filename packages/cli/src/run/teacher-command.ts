import { createEngine, createInstance, resolveConfig } from '@ard/core/host';
import { formatCount, formatPercent } from '@ard/report';
import { pluginLookup } from '../bundled-plugins.js';
import type { CompositionFlags } from '../composition-flags.js';
import { defaultConfig } from '../default-config.js';
import { flagLayers } from '../flag-layers.js';
import { openPlugins } from '../open-plugins.js';
import { createOutput, type Output } from '../output.js';
import { addTeacher, type Added } from '../teachers/add-teacher.js';
import { cleanAccuracy } from '../teachers/clean-accuracy.js';
import { knownTeachers, type KnownTeacher } from '../teachers/known-teachers.js';
import {
  findTeacher,
  getTeacher,
  listTeachers,
  removeTeacher,
  storeFolder,
  weightsPath,
  writeTeacher,
  type StoredTeacher,
} from '../teachers/teacher-store.js';
import { columns } from '../text/columns.js';
import { sizeText } from '../text/size-text.js';
import { limitSamples } from '@ard/data';
import { stopOnSignals } from './stop-on-signals.js';

export interface TeacherAddFlags extends CompositionFlags {
  readonly sha256?: string;
  readonly name?: string;
  readonly as?: string;
  readonly model?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** `ard teacher add`. */
export async function addTeacherCommand(source: string, flags: TeacherAddFlags): Promise<void> {
  const output = createOutput(flags);
  const { registry } = await openPlugins(pluginLookup(process.cwd()), flags.plugin);
  const layers = [
    { origin: 'default', config: { engine: defaultConfig.engine! } },
    ...flagLayers(flags, ['teacher', 'dataset', 'engine']),
  ];
  const options = Object.assign(
    {},
    ...layers.map(({ config }) => (config as { teacher?: { options?: object } }).teacher?.options),
  ) as object;
  const stop = stopOnSignals(() => output.say('Stopping …'));
  try {
    const { sha256, name, as, model } = flags;
    const added = await addTeacher(
      {
        source,
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(name === undefined ? {} : { name }),
        ...(as === undefined ? {} : { as }),
        ...(model === undefined ? {} : { model }),
        options: { ...options },
        signal: stop.signal,
        progress: showDownload(output),
      },
      registry,
    );
    for (const note of added.notes) output.say(note);
    const { dataset, engine } = (
      await resolveConfig(
        layers.map(
          ({
            origin,
            config: { teacher: _, ...config },
          }: {
            origin: string;
            config: { teacher?: unknown };
          }) => ({ origin, config }),
        ),
        registry,
      )
    ).components;
    const measured =
      dataset === undefined
        ? undefined
        : await measure(added, await (await createInstance('dataset', dataset)).load('test'), flags, engine!);
    const kept = measured ?? measuredBefore(added.teacher);
    const teacher: StoredTeacher = { ...added.teacher, ...(kept === undefined ? {} : { measured: kept }) };
    writeTeacher(teacher);
    const verdict = accuracyLines(teacher, added.known);
    output.result(
      [teacherText(teacher), '', ...verdict, `Use it: --teacher ${teacher.name}`].join('\n'),
      teacher,
    );
  } finally {
    stop.release();
  }
}

/** Adding a teacher again, the same network, does not lose what is known of it. */
function measuredBefore({ sha256, model }: StoredTeacher): StoredTeacher['measured'] {
  const before = findTeacher(sha256);
  // as files have it, without options that are undefined
  return JSON.stringify(before?.model) === JSON.stringify(model) ? before?.measured : undefined;
}

async function measure(
  { network }: Added,
  all: Parameters<typeof cleanAccuracy>[2],
  flags: TeacherAddFlags,
  engine: Parameters<typeof createEngine>[0],
): Promise<NonNullable<StoredTeacher['measured']>> {
  const images = flags['test-samples'] === undefined ? all : limitSamples(all, flags['test-samples']);
  const running = await createEngine(engine);
  try {
    return {
      cleanAccuracy: await cleanAccuracy(running, network, images),
      images: images.count,
      data: images.source,
      fingerprint: images.fingerprint,
    };
  } finally {
    await running.dispose();
  }
}

/** What the measured accuracy says about a published teacher. */
function accuracyLines(
  { measured, name }: StoredTeacher,
  known: KnownTeacher | undefined,
): readonly string[] {
  if (measured === undefined) {
    return [
      `Its accuracy is not checked${known === undefined ? '' : ` (published: ${known.clean} %)`}: repeat with --dataset and --data-dir, or run \`ard evaluate ${name}\`.`,
    ];
  }
  const share = measured.cleanAccuracy;
  const text = `Clean accuracy ${formatPercent(share)} % of ${formatCount(measured.images)} images`;
  if (known === undefined) return [`${text}.`];
  const expected = known.clean / 100;
  // three standard errors of so many images, and half a point for other arithmetic
  const allowed = 3 * Math.sqrt((expected * (1 - expected)) / measured.images) + 0.005;
  return Math.abs(share - expected) <= allowed
    ? [`${text}, as published (${known.clean} %).`]
    : [
        `WARNING: ${text}, but ${known.clean} % are published: these are other weights, other images, or another normalisation.`,
      ];
}

function showDownload(output: Output): (progress: { received: number; total: number | undefined }) => void {
  if (!output.progress) return () => undefined;
  let shown = -1;
  return ({ received, total }) => {
    const step = Math.floor(total === undefined ? received / 1e7 : (20 * received) / total);
    if (step === shown) return;
    shown = step;
    const of = total === undefined ? '' : ` of ${formatCount(Math.round(total / 1e6))}`;
    process.stderr.write(`${formatCount(Math.round(received / 1e6))}${of} MB\n`);
  };
}

/** `ard teacher list`. */
export function listTeachersCommand(flags: { readonly known?: boolean; readonly json?: boolean }): void {
  const output = createOutput(flags);
  if (flags.known) {
    const rows = knownTeachers.map(({ id, data, model, clean, autoAttack, source, usedBy }) => [
      id,
      data,
      model.options === undefined ? model.id : `${model.id} …`,
      `clean ${clean} %`,
      autoAttack === undefined ? '' : `AA ${autoAttack} %`,
      `${source}${usedBy === undefined ? '' : `; used by ${usedBy}`}`,
    ]);
    output.result(
      `${columns(rows)}\n\nBring the file, and it is checked: ard teacher add FILE --as NAME --dataset … --data-dir …`,
      knownTeachers,
    );
    return;
  }
  const teachers = listTeachers();
  const rows = teachers.map(({ name, sha256, bytes, modelName, classes, measured }) => [
    name,
    sha256.slice(0, 12),
    sizeText(bytes),
    `${classes} classes`,
    measured === undefined ? 'not measured' : `clean ${formatPercent(measured.cleanAccuracy)} %`,
    modelName,
  ]);
  output.result(
    rows.length === 0
      ? `No teachers in ${storeFolder()} yet; \`ard teacher add FILE\` brings one.`
      : columns(rows),
    teachers,
  );
}

/** `ard teacher show`. */
export function showTeacherCommand(name: string, flags: { readonly json?: boolean }): void {
  const teacher = getTeacher(name);
  createOutput(flags).result(teacherText(teacher), { ...teacher, path: weightsPath(teacher.sha256) });
}

/** `ard teacher remove`. */
export function removeTeacherCommand(name: string, flags: { readonly json?: boolean }): void {
  const teacher = getTeacher(name);
  removeTeacher(teacher);
  createOutput(flags).result(`Removed ${teacher.name} (${teacher.sha256}).`, teacher);
}

function teacherText(teacher: StoredTeacher): string {
  const { mean, std, origin } = teacher.normalisation;
  return columns([
    ['name', teacher.name],
    ['sha256', teacher.sha256],
    ['source', teacher.source],
    ['added', teacher.addedAt],
    ['file', `${weightsPath(teacher.sha256)} (${teacher.format}, ${formatCount(teacher.bytes)} bytes)`],
    ['model', `${teacher.modelName}, ${teacher.classes} classes`],
    ['normalisation', `mean [${mean.join(', ')}], std [${std.join(', ')}] (${origin})`],
    ...(teacher.knownAs === undefined ? [] : [['published as', teacher.knownAs]]),
    ...(teacher.measured === undefined
      ? []
      : [['clean accuracy', `${formatPercent(teacher.measured.cleanAccuracy)} %, ${teacher.measured.data}`]]),
  ]);
}
