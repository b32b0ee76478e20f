import type { Architecture, ImageShape, Model, Plugin } from '@ard/core';

/**
 * Builds a model as a run would: by component id and the options that a user wrote.
 *
 * @throws when the plugin has no model of that id, or its schema refuses the options
 */
export async function buildModel(
  plugin: Plugin,
  id: string,
  options: Readonly<Record<string, unknown>>,
  shape: ImageShape,
  classes: number,
): Promise<Model> {
  const component = plugin.components.find((one) => one.kind === 'model' && one.id === id);
  if (component === undefined) throw new Error(`the plugin ${plugin.name} has no model ${id}`);
  const architecture = (await component.create(component.options.parse(options))) as Architecture;
  return architecture.build(shape, classes);
}

/** Numbers that are trained, as papers count them. */
export function parameterCount({ variables }: Pick<Model, 'variables'>): number {
  return variables
    .filter(({ kind }) => kind === 'parameter')
    .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
}
