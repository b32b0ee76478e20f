import { expect } from 'chai';
import { classLines } from '../src/charts/class-lines.js';
import { htmlReport } from '../src/html-report.js';
import { fullRecord, runReport } from './sample-run.js';

describe('htmlReport', () => {
  let html: string;
  before(async () => {
    html = await htmlReport({ ...runReport, evaluation: fullRecord });
  });

  it('is one file: no scripts, nothing to load', () => {
    expect(html).to.match(/^<!doctype html>/);
    expect(html).not.to.match(
      /<script|<link|<img src="(?!data:image\/png)|<iframe|@import|url\(\s*['"]?(?!#)/i,
    );
    expect(
      html.match(/https?:\/\/[^"'\s]+/g)?.filter((url) => !url.startsWith('http://www.w3.org/')) ?? [],
    ).to.deep.equal([]);
  });

  it('has a section for everything that was measured, and charts for it', () => {
    const headings = [...html.matchAll(/<h[23]>(.*?)<\/h[23]>/g)].map(([, heading]) => heading);
    expect(headings).to.deep.equal([
      'Result',
      'Accuracy per class',
      'Where attacked images are pushed to',
      'Robustness against the radius',
      'Margins',
      'Least steps',
      'Examples',
      'Training loss',
      'Learning rate',
      'Accuracy during training',
      'Robust accuracy of each class',
      'Class difficulty',
      'Class weights',
      'Radius per class',
      'Running values of the method',
      'cleanWeight',
      'Running values of the strategy',
      'multipliers.boundary',
      'Weight average',
      'updates',
      'Configuration',
    ]);
    // every chart once for a page and once for a phone
    expect(html.match(/<svg /g)).to.have.length(2 * 15);
  });

  it('gives every chart words and a table for those who cannot see it, and every image too', () => {
    const labels = [...html.matchAll(/role="img" aria-label="([^"]*)"/g)].map(([, label]) => label);
    expect(labels).to.have.length(30);
    for (const label of labels) expect(label).to.match(/\w+ .*\d/);
    expect(html.match(/<details><summary>Numbers<\/summary><div class="scroll"><table>/g)).to.have.length(15);
    expect(html.match(/<img /g)).to.have.length(12);
    expect(html.match(/<img src="[^"]+" alt="[^"]+">/g)).to.have.length(12);
    expect(html).to.include('alt="test image 124 attacked, taken for sun"');
  });

  it('charts only what was turned: no knob that stayed at 1, no state that stayed as it was', () => {
    expect(html).not.to.include('Temperature per class');
    expect(html).not.to.include('teacherTemperature');
    expect(html).to.include('<h3>multipliers.boundary</h3>');
  });

  it('shows no histogram, curve or picture that was not measured', async () => {
    const plain = await htmlReport(runReport);
    for (const heading of ['Robustness against', 'Margins', 'Least steps', 'Examples']) {
      expect(plain).not.to.include(`<h2>${heading}`);
    }
  });

  it('draws every class in the bars, the worst one in its own colour', () => {
    const bars = html.match(/<svg [\s\S]*?<\/svg>/)![0];
    for (const name of runReport.classNames) expect(bars).to.include(`>${name}<`);
    expect(bars.match(/fill="var\(--worst\)"/g)).to.have.length(1);
    // numbers stand behind the whiskers
    for (const number of ['62.0', '24.0']) expect(bars).to.include(`>${number}<`);
  });

  it('prints the numbers with their conditions', () => {
    expect(html).to.include('<b>71.8 %</b><span>robust accuracy</span><span>95 %: 67.1–75.9</span>');
    expect(html).to.include('<b>24.0 %</b><span>robust, worst class: waves</span>');
    expect(html).to.include('robust NSD (ddof 0)');
    expect(html).to.include('PGD, 20 steps of 2/255, epsilon 8/255; n = 400, seed 7.');
    expect(html).to.include('<td>zebra (60.0 %)</td>');
  });

  it('marks a result that sanity checks cast doubt on', async () => {
    const remarks = ['randomness: logits <differ> between passes'];
    const page = await htmlReport({ ...runReport, evaluation: { ...fullRecord, remarks } });
    expect(page).to.include(
      '<b>Not to be trusted as it stands.</b> randomness: logits &lt;differ&gt; between',
    );
    expect(html).not.to.include('class="warning"');
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

  it('draws of many classes the highest and the lowest, and says so', () => {
    const names = Array.from({ length: 30 }, (_, index) => `class ${index}`);
    const lines = (count: number): string =>
      classLines(names.slice(0, count), [names.slice(0, count).map((_, index) => index)], { what: 'x' });
    expect(lines(12)).not.to.contain('that end highest');
    expect(lines(30)).to.contain('Of 30 classes the 6 that end highest and the 6 that end lowest');
    const drawn = names.filter((name) => lines(30).includes(`>${name}<`));
    expect(drawn).to.deep.equal([...names.slice(0, 6), ...names.slice(-6)]);
  });
});
