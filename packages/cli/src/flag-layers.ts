import { ArdError, type PartialConfig } from '@ard/core';
import { configFromSetting, type ConfigLayer } from '@ard/core/host';
import { parse } from 'yaml';
import type { CompositionFlags } from './composition-flags.js';

/**
 * What the flags say, one layer each so that errors and `ard explain` can name the flag. `--set` wins.
 *
 * @param parts those that the command looks at, where it does not look at all of them
 * @throws ArdError when `--set` has no value, or is about another part
 */
export function flagLayers(flags: CompositionFlags, parts?: readonly string[]): readonly ConfigLayer[] {
  const training = (option: string, value: unknown): PartialConfig => ({ training: { [option]: value } });
  const layers: ConfigLayer[] = [];
  const add = <T>(
    flag: keyof CompositionFlags,
    value: T | undefined,
    config: (value: T) => PartialConfig,
  ): void => {
    if (value !== undefined) layers.push({ origin: `--${flag}`, config: config(value) });
  };
  add('dataset', flags.dataset, (id) => ({ dataset: { id } }));
  add('data-dir', flags['data-dir'], (directory) => ({ dataset: { options: { directory } } }));
  add('student', flags.student, (id) => ({ student: { id } }));
  add('engine', flags.engine, (id) => ({ engine: { id } }));
  add('epochs', flags.epochs, (value) => training('epochs', value));
  add('batch-size', flags['batch-size'], (value) => training('batchSize', value));
  add('seed', flags.seed, (value) => training('seed', value));
  add('train-samples', flags['train-samples'], (value) => training('trainSamples', value));
  add('test-samples', flags['test-samples'], (value) => training('testSamples', value));
  return [
    ...layers,
    ...(flags.set ?? []).map((setting) => {
      const layer = settingLayer(setting);
      if (parts) refuseOtherParts(setting, layer, parts);
      return layer;
    }),
  ];
}

/** An option that nobody reads must not look as if it had been taken. */
function refuseOtherParts(setting: string, { config }: ConfigLayer, parts: readonly string[]): void {
  const other = Object.keys(config).find((part) => !parts.includes(part));
  if (other === undefined) return;
  const isAttack = other === 'attack' || other === 'objective';
  throw new ArdError(`--set ${setting}: this command does not look at the part ${other}.`, {
    remedy:
      isAttack && parts.includes('evaluation')
        ? 'Attacks of an evaluation are named with --attack, or with options of their own:' +
          " --set 'evaluation.attacks=[{id: pgd:s, options: {epsilon: 4/255}}]'."
        : `It looks at ${parts.join(', ')}.`,
  });
}

/** `attack.steps=5`; the value is read as YAML, so 5 is a number, true a boolean and [1, 2] a list. */
function settingLayer(setting: string): ConfigLayer {
  const at = setting.indexOf('=');
  if (at <= 0) {
    throw new ArdError(`--set ${setting}: there is no value.`, {
      remedy: 'Write part.option=value, such as --set attack.steps=5.',
    });
  }
  const origin = '--set';
  let value: unknown;
  try {
    value = parse(setting.slice(at + 1));
  } catch (cause) {
    throw new ArdError(`--set ${setting}: the value is no YAML: ${(cause as Error).message.split('\n')[0]}`, {
      cause,
    });
  }
  return { origin, config: configFromSetting(setting.slice(0, at).trim(), value, origin) };
}
