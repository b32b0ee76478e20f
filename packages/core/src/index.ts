/**
 * The public entry: everything a plugin author needs, and nothing that is heavy to import.
 * Programs that compose and run trainings use `@ard/core/host`.
 */
export * from './contracts/nd-array.js';
export * from './contracts/engine.js';
export * from './contracts/model.js';
export * from './contracts/network-outline.js';
export * from './contracts/random-stream.js';
export * from './contracts/dataset.js';
export * from './contracts/batch.js';
export * from './contracts/knobs.js';
export * from './contracts/objective.js';
export * from './contracts/attack.js';
export * from './contracts/averaging.js';
export * from './contracts/method.js';
export * from './contracts/estimator.js';
export * from './contracts/strategy.js';
export * from './contracts/optimizer.js';
export * from './contracts/tracker.js';
export * from './contracts/launcher.js';
export * from './contracts/exporter.js';
export * from './contracts/checkpoint-store.js';
export * from './contracts/plugin.js';
export * from './training/training-events.js';
export { foreignLogits, type ForeignNetwork } from './foreign/foreign-network.js';
export { hostArray, hostScalar, isHostArray } from './nd-array.js';
export { gathered, rowsOf, rowsOfAll, type ExampleArrays } from './examples/rows-of.js';
export { batchSizes, padded, type BatchSizes } from './examples/batch-sizes.js';
export { walkExamples, type Walk } from './examples/walk-examples.js';
export { randomStream } from './random-stream.js';
export { definePlugin, defineComponent } from './define-plugin.js';
export { fileError } from './file-error.js';
export { fraction, fractionValue, type Fraction, type FractionBounds } from './fraction.js';
export { ArdError, isArdError, type ErrorDetails } from './errors.js';
export { channelsFirst } from './channels-first.js';
