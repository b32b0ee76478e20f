import { engineContract } from '@ard/testkit';
import { createTfjsEngine } from '../src/create-tfjs-engine.js';

engineContract({ name: 'tfjs on its cpu backend', create: () => createTfjsEngine('cpu') });
