import { inject, injectable } from 'inversify';
import { compose } from './compose.js';
import type { Composition } from './composition.js';
import type { Registry } from './registry.js';
import { resolveConfig } from './resolve-config.js';
import type { ConfigLayer } from './resolved-config.js';
import { tokens } from './tokens.js';

/** From layers of configuration to a checked run. */
@injectable()
export class Composer {
  constructor(@inject(tokens.registry) private readonly registry: Registry) {}

  /** @param layers lowest first */
  async compose(layers: readonly ConfigLayer[]): Promise<Composition> {
    return await compose(await resolveConfig(layers, this.registry), this.registry);
  }
}
