import type { Composition, LoadedPlugin } from '@ard/core/host';

/** Plugins that bring a part of the run, in the order of the parts. */
export function usedPlugins({ config, unused }: Composition): readonly LoadedPlugin[] {
  const parts = Object.values(config.components).filter((part) => !unused.includes(part));
  return [...new Set(parts.map(({ named }) => named.from))];
}
