import type { Model, Variables } from './model.js';

/** The component kind `exporter`: writes a trained network for the place where it will run. */
export interface Exporter {
  /** @returns the files written */
  write(model: Model, variables: Variables, directory: string): Promise<readonly string[]>;
}
