import type { Architecture, Component, ImageShape, Model, TensorShapes } from '@ard/core';
import { differencesOf } from './differences-of.js';
import { normalisationTensors } from './normalisation-tensors.js';
import { withoutPrefix, wrapperPrefixes } from './wrapper-prefix.js';

/** A model that has exactly the names and shapes of a checkpoint. */
export interface Fit {
  readonly component: Component;
  /** Those that names and shapes determine; the others keep their defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What they leave open and was taken for granted. */
  readonly assumed: string | undefined;
  readonly model: Model;
  /** Sizes of images, of those tried, that it fits; several when the network pools globally. */
  readonly shapes: readonly ImageShape[];
}

/** Different outputs of linear layers; a file with more is none of our networks, and would take its time. */
const mostLinearWidths = 64;

/** Heights and widths that are tried where the images are not known. */
const usualSizes = [32, 28, 64] as const;

/**
 * The models whose names and shapes are those of a checkpoint, likeliest first. Components that recognise checkpoints
 * propose options; of others the variants are tried. Nothing is loaded; only what fits everywhere is returned.
 *
 * @param tensors names and shapes as in the file
 * @param images their shape, where it is known
 */
export async function fittingArchitectures(
  components: readonly Component[],
  tensors: TensorShapes,
  images?: ImageShape,
): Promise<readonly Fit[]> {
  const found = withoutWrapper(tensors);
  const fits: Fit[] = [];
  for (const component of components) {
    for (const { options, assumed } of proposals(component, found)) {
      const architecture = await instance(component, options);
      const built = architecture === undefined ? [] : candidates(architecture, found, images);
      const [first] = built;
      if (first === undefined) continue;
      // a channel count and a class count fit alone; sizes may be several
      const shapes = built.filter(({ classes }) => classes === first.classes).map(({ shape }) => shape);
      fits.push({ component, options, assumed, model: first, shapes });
    }
  }
  return fits;
}

/** What a checkpoint calls its tensors when wrappers and normalisation are taken off. */
function withoutWrapper(tensors: TensorShapes): Map<string, readonly number[]> {
  const found = withoutPrefix(tensors, wrapperPrefixes([...tensors.keys()]).at(-1)!);
  for (const name of normalisationTensors(found) ?? []) found.delete(name);
  return found;
}

function proposals(
  component: Component,
  found: TensorShapes,
): readonly { readonly options: Readonly<Record<string, unknown>>; readonly assumed: string | undefined }[] {
  if (component.recognise) {
    return component.recognise(found).map(({ options, assumed }) => ({ options, assumed }));
  }
  const variants = Object.values(component.variants ?? {}).map(({ options }) => options);
  // a variant may say what the defaults say
  const distinct = new Map(
    [{}, ...variants].map((options) => [JSON.stringify(component.options.safeParse(options).data), options]),
  );
  return [...distinct.values()].map((options) => ({ options, assumed: undefined }));
}

async function instance(
  component: Component,
  options: Readonly<Record<string, unknown>>,
): Promise<Architecture | undefined> {
  const parsed = component.options.safeParse(options);
  return parsed.success ? ((await component.create(parsed.data)) as Architecture) : undefined;
}

/** Models without a difference, over the numbers of channels and classes that tensors suggest. */
function candidates(
  architecture: Architecture,
  found: TensorShapes,
  images: ImageShape | undefined,
): readonly Model[] {
  const shapes = [...found.values()];
  const channels = [1, 3].filter((count) => shapes.some((shape) => shape.length === 4 && shape[1] === count));
  const classes = [...new Set(shapes.filter(({ length }) => length === 2).map(([outputs]) => outputs!))];
  if (classes.length > mostLinearWidths) return [];
  const sizes: readonly ImageShape[] = images
    ? [images]
    : channels.flatMap((count) => usualSizes.map((size) => ({ height: size, width: size, channels: count })));
  return sizes.flatMap((shape) =>
    classes.flatMap((count) => {
      const model = built(architecture, shape, count);
      return model !== undefined && differencesOf(model, found).length === 0 ? [model] : [];
    }),
  );
}

/** Not every size suits every network. */
function built(architecture: Architecture, shape: ImageShape, classes: number): Model | undefined {
  try {
    return architecture.build(shape, classes);
  } catch {
    return undefined;
  }
}
