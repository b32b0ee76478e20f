import type { ConfigLayer } from './resolved-config.js';
import type { LoadedPlugin } from './load-plugins.js';
import type { ContributedPreset, Registry } from './registry.js';

/**
 * Presets that apply: the default presets of the plugins named, in the order named, then the presets asked for.
 *
 * @param named plugins that the user named, not those that merely come along
 * @param presets preset ids
 */
export function chosenPresets(
  registry: Registry,
  named: readonly LoadedPlugin[],
  presets: readonly string[],
): readonly ContributedPreset[] {
  const defaults = named.flatMap(({ plugin }) => plugin.defaultPreset ?? []);
  return [...defaults, ...presets].map((id) => registry.preset(id));
}

export function presetLayers(presets: readonly ContributedPreset[]): readonly ConfigLayer[] {
  return presets.map(({ preset }) => ({ origin: `preset ${preset.id}`, config: preset.config }));
}
