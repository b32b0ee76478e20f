import { Container, ContainerModule } from 'inversify';
import { Composer } from './composer.js';
import type { LoadedPlugin } from './load-plugins.js';
import { Registry } from './registry.js';
import { tokens } from './tokens.js';

/** One container per run: a module per plugin, and core's own services. */
export function createContainer(plugins: readonly LoadedPlugin[]): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  // inversify binds twice what it loads twice; of two copies of a package the first one counts
  const first = plugins.filter(
    ({ packageName }, index) => plugins.findIndex((other) => other.packageName === packageName) === index,
  );
  container.load(...first.map(pluginModule));
  container.bind(tokens.registry).to(Registry);
  container.bind(tokens.composer).to(Composer);
  return container;
}

/** Plugin authors write plain objects; only core knows that there is a container. */
function pluginModule(from: LoadedPlugin): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(tokens.plugin).toConstantValue(from);
    for (const component of from.plugin.components) {
      bind(tokens.component).toConstantValue({ component, from });
    }
  });
}
