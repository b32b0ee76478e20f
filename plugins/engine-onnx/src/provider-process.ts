/** The program that {@link tryProviders} starts for each provider. */
import { checkAvailability } from './availability.js';
import { onnxEngineOptions } from './options.js';

const availability = await checkAvailability(onnxEngineOptions.parse({ provider: process.argv[2] }));
process.stdout.write(`\n${JSON.stringify(availability)}\n`);
