import type { TimedStep } from './options.js';

/** Largest share of PyTorch's better time that the project wants to take; issue "The engine", table of numbers. */
const shares: Readonly<Record<TimedStep, Readonly<Record<string, number>>>> = {
  'attack-gradient': {
    'resnet-20': 0.75,
    'resnet-18': 0.95,
    'mobilenet-v2': 0.9,
    'preact-resnet-18': 0.95,
  },
  'train-step': { 'resnet-20': 1.1, 'resnet-18': 1.1, 'mobilenet-v2': 1.1, 'preact-resnet-18': 1.1 },
  'fair-rslad-step': { 'resnet-20': 0.85, 'resnet-18': 0.85 },
  'evaluation-forward': { 'resnet-20': 0.7, 'resnet-18': 0.7, 'mobilenet-v2': 0.7, 'preact-resnet-18': 0.7 },
};

/** Of the time of a Fair-RSLAD step in the manner of the released code. */
const releasedShares: Readonly<Record<string, number>> = { 'resnet-20': 0.6, 'resnet-18': 0.6 };

export const memoryTarget = 1;
/** Seconds, ResNet-18. */
export const compileTarget = 1.5;

export function pytorchTarget(step: TimedStep, network: string): number | undefined {
  return shares[step][network];
}

export function releasedTarget(network: string): number | undefined {
  return releasedShares[network];
}
