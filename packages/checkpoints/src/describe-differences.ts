import { ArdError, type Model } from '@ard/core';

/** One way in which a checkpoint does not fit a model. */
export type Difference =
  | { readonly kind: 'missing' | 'unexpected'; readonly name: string }
  | {
      readonly kind: 'shape';
      readonly name: string;
      readonly found: readonly number[];
      readonly expected: readonly number[];
    };

/** More than a handful helps nobody: one wrong option changes most names. */
const listed = 5;

/** The error of a checkpoint that does not fit; another number of classes is called by its name. */
export function describeDifferences(
  model: Model,
  differences: readonly Difference[],
  source: string,
): ArdError {
  const classes = otherClassCount(model, differences);
  if (classes !== undefined) {
    return new ArdError(`${source} is of a network for ${classes} classes; ${model.classes} are needed.`, {
      remedy: 'Use a checkpoint that was trained on this data set, or the data set it was trained on.',
    });
  }
  const rest = differences.length - listed;
  const lines = differences.slice(0, listed).map((difference) => `\n  ${describe(difference)}`);
  return new ArdError(
    `${source} does not fit ${model.name}:${lines.join('')}${rest > 0 ? `\n  and ${rest} more` : ''}`,
    {
      remedy: `Choose the model (and its options) that the checkpoint was made with; this one is ${model.name}.`,
    },
  );
}

function describe(difference: Difference): string {
  const { name, kind } = difference;
  if (kind !== 'shape') return `${kind}: ${name}`;
  return `shape: ${name} is [${difference.found.join(', ')}], expected [${difference.expected.join(', ')}]`;
}

/** When nothing differs but the outputs of the classifier, whose bias is the last parameter. */
function otherClassCount(model: Model, differences: readonly Difference[]): number | undefined {
  const bias = model.variables.filter(({ kind }) => kind === 'parameter').at(-1);
  const module = bias?.name.replace(/[^.]*$/, '');
  let classes: number | undefined;
  for (const difference of differences) {
    if (module === undefined || difference.kind !== 'shape' || !difference.name.startsWith(module))
      return undefined;
    const { found, expected } = difference;
    if (expected[0] !== model.classes || found.slice(1).join() !== expected.slice(1).join()) return undefined;
    classes = found[0];
  }
  return classes;
}
