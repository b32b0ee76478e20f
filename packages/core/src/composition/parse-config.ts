import type { PartialConfig } from '../contracts/plugin.js';
import { slots } from '../contracts/plugin.js';
import { ArdError } from '../errors.js';
import { didYouMean } from './nearest-names.js';

const sections = ['training', 'evaluation'];
const choiceKeys = ['id', 'options', 'checkpoint'];

/**
 * Checks the form of a configuration that somebody wrote. `student: resnet-20` is short for
 * `student: { id: resnet-20 }`.
 *
 * @param origin the file, for messages
 * @throws ArdError for parts that do not exist and values of the wrong form
 */
export function parseConfig(value: unknown, origin: string): PartialConfig {
  const parts = record(value, `${origin} must hold a mapping`);
  const known = [...Object.keys(slots), ...sections];
  return Object.fromEntries(
    Object.entries(parts).map(([part, content]) => {
      if (!known.includes(part)) {
        throw new ArdError(`${origin}: unknown part "${part}". Parts: ${known.join(', ')}.`, {
          remedy: didYouMean(part, known),
        });
      }
      return [
        part,
        sections.includes(part) ? record(content, `${origin}: ${part} must be a mapping`) : choice(),
      ];

      function choice(): unknown {
        if (typeof content === 'string') return { id: content };
        const fields = record(
          content,
          `${origin}: ${part} must be an id, or a mapping with ${choiceKeys.join(', ')}`,
        );
        const stranger = Object.keys(fields).find((key) => !choiceKeys.includes(key));
        if (stranger !== undefined) {
          throw new ArdError(
            `${origin}: ${part} has no field "${stranger}"; it has ${choiceKeys.join(', ')}.`,
            {
              remedy: `Options of the component go under ${part}.options.`,
            },
          );
        }
        if (fields.options !== undefined)
          record(fields.options, `${origin}: ${part}.options must be a mapping`);
        return fields;
      }
    }),
  ) as PartialConfig;
}

/**
 * The configuration that one setting makes: `method.temperature` and 2; `method` and `rslad`;
 * `teacher.checkpoint` and a path.
 */
export function configFromSetting(path: string, value: unknown, origin: string): PartialConfig {
  const [part = '', ...rest] = path.split('.');
  const [field, ...deeper] = rest[0] === 'options' ? rest.slice(1) : rest;
  if (deeper.length > 0) {
    throw new ArdError(
      `${origin}: "${path}" goes too deep; settings are part.option, such as attack.steps.`,
      {
        remedy: `Set ${part}.${field} as a whole.`,
      },
    );
  }
  if (sections.includes(part)) {
    if (field !== undefined) return parseConfig({ [part]: { [field]: value } }, origin);
    throw new ArdError(`${origin}: "${path}" names no option; write ${part}.<option>=<value>.`);
  }
  if (field === undefined) return parseConfig({ [part]: value }, origin);
  if (field === 'id' || field === 'checkpoint') return parseConfig({ [part]: { [field]: value } }, origin);
  return parseConfig({ [part]: { options: { [field]: value } } }, origin);
}

function record(value: unknown, message: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new ArdError(`${message}, got ${JSON.stringify(value)}.`);
}
