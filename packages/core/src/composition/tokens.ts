/**
 * Names under which the container knows things. `Symbol.for` with the API version inside, so that two copies of
 * this package agree; the text appears in inversify's messages.
 */
export const tokens = {
  /** Every {@link ContributedComponent}, unnamed: inversify's `getAll` skips named bindings. */
  component: Symbol.for('@ard/core:component@1'),
  /** Every {@link LoadedPlugin}. */
  plugin: Symbol.for('@ard/core:plugin@1'),
  registry: Symbol.for('@ard/core:registry@1'),
  composer: Symbol.for('@ard/core:composer@1'),
} as const;
