import { ArdError, componentKinds, type ComponentKind } from '@ard/core';
import { didYouMean, variantName, type Registry } from '@ard/core/host';
import { pluginLookup } from '../bundled-plugins.js';
import { openPlugins } from '../open-plugins.js';
import { createOutput } from '../output.js';
import { columns } from '../text/columns.js';

interface Entry {
  readonly kind: ComponentKind | 'preset';
  readonly id: string;
  readonly plugin: string;
  readonly summary: string;
  readonly variants: readonly string[];
}

/** `ard list`. */
export async function listComponents(
  kind: string | undefined,
  flags: { readonly plugin?: readonly string[]; readonly json?: boolean },
): Promise<void> {
  checkKind(kind);
  const { registry } = await openPlugins(pluginLookup(process.cwd()), flags.plugin);
  const entries = allEntries(registry).filter((entry) => kind === undefined || entry.kind === kind);
  createOutput(flags).result(asText(entries, kind), entries);
}

function checkKind(kind: string | undefined): void {
  const kinds = [...componentKinds, 'preset'];
  if (kind === undefined || kinds.includes(kind)) return;
  throw new ArdError(`Unknown kind "${kind}". Kinds: ${kinds.join(', ')}.`, {
    remedy: didYouMean(kind, kinds),
  });
}

function allEntries(registry: Registry): readonly Entry[] {
  const components = registry.list().map(({ component, from }) => ({
    kind: component.kind,
    id: component.id,
    plugin: from.plugin.name,
    summary: component.summary,
    variants: Object.keys(component.variants ?? {}).map((key) => variantName(component.id, key)),
  }));
  const presets = registry.listPresets().map(({ preset, from }) => ({
    kind: 'preset' as const,
    id: preset.id,
    plugin: from.plugin.name,
    summary: preset.summary,
    variants: [],
  }));
  return [...components, ...presets];
}

function asText(entries: readonly Entry[], kind: string | undefined): string {
  if (entries.length === 0) return `No plugin brings a component of kind ${kind}.`;
  const kinds = [...new Set(entries.map((entry) => entry.kind))];
  return kinds
    .map((one) => {
      const rows = entries
        .filter((entry) => entry.kind === one)
        .flatMap(({ id, plugin, summary, variants }) => [
          [id, plugin, summary],
          ...(variants.length === 0 ? [] : [['', '', `variants: ${variants.join(', ')}`]]),
        ]);
      return `${one}\n${columns(rows, '  ')}`;
    })
    .join('\n\n');
}
