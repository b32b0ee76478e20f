/** For programs that look at the command line itself, such as the test of its surface. */
export { commands } from './commands.js';
