import type { Composition, LoadedPlugin, Registry, ResolvedConfig } from '@ard/core/host';

/** Plugins that bring a part of the run, in the order of the parts. */
export function usedPlugins({ config, unused }: Composition): readonly LoadedPlugin[] {
  const parts = Object.values(config.components).filter((part) => !unused.includes(part));
  return [...new Set(parts.map(({ named }) => named.from))];
}

/** Plugins that bring the network, the images, the engine, and what the network is attacked with. */
export function pluginsOfEvaluation(
  { components, evaluation }: ResolvedConfig,
  registry: Registry,
): readonly LoadedPlugin[] {
  const { attacks, objective } = evaluation.values;
  const ids = attacks.map((attack) => (typeof attack === 'string' ? attack : attack.id));
  return [
    ...new Set([
      ...Object.values(components).map(({ named }) => named.from),
      ...ids.map((id) => registry.get('attack', id).from),
      registry.get('objective', objective).from,
    ]),
  ];
}
