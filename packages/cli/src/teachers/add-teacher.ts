import { copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { outlineCheckpoint, readCheckpoint, toVariables, type CheckpointOutline } from '@ard/checkpoints';
import { ArdError, fileError, type Architecture, type ComponentChoice, type ImageShape } from '@ard/core';
import { makeFolder, type NamedComponent, type NetworkWithValues, type Registry } from '@ard/core/host';
import { download, fileDigest, parseChecksum, type DownloadProgress } from '@ard/download';
import { isOnnx, onnxModel } from '../run/checkpoint/is-onnx.js';
import { findArchitectures } from '../run/checkpoint/find-architectures.js';
import { modelName, modelNameText } from '../run/checkpoint/model-name.js';
import { chooseNetwork } from '../run/checkpoint/network-choice.js';
import { normalisationOptions, statedNormalisation } from '../run/checkpoint/normalisation.js';
import { checkpointFile } from '../run/student-file.js';
import { knownTeachers, type KnownTeacher } from './known-teachers.js';
import { findTeacher, storeFolder, teacherFolder, weightsPath, type StoredTeacher } from './teacher-store.js';

export interface Addition {
  /** File, run or address. */
  readonly source: string;
  readonly sha256?: string;
  readonly name?: string;
  /** Id of a published teacher that it must be. */
  readonly as?: string;
  /** Model by id or variant, and options, that the user gave. */
  readonly model?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly progress: (progress: DownloadProgress) => void;
  readonly signal: AbortSignal;
}

export interface Added {
  /** Not written yet. */
  readonly teacher: StoredTeacher;
  readonly known: KnownTeacher | undefined;
  readonly network: NetworkWithValues;
  readonly notes: readonly string[];
}

/**
 * Brings a file into the store, checks that it can be read and fits its model, and describes it.
 *
 * @throws ArdError when the hash is missing for an address or differs, when the file is damaged or fits no model, when
 *   another teacher has the name
 */
export async function addTeacher(addition: Addition, registry: Registry): Promise<Added> {
  const known = knownTeacher(addition.as);
  const name = teacherName(addition, known);
  const sha256 = await bring(addition);
  const other = findTeacher(name);
  if (other !== undefined && other.sha256 !== sha256) {
    throw new ArdError(
      `There is another teacher "${name}" in the store, with the hash ${other.sha256.slice(0, 12)}….`,
      {
        remedy: 'Give this one another name (--name), or remove the other one.',
      },
    );
  }
  const isNew = findTeacher(sha256) === undefined;
  try {
    return await describe({ addition, known, name, sha256 }, registry);
  } catch (error) {
    // what cannot be used is not kept
    if (isNew) rmSync(teacherFolder(sha256), { recursive: true, force: true });
    throw error;
  }
}

function knownTeacher(id: string | undefined): KnownTeacher | undefined {
  const known = knownTeachers.find((one) => one.id === id);
  if (id === undefined || known) return known;
  throw new ArdError(`"${id}" is no published teacher that ard knows.`, {
    remedy: `They are ${knownTeachers.map((one) => one.id).join(', ')}; \`ard teacher list --known\` describes them.`,
  });
}

function teacherName({ name, source }: Addition, known: KnownTeacher | undefined): string {
  const last = basename(isAddress(source) ? new URL(source).pathname : resolve(source));
  const given = name ?? known?.id ?? last.replace(/\.[a-z0-9]+$/i, '');
  const clean = given.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-');
  if (/[a-z]/.test(clean)) return clean;
  throw new ArdError(`"${given}" is no name for a teacher.`, {
    remedy: 'Give one with letters in it: --name NAME.',
  });
}

function isAddress(source: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(source);
}

/** @returns the hash */
async function bring({ source, sha256, progress, signal }: Addition): Promise<string> {
  const expected = sha256 === undefined ? undefined : parseChecksum(sha256, '--sha256');
  if (isAddress(source)) {
    if (expected === undefined) {
      throw new ArdError(`${source}: what comes from the network is loaded only when its hash is known.`, {
        remedy: 'Give --sha256, as the page of the file states it or somebody you trust.',
      });
    }
    await download({
      url: source,
      destination: weightsPath(expected.digest),
      checksum: expected,
      progress,
      signal,
    });
    return expected.digest;
  }
  const file = checkpointFile(source);
  const digest = await fileDigest(file);
  if (expected !== undefined && expected.digest !== digest) {
    throw new ArdError(`${file} has the sha256 ${digest}, expected ${expected.digest}.`, {
      remedy: 'It is another file, or it is damaged.',
    });
  }
  if (!existsSync(weightsPath(digest))) copyComplete(file, digest);
  return digest;
}

function copyComplete(file: string, digest: string): void {
  const temporary = join(teacherFolder(digest), `weights.${process.pid}.tmp`);
  try {
    makeFolder(teacherFolder(digest));
    copyFileSync(file, temporary);
    renameSync(temporary, weightsPath(digest));
  } catch (error) {
    throw fileError('write', storeFolder(), error);
  }
}

interface Brought {
  readonly addition: Addition;
  readonly known: KnownTeacher | undefined;
  readonly name: string;
  readonly sha256: string;
}

async function describe({ addition, known, name, sha256 }: Brought, registry: Registry): Promise<Added> {
  const path = weightsPath(sha256);
  if (isOnnx(path)) return await describeGraph({ addition, known, name, sha256 }, registry);
  const outline = await outlineCheckpoint(path);
  const stated = await statedNormalisation(path, outline);
  const { choice, notes, shape, classes } = await modelOf(
    { addition, known, name, sha256 },
    outline,
    registry,
  );
  const named = registry.get('model', choice.id, known ? `--as ${known.id}` : '--model');
  const options = {
    ...named.variant?.options,
    ...choice.options,
    ...normalisationOptions(stated, named.component),
    ...addition.options,
  };
  const values = parsedOptions(named, options);
  const model = ((await named.component.create(values)) as Architecture).build(shape, classes);
  const variables = toVariables(model, await readCheckpoint(path), addition.source);
  const { mean, std } = model.normalisation ?? { mean: [0], std: [1] };
  const origin =
    'mean' in addition.options
      ? 'user'
      : (stated?.origin ?? (mean.every((value) => value === 0) ? 'nobody stated one' : 'model'));
  const teacher: StoredTeacher = {
    ...fileFacts(addition, name, sha256),
    format: outline.format,
    model: { id: named.component.id, options: values },
    modelName: modelNameText(modelName(named.component, values)),
    classes: model.classes,
    normalisation: { mean, std, origin },
    ...(known === undefined ? {} : { knownAs: known.id }),
  };
  return { teacher, known, network: { model, variables }, notes };
}

/** A file that brings its graph; it has to say which images it is for. */
async function describeGraph({ addition, known, name, sha256 }: Brought, registry: Registry): Promise<Added> {
  const { source, options } = addition;
  if (known !== undefined) {
    throw new ArdError(`${source} is an ONNX model, and ${known.id} was published for PyTorch.`, {
      remedy: 'Leave --as out; what is known of the published file does not hold for it.',
    });
  }
  const path = weightsPath(sha256);
  const named = registry.get('model', onnxModel, '--model');
  const values = parsedOptions(named, options);
  const architecture = (await named.component.create(values)) as Architecture;
  const { format, images, classes } = await architecture.outline!(path);
  if (images === undefined || classes === undefined) {
    throw new ArdError(`${source} does not say for which images and classes it is.`, {
      remedy: 'Export it with fixed height and width, or name the file itself: --teacher FILE.',
    });
  }
  const network = await architecture.load!(path, images, classes);
  const { mean, std } = network.model.normalisation ?? { mean: [0], std: [1] };
  const teacher: StoredTeacher = {
    ...fileFacts(addition, name, sha256),
    format,
    model: { id: named.component.id, options: values },
    modelName: modelNameText(modelName(named.component, values)),
    classes,
    normalisation: { mean, std, origin: 'mean' in options ? 'user' : 'beside that of the graph' },
  };
  return { teacher, known, network, notes: [] };
}

function parsedOptions(
  { name, component }: NamedComponent,
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const parsed = component.options.safeParse(options);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const [issue] = parsed.error.issues;
  throw new ArdError(`${name}: ${issue!.path.join('.')}: ${issue!.message}.`, {
    remedy: `\`ard show ${name}\` lists the options.`,
  });
}

function fileFacts(
  { source }: Addition,
  name: string,
  sha256: string,
): Pick<StoredTeacher, 'name' | 'sha256' | 'bytes' | 'source' | 'addedAt'> {
  return {
    name,
    sha256,
    bytes: statSync(weightsPath(sha256)).size,
    source: isAddress(source) ? withoutPassword(source) : resolve(source),
    addedAt: new Date().toISOString(),
  };
}

async function modelOf(
  { addition, known, sha256 }: Brought,
  outline: CheckpointOutline,
  registry: Registry,
): Promise<{
  readonly choice: ComponentChoice & { readonly id: string };
  readonly notes: readonly string[];
  readonly shape: ImageShape;
  readonly classes: number;
}> {
  if (known !== undefined)
    return { choice: known.model, notes: [], shape: known.shape, classes: known.classes };
  const checkpoint = weightsPath(sha256);
  const { model: id, options, source } = addition;
  const chosen = await chooseNetwork(
    { checkpoint, slot: 'teacher', ...(id === undefined ? {} : { id }), options },
    registry,
  );
  const wanted = registry.get('model', id ?? chosen.choice.id!).component;
  const fit = (await findArchitectures(outline, registry)).find(({ component }) => component === wanted);
  if (fit?.classes === undefined || fit.shapes[0] === undefined) {
    throw new ArdError(`${source} does not fit ${id ?? chosen.choice.id}.`, {
      remedy: `\`ard inspect ${source}\` shows what it holds.`,
    });
  }
  const given = { ...fit.options, ...chosen.choice.options };
  return {
    choice: {
      id: wanted.id,
      options: { ...given, ...(id === undefined ? {} : registry.get('model', id).variant?.options) },
    },
    notes: chosen.notes.map((note) => note.replaceAll(checkpoint, source)),
    shape: fit.shapes[0],
    classes: fit.classes,
  };
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}
