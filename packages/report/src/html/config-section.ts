import { htmlTable } from './html-table.js';
import type { Section } from './page.js';

/** Every setting of the run under its `--set` path, and the plugins with their versions. */
export function configSection(
  config: Readonly<Record<string, unknown>>,
  plugins: readonly { readonly name: string; readonly version: string }[],
): Section {
  const settings = htmlTable([{ text: 'setting' }, { text: 'value' }], flatten(config, '').map(asCells));
  const versions = htmlTable(
    [{ text: 'plugin' }, { text: 'version' }],
    plugins.map(({ name, version }) => asCells([name, version])),
  );
  return { title: 'Configuration', body: settings + (plugins.length > 0 ? versions : '') };
}

function flatten(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => {
      // `dataset: { id, options: { limit } }` is set as `dataset` and `dataset.limit`
      const below = key === 'id' || key === 'options' ? path : path === '' ? key : `${path}.${key}`;
      return flatten(inner, below);
    });
  }
  return value === undefined ? [] : [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
}

function asCells([name, value]: readonly [string, string]): readonly { text: string }[] {
  return [{ text: name }, { text: value }];
}
