import type {
  Architecture,
  Component,
  ComponentKind,
  ComponentTypes,
  Engine,
  Model,
  Plugin,
} from '@ard/core';
import onnx from '@ard/plugin-engine-onnx';
import mobilenets from '@ard/plugin-models-mobilenet';
import preactResnets from '@ard/plugin-models-preact-resnet';
import resnets from '@ard/plugin-models-resnet';

export const modelPlugins: readonly Plugin[] = [resnets, mobilenets, preactResnets];

/** A component of these plugins by its id or `id:variant`, with options above its defaults. */
export async function makeComponent<Kind extends ComponentKind>(
  plugins: readonly Plugin[],
  kind: Kind,
  name: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<ComponentTypes[Kind]> {
  const candidates = plugins.flatMap((plugin) => plugin.components).filter((one) => one.kind === kind);
  for (const component of candidates as unknown as Component<Kind>[]) {
    const variants = Object.entries(component.variants ?? {});
    const variant = variants.find(([id]) => id === name || `${component.id}:${id}` === name)?.[1];
    if (!variant && component.id !== name) continue;
    return await component.create(component.options.parse({ ...variant?.options, ...options }));
  }
  throw new Error(`no ${kind} is called ${name}`);
}

export async function makeModel(
  name: string,
  size: number,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Model> {
  const architecture: Architecture = await makeComponent(modelPlugins, 'model', name, options);
  return architecture.build({ height: size, width: size, channels: 3 }, 10);
}

export async function makeEngine(options: Readonly<Record<string, unknown>>): Promise<Engine> {
  return await makeComponent([onnx], 'engine', 'onnx', options);
}
