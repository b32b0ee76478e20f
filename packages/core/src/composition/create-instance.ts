import type { ComponentKind, ComponentTypes } from '../contracts/plugin.js';
import { ArdError, isArdError } from '../errors.js';
import type { NamedComponent } from './registry.js';

/**
 * Calls a component's factory.
 *
 * @throws ArdError naming component and plugin when the factory fails
 */
export async function createInstance<Kind extends ComponentKind>(
  kind: Kind,
  { named, values }: { readonly named: NamedComponent; readonly values: Readonly<Record<string, unknown>> },
): Promise<ComponentTypes[Kind]> {
  try {
    return (await named.component.create(values)) as ComponentTypes[Kind];
  } catch (cause) {
    if (isArdError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ArdError(
      `${kind} ${named.name} of plugin ${named.from.packageName} could not be made: ${reason}`,
      {
        remedy: 'The mistake is in the plugin; ARD_DEBUG=1 shows the stack.',
        cause,
      },
    );
  }
}
