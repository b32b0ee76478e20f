import { expect } from 'chai';
import { batchSizes, hostArray, walkExamples, type HostArray } from '../../src/index.js';

/** Walks examples of which number `i` breaks at iteration `breaksAt[i]`; returns the rows of every batch. */
async function walked(
  breaksAt: readonly number[],
  { iterations, capacity }: { iterations: number; capacity: number },
): Promise<{ rows: number[]; broken: number[] }> {
  const rows: number[] = [];
  const zeros = hostArray(new Float32Array(breaksAt.length), [breaksAt.length]);
  const { broken } = await walkExamples(
    {
      fixed: { until: hostArray(Float32Array.from(breaksAt), [breaksAt.length]) },
      state: { broken: zeros },
      ids: Int32Array.from(breaksAt.keys()),
      iterations,
      results: ['broken'],
      stopWhenBroken: true,
      step: async ({ fixed, iteration }) => {
        const until = (fixed.until as HostArray).data;
        rows.push(until.length);
        return {
          broken: hostArray(
            Float32Array.from(until, (at) => (at <= iteration ? 1 : 0)),
            [until.length],
          ),
        };
      },
    },
    batchSizes(capacity),
  );
  return { rows, broken: [...broken!.data] };
}

const never = Infinity;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('walking through examples', () => {
  it('keeps to the few sizes where there is little to do', async () => {
    const { rows } = await walked(new Array<number>(9).fill(never), { iterations: 20, capacity: 16 });
    expect(rows).to.deep.equal(new Array(20).fill(12));
  });

  it('takes batches of exactly the examples there are where padding would cost more than compiling', async () => {
    const { rows } = await walked(new Array<number>(9).fill(never), { iterations: 100, capacity: 16 });
    expect(new Set(rows)).to.deep.equal(new Set([9]));
    const many = await walked(new Array<number>(21).fill(never), { iterations: 200, capacity: 16 });
    expect(new Set(many.rows), 'two batches of one size').to.deep.equal(new Set([11]));
  });

  it('counts in sixteenths of a full batch, so that few sizes are ever compiled', () => {
    const sizes = batchSizes(128);
    expect([119, 117, 114].map((count) => sizes.planFor(count, 100))).to.deep.equal([[120], [120], [120]]);
    expect(sizes.planFor(127, 1e6)).to.deep.equal([128]);
    const all = Array.from({ length: 128 }, (_, index) => sizes.planFor(index + 1, 1e6)).flat();
    expect(new Set(all).size).to.be.at.most(16 + 7);
  });

  it('pays for a new size at most once for as many rows of padding as it costs', async () => {
    // one of 64 breaks at each of the first 60 iterations, four never do
    const breaksAt = Array.from({ length: 64 }, (_, index) => (index < 60 ? index : never));
    const { rows, broken } = await walked(breaksAt, { iterations: 2000, capacity: 64 });
    expect(broken).to.deep.equal(breaksAt.map((at) => (at === never ? 0 : 1)));
    const sizes = new Set(rows);
    expect(rows.at(-1)).to.equal(4);
    // padding that was waited for, and the plan's own sizes
    const needed = sum(Array.from({ length: 2000 }, (_, at) => breaksAt.filter((end) => end >= at).length));
    expect(sizes.size).to.be.at.most(7 + (sum(rows) - needed) / batchSizes(64).costPerSize);
    expect(sum(rows)).to.be.below(1.1 * needed);
  });

  it('ends with the last example', async () => {
    const { rows } = await walked([0, 2, 1], { iterations: 50, capacity: 3 });
    expect(rows).to.have.length(3);
  });
});
