import {
  chosenPresets,
  createContainer,
  loadPlugins,
  tokens,
  type Composer,
  type ContributedPreset,
  type LoadedPlugin,
  type PluginLookup,
  type Registry,
} from '@ard/core/host';
import { bundledPlugins } from './bundled-plugins.js';

/** Plugins in force for one command, and what they offer. */
export interface OpenPlugins {
  readonly registry: Registry;
  readonly composer: Composer;
  /** Those the user named; only their default presets apply. */
  readonly named: readonly LoadedPlugin[];
  readonly presets: readonly ContributedPreset[];
}

/**
 * Loads the plugins named, those that come with the command line, and those that a chosen preset requires. All of
 * them contribute components.
 */
export async function openPlugins(
  lookup: PluginLookup,
  names: readonly string[] = [],
  presets: readonly string[] = [],
): Promise<OpenPlugins> {
  const [named, bundled] = await Promise.all([
    loadPlugins(names, lookup),
    loadPlugins(bundledPlugins(), lookup),
  ]);
  const loaded = [...named, ...bundled];
  const chosen = chosenPresets(registryOf(createContainer(loaded)), named, presets);
  const required = await loadPlugins(
    chosen.flatMap(({ preset }) => preset.requires ?? []),
    lookup,
  );
  const container = createContainer([...loaded, ...required]);
  return {
    registry: registryOf(container),
    composer: container.get<Composer>(tokens.composer),
    named,
    presets: chosen,
  };
}

function registryOf(container: ReturnType<typeof createContainer>): Registry {
  return container.get<Registry>(tokens.registry);
}
