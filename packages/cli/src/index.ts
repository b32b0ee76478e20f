/** For programs that look at the command line itself or run its commands, such as its tests. */
export { commands } from './commands.js';
export { expandOptionShorthand } from './option-shorthand.js';
export { planRun, type RunPlan } from './plan-run.js';
export { loadData, type RunData } from './run/load-data.js';
export { runCommand } from './run-command.js';
