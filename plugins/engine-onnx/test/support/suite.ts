import {
  differentiableInputs,
  expectAgreement,
  expectFiniteDifferences,
  gradientOf,
  testEngine,
  type Case,
} from './agreement.js';
import type { OnnxEngine } from '../../src/create-onnx-engine.js';

/** Checks values, gradients against tfjs's cpu backend, and gradients against finite differences. */
export function kernelSuite(
  title: string,
  cases: readonly Case[],
  engineOptions: Record<string, unknown> = {},
): void {
  describe(title, () => {
    let engine: OnnxEngine;
    before(async () => {
      engine = await testEngine(engineOptions);
    });
    after(() => engine.dispose());

    for (const subject of cases) {
      it(`${subject.name} as tfjs's cpu backend`, () => expectAgreement(engine, subject));
      const by = differentiableInputs(subject);
      if (by.length === 0) continue;
      it(`gradient of ${subject.name} as tfjs's cpu backend, and as finite differences`, async () => {
        if (subject.oracleLacksGradient !== true)
          await expectAgreement(engine, { ...subject, fn: gradientOf(subject.fn, by) });
        await expectFiniteDifferences(engine, subject);
      });
    }
  });
}
