import { fittingArchitectures, type CheckpointOutline } from '@ard/checkpoints';
import type { Component, ComponentChoice, ImageShape } from '@ard/core';
import type { Registry } from '@ard/core/host';
import { modelName, type ModelName } from './model-name.js';

/** A model that a checkpoint may be of. */
export interface FoundArchitecture {
  readonly component: Component;
  readonly options: Readonly<Record<string, unknown>>;
  readonly usual: ModelName;
  /** Whether the file says so itself, as files of ard do. */
  readonly stated: boolean;
  /** What names and shapes do not tell. */
  readonly assumed: string | undefined;
  /** Undefined where the file states its model and nothing was compared. */
  readonly classes: number | undefined;
  readonly parameters: number | undefined;
  readonly shapes: readonly ImageShape[];
}

/** Under this key files of ard state their model. */
export const architectureKey = 'ard.architecture';

/**
 * The models that a checkpoint may be of, likeliest first: the one that it states, or those that its names and shapes
 * fit exactly, among all registered ones.
 */
export async function findArchitectures(
  outline: CheckpointOutline,
  registry: Registry,
): Promise<readonly FoundArchitecture[]> {
  const components = registry.list('model').map(({ component }) => component);
  const shapes = new Map(outline.tensors.map(({ name, shape }) => [name, shape]));
  const fits = (await fittingArchitectures(components, shapes)).map(
    ({ component, options, assumed, model, shapes: images }): FoundArchitecture => ({
      component,
      options,
      usual: modelName(component, options),
      stated: false,
      assumed,
      classes: model.classes,
      parameters: model.variables
        .filter(({ kind }) => kind === 'parameter')
        .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0),
      shapes: images,
    }),
  );
  const stated = statedArchitecture(outline, registry);
  if (stated === undefined) return fits;
  const fit = fits.find(({ component }) => component === stated.component);
  return [{ ...stated, classes: fit?.classes, parameters: fit?.parameters, shapes: fit?.shapes ?? [] }];
}

function statedArchitecture(
  { metadata }: CheckpointOutline,
  registry: Registry,
): Pick<FoundArchitecture, 'component' | 'options' | 'usual' | 'stated' | 'assumed'> | undefined {
  const text = metadata[architectureKey];
  if (text === undefined) return undefined;
  const { id, options = {} } = JSON.parse(text) as ComponentChoice;
  const { component } = registry.get('model', id!, 'the checkpoint');
  return { component, options, usual: modelName(component, options), stated: true, assumed: undefined };
}
