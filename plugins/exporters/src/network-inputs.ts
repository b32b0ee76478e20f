import type { ConstantData, InputSpec } from '@ard/compiler';
import type { Model, Variables } from '@ard/core';

type Specs = Readonly<Record<string, InputSpec>>;

/** The variables of a network as inputs of a traced function. */
export function networkSpecs(model: Model): Readonly<Record<'parameters' | 'statistics', Specs>> {
  const ofKind = (kind: 'parameter' | 'statistic'): Specs =>
    Object.fromEntries(
      model.variables
        .filter((variable) => variable.kind === kind)
        .map(({ name, shape }) => [name, { shape, dtype: 'float32' }]),
    );
  return { parameters: ofKind('parameter'), statistics: ofKind('statistic') };
}

/** Values of those inputs, by the names that tracing gives them. */
export async function bakedValues({ parameters, statistics }: Variables): Promise<Map<string, ConstantData>> {
  const baked = new Map<string, ConstantData>();
  for (const [kind, arrays] of Object.entries({ parameters, statistics })) {
    for (const [name, array] of Object.entries(arrays)) {
      baked.set(`network/${kind}/${name}`, (await array.read()) as ConstantData);
    }
  }
  return baked;
}

/** The name of a variable in the state dict, from that of its input. */
export function variableName(input: string): string {
  return input.replace(/^network\/(parameters|statistics)\//, '');
}
