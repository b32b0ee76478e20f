import * as ort from 'onnxruntime-web/wasm';
import type { Site } from '../site.js';
import type { LossSlope } from './attack.js';
import { PageError } from './page-error.js';

// the runtime's program lies beside the page; one thread needs no special headers from the server
ort.env.wasm.wasmPaths = { wasm: new URL('runtime/ort-wasm-simd-threaded.wasm', document.baseURI).href };
ort.env.wasm.numThreads = 1;

let queue: Promise<unknown> = Promise.resolve();

/** The runtime takes one call after the other. */
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = queue.then(work);
  queue = result.catch(() => undefined);
  return result;
}

/** An ONNX file, from the site or from the visitor. */
export interface NetworkFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A student as the page uses it; images are `[channels, height, width]` in [0, 1]. */
export interface Student {
  readonly name: string;
  readonly shape: Site['shape'];
  readonly classNames: readonly string[];
  /** @returns logits, `[classes]` */
  classify(image: Float32Array): Promise<Float32Array>;
  /** By the pixels, of the cross-entropy with a label. */
  slope(image: Float32Array, label: number): Promise<LossSlope>;
  release(): Promise<void>;
}

/**
 * Loads what `ard export --set exporter.gradient=true` wrote: the classifier and its gradient, in any order, or the
 * gradient alone, which classifies as well.
 *
 * @param site tells the names of the classes, where their number is the same
 * @throws PageError for files that are no ONNX, or not these two
 */
export async function loadStudent(files: readonly NetworkFile[], site: Site): Promise<Student> {
  const sessions = new Map<'classifier' | 'gradient', ort.InferenceSession>();
  try {
    for (const file of files) {
      const session = await openSession(file);
      sessions.set(roleOf(session, file.name), session);
    }
    const gradient = sessions.get('gradient');
    if (!gradient) {
      throw new PageError(
        `${files.map(({ name }) => name).join(', ')}: the gradient is missing. Export it with` +
          ' "ard export RUN --set exporter.gradient=true" and choose both files.',
      );
    }
    return await studentOf(gradient, sessions.get('classifier') ?? gradient, files[0]!.name, site);
  } catch (error) {
    await Promise.all([...sessions.values()].map((session) => session.release()));
    throw error;
  }
}

async function openSession({ name, bytes }: NetworkFile): Promise<ort.InferenceSession> {
  try {
    return await inTurn(() => ort.InferenceSession.create(bytes, { logSeverityLevel: 4 }));
  } catch (error) {
    if (String(error).includes('no available backend')) {
      throw new PageError(
        'The runtime did not load: the folder runtime is missing on the server, or blocked.',
      );
    }
    throw new PageError(`${name} is no ONNX network that this page can run.`);
  }
}

function roleOf({ inputNames, outputNames }: ort.InferenceSession, file: string): 'classifier' | 'gradient' {
  const takes = [...inputNames].sort().join(' ');
  if (takes === 'images labels' && outputNames.includes('gradient')) return 'gradient';
  if (takes === 'images' && outputNames.includes('logits')) return 'classifier';
  throw new PageError(`${file} is an ONNX network, but none that "ard export" wrote.`);
}

async function studentOf(
  gradient: ort.InferenceSession,
  classifier: ort.InferenceSession,
  file: string,
  site: Site,
): Promise<Student> {
  const shape = imageShape(gradient, file);
  const dims = [1, shape.channels, shape.height, shape.width];
  const run = async (session: ort.InferenceSession, image: Float32Array, label: number) =>
    await inTurn(() =>
      session.run({
        images: new ort.Tensor('float32', image, dims),
        ...(session.inputNames.includes('labels')
          ? { labels: new ort.Tensor('int32', Int32Array.of(label), [1]) }
          : {}),
      }),
    );
  const values = (outputs: ort.InferenceSession.ReturnType, name: string): Float32Array =>
    outputs[name]!.data as Float32Array;
  const classify = async (image: Float32Array): Promise<Float32Array> =>
    values(await run(classifier, image, 0), 'logits');
  const classes = (await classify(new Float32Array(shape.channels * shape.height * shape.width))).length;
  return {
    name: file.replace(/(\.gradient)?\.onnx$/, ''),
    shape,
    classNames:
      classes === site.classNames.length
        ? site.classNames
        : Array.from({ length: classes }, (_, index) => `class ${index}`),
    classify,
    async slope(image, label) {
      const outputs = await run(gradient, image, label);
      return { logits: values(outputs, 'logits'), gradient: values(outputs, 'gradient') };
    },
    async release() {
      await inTurn(() => gradient.release());
      if (classifier !== gradient) await inTurn(() => classifier.release());
    },
  };
}

/** As the file states it, channels first. */
function imageShape({ inputMetadata }: ort.InferenceSession, file: string): Site['shape'] {
  const images = inputMetadata.find(({ name }) => name === 'images');
  const [, channels, height, width] = images?.isTensor ? images.shape : [];
  if (typeof height !== 'number' || typeof width !== 'number' || (channels !== 1 && channels !== 3)) {
    throw new PageError(
      `${file} takes no images of one or three channels first; export it with layout nchw.`,
    );
  }
  return { channels, height, width };
}
