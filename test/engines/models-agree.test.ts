import type { Component, Engine } from '@ard/core';
import { expect } from 'chai';
import { cpuEngine } from '../support/tiny-parts.js';
import { expectAgreement } from './expect-agreement.js';
import { bundledComponents, modelSubjects } from './model-subjects.js';

/**
 * Every built-in network on every engine of this machine, against tfjs's cpu backend. A model or an engine that a
 * bundled plugin adds is covered by being there.
 */

/** Engines whose options change what runs; tfjs's cpu backend is the oracle itself. */
const optionSets: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  onnx: [{}, { blocked: false }],
  tfjs: [],
};

interface Row {
  readonly name: string;
  readonly component: Component;
  readonly options: Readonly<Record<string, unknown>>;
}

const components = await bundledComponents();
const subjects = await modelSubjects(components);
const rows = await engineRows();

async function engineRows(): Promise<readonly Row[]> {
  const engines = components.filter(({ kind }) => kind === 'engine');
  const checked = await Promise.all(
    engines.map(async (component) => {
      const available = (await component.availability?.())?.available ?? true;
      return available ? (optionSets[component.id] ?? [{}]).map((options) => ({ component, options })) : [];
    }),
  );
  return checked.flat().map(({ component, options }) => ({
    name: [component.id, ...Object.entries(options).map((entry) => entry.join('='))].join(' '),
    component,
    options,
  }));
}

describe(`${subjects.length} networks give the same on every engine`, () => {
  let oracle: Engine;
  const engines: (readonly [string, Engine])[] = [];

  before(async () => {
    oracle = await cpuEngine();
    for (const { name, component, options } of rows) {
      const parsed = component.options.parse(options);
      engines.push([name, (await component.create(parsed)) as Engine]);
    }
  });
  after(async () => {
    await Promise.all([oracle, ...engines.map(([, engine]) => engine)].map((engine) => engine.dispose()));
  });

  it(`on ${rows.map(({ name }) => name).join(', ')}`, () => {
    expect(rows.map(({ component }) => component.id)).to.include('onnx');
    expect(subjects.length).to.be.above(20);
  });

  for (const { name, model } of subjects) {
    it(`${name}: losses, statistics, gradients, attack gradient`, () =>
      expectAgreement(oracle, engines, model));
  }
});
