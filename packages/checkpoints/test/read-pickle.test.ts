import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArdError } from '@ard/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { isKind, readPickle, type PickleValue } from '../src/index.js';

/** `pickle.dumps({'a': numpy.arange(6, dtype='u1').reshape(2, 3)}, protocol)` of Python 3.11, numpy 1.24. */
const pickles: Readonly<Record<number, string>> = {
  0: 'KGRwMApWYQpwMQpjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApwMgooY251bXB5Cm5kYXJyYXkKcDMKKEkwCnRwNApjX2NvZGVjcwplbmNvZGUKcDUKKFZiCnA2ClZsYXRpbjEKcDcKdHA4ClJwOQp0cDEwClJwMTEKKEkxCihJMgpJMwp0cDEyCmNudW1weQpkdHlwZQpwMTMKKFZ1MQpwMTQKSTAwCkkwMQp0cDE1ClJwMTYKKEkzClZ8CnAxNwpOTk5JLTEKSS0xCkkwCnRwMTgKYkkwMApnNQooVlx1MDAwMAECAwQFCnAxOQpnNwp0cDIwClJwMjEKdHAyMgpicy4=',
  1: 'fXEAWAEAAABhcQFjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAihjbnVtcHkKbmRhcnJheQpxAyhLAHRxBGNfY29kZWNzCmVuY29kZQpxBShYAQAAAGJxBlgGAAAAbGF0aW4xcQd0cQhScQl0cQpScQsoSwEoSwJLA3RxDGNudW1weQpkdHlwZQpxDShYAgAAAHUxcQ5JMDAKSTAxCnRxD1JxEChLA1gBAAAAfHERTk5OSv////9K/////0sAdHESYkkwMApoBShYBgAAAAABAgMEBXETaAd0cRRScRV0cRZicy4=',
  2: 'gAJ9cQBYAQAAAGFxAWNudW1weS5jb3JlLm11bHRpYXJyYXkKX3JlY29uc3RydWN0CnECY251bXB5Cm5kYXJyYXkKcQNLAIVxBGNfY29kZWNzCmVuY29kZQpxBVgBAAAAYnEGWAYAAABsYXRpbjFxB4ZxCFJxCYdxClJxCyhLAUsCSwOGcQxjbnVtcHkKZHR5cGUKcQ1YAgAAAHUxcQ6JiIdxD1JxEChLA1gBAAAAfHERTk5OSv////9K/////0sAdHESYoloBVgGAAAAAAECAwQFcRNoB4ZxFFJxFXRxFmJzLg==',
  3: 'gAN9cQBYAQAAAGFxAWNudW1weS5jb3JlLm11bHRpYXJyYXkKX3JlY29uc3RydWN0CnECY251bXB5Cm5kYXJyYXkKcQNLAIVxBEMBYnEFh3EGUnEHKEsBSwJLA4ZxCGNudW1weQpkdHlwZQpxCVgCAAAAdTFxComIh3ELUnEMKEsDWAEAAAB8cQ1OTk5K/////0r/////SwB0cQ5iiUMGAAECAwQFcQ90cRBicy4=',
  4: 'gASVlwAAAAAAAAB9lIwBYZSMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwJLA4aUaAWMBWR0eXBllJOUjAJ1MZSJiIeUUpQoSwOMAXyUTk5OSv////9K/////0sAdJRiiUMGAAECAwQFlHSUYnMu',
  5: 'gAWVggAAAAAAAAB9lIwBYZSMEm51bXB5LmNvcmUubnVtZXJpY5SMC19mcm9tYnVmZmVylJOUKJYGAAAAAAAAAAABAgMEBZSMBW51bXB5lIwFZHR5cGWUk5SMAnUxlImIh5RSlChLA4wBfJROTk5K/////0r/////SwB0lGJLAksDhpSMAUOUdJRSlHMu',
};

describe('readPickle', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ard-pickle-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const read = async (content: Uint8Array): ReturnType<typeof readPickle> => {
    const file = join(folder, 'some.pickle');
    await writeFile(file, content);
    return await readPickle(file, 'Fetch it again.');
  };

  for (const [protocol, text] of Object.entries(pickles)) {
    it(`reads a numpy array of protocol ${protocol}`, async () => {
      const content = await read(Buffer.from(text, 'base64'));
      const array = (content as Map<PickleValue, PickleValue>).get('a');
      if (!isKind(array, 'numpy array')) return expect.fail('no array');
      const { shape, elementType, bytes } = array.content!;
      expect(shape).to.deep.equal([2, 3]);
      expect(elementType).to.equal('U8');
      expect([...bytes]).to.deep.equal([0, 1, 2, 3, 4, 5]);
    });
  }

  it('answers damaged pickles with a value or one clear line', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(pickles)),
        fc.array(fc.tuple(fc.nat(250), fc.nat(255)), { maxLength: 3 }),
        fc.nat(250),
        async (text, changes, length) => {
          const bytes = Buffer.from(text, 'base64');
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const error: unknown = await read(length % 3 ? bytes : bytes.subarray(0, length)).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          if (error === undefined) return;
          expect(isArdError(error), String(error)).to.equal(true);
          expect((error as Error).message)
            .to.include('some.pickle')
            .and.not.include('\n');
        },
      ),
      { numRuns: 300 },
    );
  });
});
