import { expect } from 'chai';
import { classMetrics } from '../../src/evaluation/class-metrics.js';

const published = [60, 70, 40, 25, 35, 45, 65, 68, 72, 66];
const hundred = published.map(() => 100);

describe('classMetrics', () => {
  it('reproduces the oracle of methods.md 7', () => {
    const population = classMetrics(published, hundred, 0);
    expect(population.average).to.be.closeTo(0.546, 1e-12);
    expect(population.worst).to.deep.equal({ classIndex: 3, accuracy: 0.25 });
    expect(population.best).to.deep.equal({ classIndex: 8, accuracy: 0.72 });
    expect(100 * population.standardDeviation).to.be.closeTo(15.976232, 5e-7);
    expect(population.normalisedStandardDeviation).to.be.closeTo(0.292605, 5e-7);
    const sample = classMetrics(published, hundred, 1);
    expect(100 * sample.standardDeviation).to.be.closeTo(16.840428, 5e-7);
    expect(sample.normalisedStandardDeviation).to.be.closeTo(0.308433, 5e-7);
  });

  it('averages the worst 30 % of the classes', () => {
    expect(classMetrics(published, hundred).meanOfWorst30).to.be.closeTo((0.25 + 0.35 + 0.4) / 3, 1e-12);
    expect(classMetrics([1, 2], [4, 4]).meanOfWorst30).to.equal(0.25);
  });

  it('weighs samples, not classes, in the average', () => {
    expect(classMetrics([9, 0], [9, 1]).average).to.equal(0.9);
  });

  it('leaves classes without examples out of every summary', () => {
    const metrics = classMetrics([1, 0, 3], [4, 0, 4]);
    expect(metrics.accuracy[1]).to.satisfy(Number.isNaN);
    expect(metrics.worst).to.deep.equal({ classIndex: 0, accuracy: 0.25 });
    expect(metrics.average).to.equal(0.5);
  });
});
