import type { ComponentKind, ComponentTypes, Plugin } from '@ard/core';

/** A component of a plugin, with its default options but for those given. */
export async function makeComponent<Kind extends ComponentKind>(
  plugin: Plugin,
  kind: Kind,
  id: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<ComponentTypes[Kind]> {
  const component = plugin.components.find((one) => one.kind === kind && one.id === id)!;
  return (await component.create(component.options.parse(options))) as ComponentTypes[Kind];
}
