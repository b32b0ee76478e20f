import { isDeepStrictEqual } from 'node:util';
import type { Component } from '@ard/core';
import { variantName } from '@ard/core/host';

/** A model as one names it on the command line. */
export interface ModelName {
  /** Id or variant, such as `resnet-20`. */
  readonly name: string;
  /** Options that the name does not bring. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The variant that needs the fewest options beside it, or the component itself. */
export function modelName(component: Component, options: Readonly<Record<string, unknown>>): ModelName {
  const wanted = component.options.parse(options) as Record<string, unknown>;
  const choices: ModelName[] = [
    ...Object.entries(component.variants ?? {}).map(([key, variant]) => ({
      name: variantName(component.id, key),
      options: rest(component, variant.options, wanted),
    })),
    { name: component.id, options: rest(component, {}, wanted) },
  ];
  const count = (choice: ModelName): number => Object.keys(choice.options).length;
  return choices.reduce((best, choice) => (count(choice) < count(best) ? choice : best));
}

/** Options to be set so that what a variant starts from becomes what is wanted. */
function rest(
  component: Component,
  start: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const given = component.options.parse(start) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !isDeepStrictEqual(value, given[name])),
  );
}

/** `preact-resnet:kuangliu width=0.5` */
export function modelNameText({ name, options }: ModelName): string {
  return [name, ...Object.entries(options).map(([key, value]) => `${key}=${JSON.stringify(value)}`)].join(
    ' ',
  );
}
