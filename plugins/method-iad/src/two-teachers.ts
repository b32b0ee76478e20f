import { ArdError, type LossTerm, type Method } from '@ard/core';
import { crossEntropy, klDivergence, teacherReliability } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { innerAttack } from './inner-attack.js';
import { phaseOf } from './phase.js';

const targets = [
  'studentAdversarialLogits',
  'teacherAdversarialLogits',
  'cleanTeacherAdversarialLogits',
] as const;

export interface TwoTeachersOptions {
  readonly temperature: number;
  readonly teacherShare: number;
  readonly cleanTeacherShare: number;
  /** Absent: AKD2, which never looks at itself. */
  readonly introspection?: { readonly begin: number; readonly exponent: number };
}

/**
 * What AKD2 and IAD-II share (code of IAD, Zhu et al., ICLR 2022): two teachers, all targets from adversarial images.
 *
 *     (1 − α1 − α2) CE(student(x̃), y) + α1 T² KL(σ(teacher(x̃)/T) ‖ σ(student(x̃)/T))
 *                                     + α2 T² KL(σ(cleanTeacher(x̃)/T) ‖ σ(student(x̃)/T))
 *
 * With introspection, from the epoch `begin` on, the robust teacher's divergence is weighted by its reliability a_i
 * and the student's own clean output takes the rest: `α1 T² [a_i KL(teacher …) + (1 − a_i) KL(σ(student(x)) ‖
 * σ(student(x̃)))]`, not detached. The clean pass that this takes follows the adversarial one, and there is none before.
 *
 * A term whose coefficient is 0 is left out.
 *
 * @throws ArdError when the shares of both teachers exceed 1
 */
export function twoTeachers(name: string, options: TwoTeachersOptions): Method {
  const { temperature, teacherShare, cleanTeacherShare, introspection } = options;
  const labelShare = 1 - teacherShare - cleanTeacherShare;
  if (labelShare < -1e-9) {
    throw new ArdError(`${name}: the shares of the teachers are ${teacherShare} and ${cleanTeacherShare}.`, {
      remedy: 'Set method.teacherShare and method.cleanTeacherShare so that their sum is at most 1.',
    });
  }
  return {
    teachers: ['teacher', 'cleanTeacher'],
    needs: [...targets, ...(introspection ? (['studentCleanLogits'] as const) : [])],
    studentPasses: introspection ? ['adversarial', 'clean'] : ['adversarial'],
    ...(introspection
      ? {
          phase: (epoch: number) => phaseOf(epoch, introspection.begin),
          passesInPhase: (phase: string) =>
            phase === 'introspection' ? ['adversarial', 'clean'] : ['adversarial'],
          needsInPhase: (phase: string) =>
            phase === 'introspection' ? [...targets, 'studentCleanLogits'] : targets,
        }
      : {}),
    innerAttack,
    knobs: ['temperature', 'robustWeight'],
    loss({ logits, knobs, oneHotLabels }, phase) {
      const { studentAdversarialLogits: student, teacherAdversarialLogits: teacher } = logits;
      const divergence = (teacherLogits: tf.Tensor2D): tf.Tensor1D =>
        klDivergence(tf.div(teacherLogits, tf.expandDims(knobs.temperature, 1)), student, {
          temperature,
          detachTarget: true,
        });
      const ofTeacher = teacherShare * temperature ** 2;
      const terms: Omit<LossTerm, 'on'>[] = [];
      if (introspection && phase === 'introspection') {
        const reliability = teacherReliability(teacher, oneHotLabels, introspection.exponent);
        terms.push(
          {
            name: 'teacher',
            coefficient: ofTeacher,
            perExampleLoss: tf.mul(reliability, divergence(teacher)),
          },
          {
            name: 'introspection',
            coefficient: ofTeacher,
            perExampleLoss: tf.mul(tf.sub(1, reliability), klDivergence(logits.studentCleanLogits, student)),
          },
        );
      } else {
        terms.push({ name: 'teacher', coefficient: ofTeacher, perExampleLoss: divergence(teacher) });
      }
      terms.push({
        name: 'cleanTeacher',
        coefficient: cleanTeacherShare * temperature ** 2,
        perExampleLoss: divergence(logits.cleanTeacherAdversarialLogits),
      });
      terms.push({
        name: 'label',
        coefficient: Math.max(labelShare, 0),
        perExampleLoss: crossEntropy(student, oneHotLabels),
      });
      return {
        terms: terms
          .filter(({ coefficient }) => coefficient !== 0)
          .map((term) => ({ ...term, on: 'adversarial' })),
      };
    },
  };
}
