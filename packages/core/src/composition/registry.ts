import { injectable, multiInject, optional } from 'inversify';
import type { Component, ComponentKind, Preset } from '../contracts/plugin.js';
import { componentKinds } from '../contracts/plugin.js';
import { ArdError } from '../errors.js';
import type { LoadedPlugin } from './load-plugins.js';
import { didYouMean } from './nearest-names.js';
import { tokens } from './tokens.js';

/** A component and the plugin that brought it. */
export interface ContributedComponent {
  readonly component: Component;
  readonly from: LoadedPlugin;
}

/** What an id stands for: a component, perhaps with the options of one of its variants. */
export interface NamedComponent extends ContributedComponent {
  /** The id in its usual form: `resnet-20`, `pgd:trades`, `pgd`. */
  readonly name: string;
  readonly variant: { readonly options: Readonly<Record<string, unknown>> } | undefined;
}

export interface ContributedPreset {
  readonly preset: Preset;
  readonly from: LoadedPlugin;
}

/** Everything the loaded plugins contribute, by kind and id. */
@injectable()
export class Registry {
  private readonly components = new Map<ComponentKind, Map<string, ContributedComponent>>();
  private readonly names = new Map<ComponentKind, Map<string, NamedComponent>>();
  private readonly presets = new Map<string, ContributedPreset>();

  constructor(
    @multiInject(tokens.component) @optional() contributions: readonly ContributedComponent[] = [],
    @multiInject(tokens.plugin) @optional() readonly plugins: readonly LoadedPlugin[] = [],
  ) {
    for (const kind of componentKinds) {
      const ofKind = contributions.filter(({ component }) => component.kind === kind);
      this.components.set(kind, uniqueById(kind, ofKind));
      this.names.set(kind, allNames(ofKind));
    }
    for (const from of plugins) {
      for (const preset of from.plugin.presets) this.addPreset({ preset, from });
    }
  }

  /** Components of a kind by id; of all kinds when none is given. */
  list(kind?: ComponentKind): readonly ContributedComponent[] {
    const kinds = kind === undefined ? componentKinds : [kind];
    return kinds.flatMap((one) => [...this.components.get(one)!.values()].sort(byId));
  }

  /**
   * @param id of a component or of a variant: `pgd`, `pgd:trades`, `resnet-20`
   * @param origin who asks, for the message: `--student`
   * @throws ArdError with the nearest ids and the list of all
   */
  get(kind: ComponentKind, id: string, origin?: string): NamedComponent {
    const found = this.lookup(kind, id);
    if (found) return found;
    const names = this.namesOf(kind);
    const near = didYouMean(id, names);
    const elsewhere = componentKinds.find((other) => this.lookup(other, id));
    throw new ArdError(
      `Unknown ${kind} "${id}"${origin === undefined ? '' : ` (from ${origin})`}` +
        `${elsewhere === undefined ? '' : `: it is of kind ${elsewhere}`}.${near === undefined ? known(names) : ''}`,
      {
        remedy: [near, `\`ard list ${kind}\` describes all; \`--plugin\` adds others.`]
          .filter(Boolean)
          .join(' '),
      },
    );
  }

  /** As {@link get}, but undefined when there is none. */
  lookup(kind: ComponentKind, id: string): NamedComponent | undefined {
    return this.names.get(kind)!.get(id);
  }

  /** Components and variants of every kind that go by this name. */
  find(name: string): readonly NamedComponent[] {
    return componentKinds.flatMap((kind) => this.lookup(kind, name) ?? []);
  }

  /** Usual names of components and variants of a kind; of all kinds when none is given. */
  namesOf(kind?: ComponentKind): readonly string[] {
    const kinds = kind === undefined ? componentKinds : [kind];
    return kinds.flatMap((one) => [
      ...new Set([...this.names.get(one)!.values()].map(({ name }) => name).sort()),
    ]);
  }

  /** @throws ArdError with the nearest presets */
  preset(id: string): ContributedPreset {
    const found = this.presets.get(id);
    if (found) return found;
    const names = [...this.presets.keys()].sort();
    const near = didYouMean(id, names);
    throw new ArdError(`Unknown preset "${id}".${near === undefined ? known(names) : ''}`, {
      remedy: [near, '`ard list preset` describes all; --plugin adds others.'].filter(Boolean).join(' '),
    });
  }

  listPresets(): readonly ContributedPreset[] {
    return [...this.presets.values()].sort((a, b) => a.preset.id.localeCompare(b.preset.id));
  }

  private addPreset(contributed: ContributedPreset): void {
    const { id } = contributed.preset;
    const other = this.presets.get(id);
    if (other) throw twice(`preset "${id}"`, other.from, contributed.from);
    this.presets.set(id, contributed);
  }
}

/** All names, for who is not near any of them. */
function known(names: readonly string[]): string {
  return ` Known: ${names.length === 0 ? 'none' : names.join(', ')}.`;
}

function uniqueById(
  kind: ComponentKind,
  contributions: readonly ContributedComponent[],
): Map<string, ContributedComponent> {
  const byId = new Map<string, ContributedComponent>();
  for (const contribution of contributions) {
    const { id } = contribution.component;
    const other = byId.get(id);
    if (other) throw twice(`${kind} "${id}"`, other.from, contribution.from);
    byId.set(id, contribution);
  }
  return byId;
}

/** Ids first, then `id:variant`, then bare variant names where only one component has them. */
function allNames(contributions: readonly ContributedComponent[]): Map<string, NamedComponent> {
  const names = new Map<string, NamedComponent>();
  const bare = new Map<string, NamedComponent[]>();
  for (const { component, from } of contributions) {
    names.set(component.id, { component, from, name: component.id, variant: undefined });
    for (const [key, variant] of Object.entries(component.variants ?? {})) {
      const name = variantName(component.id, key);
      const named = { component, from, name, variant };
      names.set(name, named);
      names.set(`${component.id}:${key}`, named);
      bare.set(key, [...(bare.get(key) ?? []), named]);
    }
  }
  for (const [key, owners] of bare) {
    if (owners.length === 1 && !names.has(key)) names.set(key, owners[0]!);
  }
  return names;
}

/** `resnet-20` stays as it is; `trades` of `pgd` is `pgd:trades`. */
export function variantName(id: string, key: string): string {
  return key.startsWith(id) ? key : `${id}:${key}`;
}

function twice(what: string, first: LoadedPlugin, second: LoadedPlugin): ArdError {
  return new ArdError(`Both ${first.packageName} and ${second.packageName} contribute ${what}.`, {
    remedy: 'Load only one of the two packages.',
  });
}

function byId(a: ContributedComponent, b: ContributedComponent): number {
  return a.component.id.localeCompare(b.component.id);
}
