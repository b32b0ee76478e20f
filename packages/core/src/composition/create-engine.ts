import type { Engine } from '../contracts/engine.js';
import { ArdError } from '../errors.js';
import { withForeignNetworks } from '../foreign/with-foreign-networks.js';
import { createInstance } from './create-instance.js';
import type { NamedComponent } from './registry.js';

/** @throws ArdError with cause and remedy when the engine cannot run here */
export async function createEngine(choice: {
  readonly named: NamedComponent;
  readonly values: Readonly<Record<string, unknown>>;
}): Promise<Engine> {
  const availability = await choice.named.component.availability?.();
  if (availability?.available === false) {
    throw new ArdError(`Engine ${choice.named.name} cannot run here: ${availability.cause}`, {
      remedy: `${availability.remedy} \`ard doctor\` shows which engines can.`,
    });
  }
  return withForeignNetworks(await createInstance('engine', choice));
}
