import { ArdError, defineComponent, type PlainData, type ReweightingStrategy } from '@ard/core';
import { crossEntropy } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { updateTemperatures } from './temperatures.js';

export interface AbsldOptions {
  readonly rate: number;
  readonly milestones: readonly number[];
  readonly minimum: number;
  readonly maximum: number;
  readonly aliasing: boolean;
}

type Temperatures = { adversarial: number[]; clean: number[] };

/**
 * Anti-bias soft label distillation (Zhao et al., NeurIPS 2024; methods.md 5.7): a temperature of the teacher per
 * class, one for adversarial images, in loss and inner attack, and one for clean images. Classes whose summed
 * cross-entropy over an epoch is above the mean get sharper targets.
 *
 * `aliasing` reproduces the released code, where both targets share memory and so end up divided by both.
 *
 * @throws ArdError when minimum exceeds maximum
 */
export function absld({ rate, milestones, minimum, maximum, aliasing }: AbsldOptions): ReweightingStrategy {
  if (minimum > maximum) {
    throw new ArdError(`absld: minimum ${minimum} exceeds maximum ${maximum}.`, {
      remedy: 'Set strategy.minimum to at most strategy.maximum.',
    });
  }
  return {
    needs: {},
    knobs: ['temperature', 'cleanTemperature'],
    measure: {
      needs: ['studentAdversarialLogits', 'studentCleanLogits'],
      perExample: ({ logits, oneHotLabels }) =>
        tf.stack(
          [
            crossEntropy(logits.studentAdversarialLogits, oneHotLabels),
            crossEntropy(logits.studentCleanLogits, oneHotLabels),
          ],
          1,
        ) as tf.Tensor2D,
    },
    init(classes): PlainData {
      const ones = new Array<number>(classes).fill(1);
      return { adversarial: ones, clean: ones };
    },
    update(state, { epoch, measured }) {
      const before = state as Temperatures;
      // at its epochs 215, 260 and 285, counted from 1, the script lowers the rate and then moves the temperatures
      const drops = milestones.filter((milestone) => epoch + 1 >= milestone).length;
      const settings = { rate: rate * 0.1 ** drops, minimum, maximum };
      const column = (index: number): number[] => measured!.sums.map((row) => row[index]!);
      const next: Temperatures = {
        adversarial: updateTemperatures(before.adversarial, column(0), settings),
        clean: updateTemperatures(before.clean, column(1), settings),
      };
      const both = next.adversarial.map((value, index) => value * next.clean[index]!);
      return {
        state: next,
        knobs: {
          temperature: aliasing ? both : next.adversarial,
          cleanTemperature: aliasing ? both : next.clean,
        },
      };
    },
  };
}

export const absldComponent = defineComponent({
  kind: 'strategy',
  id: 'absld',
  summary: 'Sharper targets of the teacher for classes with a large loss (ABSLD)',
  options: z.object({
    rate: z.number().min(0).default(0.1).describe('largest change of a temperature per epoch, 0 or more'),
    milestones: z
      .array(z.int().min(0))
      .default([215, 260, 285])
      .describe('epochs, counted from 1, from whose ends on temperatures move ten times less'),
    minimum: z.number().positive().default(0.5).describe('least temperature, above 0'),
    maximum: z.number().positive().default(5).describe('largest temperature, above 0'),
    aliasing: z
      .boolean()
      .default(false)
      .describe('divide both targets by both temperatures, as the released code does by mistake'),
  }),
  create: absld,
});
