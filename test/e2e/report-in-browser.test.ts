import { expect } from 'chai';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { findChromium, launchBrowser, openFile } from '../support/browser.js';
import { lookAtPage, type SeenReport } from '../support/look-at-page.js';
import { runCli, temporaryFolder } from './cli-process.js';

const training = [
  ...['train', '--plugin', 'fair-frl', '--student', 'small-cnn', '--set', 'student.widths=[4, 8]'],
  ...['--dataset', 'generated', '--set', 'dataset.size=8', '--set', 'dataset.trainCount=200'],
  ...['--set', 'dataset.testCount=60', '--batch-size', '20', '--set', 'attack.steps=2'],
  ...['--set', 'evaluation.attacks=[pgd:s]', '--set', 'optimizer.learningRate=0.01', '--epochs', '3'],
  ...['--set', 'evaluation.epsilons=[0, 2/255, 4/255, 8/255]', '--quiet'],
];

/** ARD_SCREENSHOTS names a folder to keep pictures of the pages in, for people to look at. */
const screenshots = process.env.ARD_SCREENSHOTS;

describe('reports in a real browser', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let browser: Browser;

  before(async function () {
    const chromium = findChromium();
    if (chromium === undefined) {
      console.log('      no Chromium on the PATH or in ARD_CHROMIUM: reports are not looked at here');
      return this.skip();
    }
    browser = await launchBrowser(chromium);
    folder = await temporaryFolder();
  });
  after(async () => {
    await browser?.close();
    await folder?.remove();
  });

  async function ard(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(args, folder.path);
    expect(code, stderr).to.equal(0);
    return stdout;
  }

  async function look(file: string, width: number, colours: 'light' | 'dark' = 'light'): Promise<SeenReport> {
    const { page, complaints } = await openFile(browser, file, { width, colours });
    const seen = await lookAtPage(page);
    if (screenshots !== undefined) {
      mkdirSync(screenshots, { recursive: true });
      const name = file.replace(folder.path, '').replaceAll(/[^\w.-]+/g, '-');
      await page.screenshot({ path: join(screenshots, `${name}-${width}-${colours}.png`), fullPage: true });
    }
    await page.close();
    expect(complaints, file).to.deep.equal([]);
    return seen;
  }

  /** Charts are drawn, large enough, legible, and nothing runs out of the window. */
  function expectReadable(seen: SeenReport, charts: number): void {
    expect(seen.charts).to.have.length(charts);
    for (const { label, width, height, marks, texts, smallestText } of seen.charts) {
      expect(width, label).to.be.greaterThan(250);
      expect(height, label).to.be.greaterThan(100);
      expect(marks, label).to.be.greaterThan(3);
      expect(texts.length, label).to.be.greaterThan(3);
      expect(smallestText, label).to.be.greaterThan(9);
    }
    expect(seen.stackedCells, 'letters below each other').to.deep.equal([]);
    expect(seen.overflows, 'wider than the window').to.equal(false);
    for (const { alt, width, loaded } of seen.images) {
      expect(loaded, alt).to.equal(true);
      expect(width, alt).to.be.greaterThan(50);
    }
    expect(seen.text).not.to.match(/NaN|undefined|null|\[object/);
  }

  it('shows of a training what was measured, per class and over epochs: numbers, charts, every knob turned', async () => {
    const stdout = await ard(...training, '--name', 'frl');
    const report = join(folder.path, 'runs', 'frl', 'report.html');
    expect(existsSync(report)).to.equal(true);
    const seen = await look(report, 1000);
    expect(seen.headings).to.include.members([
      'Result',
      'Accuracy per class',
      'Where attacked images are pushed to',
      'Robustness against the radius',
      'Margins',
      'Least steps',
      'Examples',
      'Training loss',
      'Accuracy during training',
      'Robust accuracy of each class',
      'Class weights of clean terms',
      'Class weights of robust terms',
      'Radius per class',
      'Running values of the strategy',
      'Configuration',
    ]);
    expectReadable(seen, seen.charts.length);
    expect(seen.charts.length).to.be.greaterThan(12);
    // clean, perturbation, attacked
    expect(seen.images.length).to.be.greaterThan(2);
    expect(seen.images.length % 3).to.equal(0);
    const [, clean, robust] = /average +([\d.]+) +([\d.]+)/.exec(stdout)!;
    expect(seen.text).to.contain(`${clean} %\nclean accuracy`);
    expect(seen.text).to.contain(`${robust} %\nrobust accuracy`);
    const bars = seen.charts.find(({ section }) => section === 'Accuracy per class')!;
    for (const name of ['sun', 'waves', 'leaf']) expect(bars.texts).to.include(name);
  });

  it('is as legible on a phone and on dark ground', async () => {
    const report = join(folder.path, 'runs', 'frl', 'report.html');
    const light = await look(report, 1000);
    const phone = await look(report, 390, 'dark');
    expectReadable(phone, light.charts.length);
    expect(phone.ground).not.to.equal(light.ground);
  });

  it('shows of an evaluation the curve over radii and images that were broken', async () => {
    const args = ['--attack', 'pgd:s', '--epsilons', '0,4/255,8/255', '--run-dir', 'evaluated', '--quiet'];
    await ard('evaluate', 'runs/frl', ...args);
    const seen = await look(join(folder.path, 'evaluated', 'report.html'), 1000);
    expectReadable(seen, 5);
    expect(seen.images.length).to.be.greaterThan(2);
    expect(seen.headings).to.include.members(['Robustness against the radius', 'Margins', 'Examples']);
  });

  it('compares two trainings on a page, and refuses to compare what was evaluated on other images', async () => {
    await ard(...training, '--name', 'other', '--seed', '1');
    const table = await ard('compare', 'runs/frl', 'runs/other', '--html', 'comparison.html');
    for (const line of table.split('\n')) expect(line.length, line).to.be.at.most(80);
    const seen = await look(join(folder.path, 'comparison.html'), 1000);
    expectReadable(seen, 2);
    expect(seen.headings).to.deep.equal([
      'Robust accuracy',
      'Robust accuracy per class',
      'Clean accuracy',
      'Clean accuracy per class',
    ]);
    expectReadable(await look(join(folder.path, 'comparison.html'), 390, 'dark'), 2);
    const [, average] = /robust +A [^]*?average +[\d.]+ +[\d.]+ +(\S+)/.exec(table)!;
    expect(seen.text).to.contain(average);

    const again = await runCli(
      ['compare', 'runs/frl', 'runs/other', '--html', 'comparison.html'],
      folder.path,
    );
    expect(again.code).to.equal(1);
    expect(again.stderr).to.contain('comparison.html exists already');
    await ard(...training, '--name', 'fewer', '--test-samples', '30');
    const fewer = await runCli(['compare', 'runs/frl', 'runs/fewer', '--json'], folder.path);
    expect(fewer.code).to.equal(1);
    expect(fewer.stdout).to.match(/not evaluated on the same images: .*60 images against 30/);
    const nothing = await runCli(['compare', 'runs/frl', 'runs/nothing'], folder.path);
    expect(nothing.stderr).to.contain('There is no finished run or evaluation in runs/nothing');
  });
});
