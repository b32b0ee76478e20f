/** For programs that look at the command line itself, such as the tests of its surface and of documented commands. */
export { commands } from './commands.js';
export { expandOptionShorthand } from './option-shorthand.js';
export { planRun, type RunPlan } from './plan-run.js';
export { loadData, type RunData } from './run/load-data.js';
