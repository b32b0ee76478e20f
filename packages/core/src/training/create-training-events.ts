import { EventEmitter } from 'eventemitter3';
import type { TrainingListeners } from './training-events.js';

export type TrainingEvents = EventEmitter<TrainingListeners>;

/** The emitter through which a training tells what happens: `events.on('epoch', ({ loss }) => …)`. */
export function createTrainingEvents(): TrainingEvents {
  return new EventEmitter();
}
