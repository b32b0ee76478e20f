export { eagerEngine, type EagerEngineOptions } from './eager-engine.js';
export { loadTfjs, tfjsVersion } from './load-tfjs.js';
