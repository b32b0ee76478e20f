import { expect } from 'chai';
import { htmlReport } from '../src/html-report.js';
import { runReport } from './sample-run.js';

describe('htmlReport', () => {
  let html: string;
  before(async () => {
    html = await htmlReport(runReport);
  });

  it('is one file: no scripts, nothing to load', () => {
    expect(html).to.match(/^<!doctype html>/);
    expect(html).not.to.match(/<script|<link|<img|<iframe|@import|url\(\s*['"]?(?!#)/i);
    expect(
      html.match(/https?:\/\/[^"'\s]+/g)?.filter((url) => !url.startsWith('http://www.w3.org/')) ?? [],
    ).to.deep.equal([]);
  });

  it('shows a chart for classes, loss, accuracy, weights and difficulty', () => {
    const headings = [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading);
    expect(headings).to.deep.equal([
      'Result',
      'Accuracy per class',
      'Where attacked images are pushed to',
      'Training loss',
      'Accuracy during training',
      'Class weights',
      'Class difficulty',
      'Configuration',
    ]);
    expect(html.match(/<svg /g)).to.have.length(5);
  });

  it('draws every class in the bars, the worst one in its own colour', () => {
    const bars = html.match(/<svg [\s\S]*?<\/svg>/)![0];
    for (const name of runReport.classNames) expect(bars).to.include(`>${name}<`);
    expect(bars.match(/fill="var\(--worst\)"/g)).to.have.length(1);
  });

  it('prints the numbers with their conditions', () => {
    expect(html).to.include('<b>71.8 %</b><span>robust accuracy</span>');
    expect(html).to.include('<b>24.0 %</b><span>robust, worst class: waves</span>');
    expect(html).to.include('robust NSD (ddof 0)');
    expect(html).to.include('PGD, 20 steps of 2/255, epsilon 8/255; n = 400, seed 7.');
    expect(html).to.include('<td>zebra (60.0 %)</td>');
  });

  it('lists settings under their --set paths, and plugin versions', () => {
    expect(html).to.include('<td>dataset</td><td>generated</td>');
    expect(html).to.include('<td>dataset.trainCount</td><td>3000</td>');
    expect(html).to.include('<td>fair-geometric</td><td>0.1.0</td>');
  });

  it('lets no name become markup, in charts neither', async () => {
    const hostile = '<script>alert(1)</script>';
    const names = [hostile, ...runReport.classNames.slice(1)];
    const page = await htmlReport({
      ...runReport,
      name: hostile,
      classNames: names,
      config: { [hostile]: hostile },
      evaluation: { ...runReport.evaluation!, classNames: names },
    });
    expect(page).not.to.include('<script');
  });

  it('reads epochs back from JSON, where NaN has become null', async () => {
    const epochs = runReport.epochs.map((epoch) => ({
      ...epoch,
      training: { ...epoch.training, counts: [0, 10, 10, 10], robustAccuracy: [NaN, 0.2, 0.6, 0.6] },
    }));
    const stored = JSON.parse(JSON.stringify({ ...runReport, epochs })) as typeof runReport;
    expect(await htmlReport(stored)).not.to.match(/NaN|undefined/);
  });

  it('does without training and without evaluation', async () => {
    const evaluationOnly = await htmlReport({ ...runReport, epochs: [] });
    expect(evaluationOnly).not.to.include('Training loss');
    const { evaluation: _, ...unfinished } = runReport;
    expect(await htmlReport(unfinished)).not.to.include('<h2>Result</h2>');
  });
});
