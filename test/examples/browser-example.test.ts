import { expect } from 'chai';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import sharp from 'sharp';
import { runCli, temporaryFolder, tinyTraining } from '../e2e/cli-process.js';
import { findChromium, launchBrowser, openUrl } from '../support/browser.js';
import { attackByHand } from './attack-by-hand.js';
import { runExample, serveExample, type ExampleServer } from './example-process.js';

const build = 'browser/dist/src/build.js';

/** Enough to be right on some pictures, and fooled on some. */
const longer = ['--set', 'dataset.trainCount=400', '--set', 'optimizer.learningRate=0.05', '--epochs', '6'];

interface Site {
  readonly samples: readonly { readonly file: string; readonly label: number }[];
}

interface Summary {
  readonly clean: { readonly accuracy: readonly number[] };
  readonly robust: { readonly accuracy: readonly number[] };
}

describe('examples/browser', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ExampleServer;
  let browser: Browser;

  before(async function () {
    const chromium = findChromium();
    if (chromium === undefined) {
      console.log('      no Chromium on the PATH or in ARD_CHROMIUM: the page is not looked at here');
      return this.skip();
    }
    folder = await temporaryFolder();
    const trained = await runCli(
      ['train', ...tinyTraining, ...longer, '--run-dir', 'run', '--quiet'],
      folder.path,
    );
    expect(trained.code, trained.stderr).to.equal(0);
    const built = runExample(build, ['run', '--out', 'site'], folder.path);
    expect(built.stderr).to.equal('');
    expect(built.stdout).to.contain('site is ready: small-cnn-batch-norm, 20 sample pictures.');
    server = await serveExample('browser/dist/src/serve.js', [join(folder.path, 'site'), '--port', '0']);
    browser = await launchBrowser(chromium);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await folder?.remove();
  });

  const inSite = (...names: string[]): string => join(folder.path, 'site', ...names);

  async function open(width: number, colours: 'light' | 'dark' = 'light') {
    const opened = await openUrl(browser, server.url, (url) => url.startsWith(server.url), {
      width,
      colours,
    });
    await attackEnded(opened.page);
    return opened;
  }

  /** A verdict is there and no attack is under way, or something went wrong. */
  async function attackEnded(page: Page): Promise<void> {
    await page.waitForFunction(
      `document.getElementById('error').textContent !== '' ||
       (document.getElementById('verdict').textContent !== '' &&
        document.getElementById('attack').getAttribute('aria-busy') === 'false')`,
    );
  }

  const textOf = (page: Page, id: string): Promise<string> =>
    page.evaluate(`document.getElementById('${id}').textContent`) as Promise<string>;

  /** Percentages of the two columns of a table, by class. */
  const percentages = (page: Page, id: string): Promise<number[][]> =>
    page.evaluate(`[...document.querySelectorAll('#${id} tr')].map((row) =>
      [...row.querySelectorAll('.number')].map((cell) => parseInt(cell.textContent)))`) as Promise<
      number[][]
    >;

  /** Pixels of a canvas, 0 to 255, without opacity. */
  const pixels = (page: Page, id: string): Promise<number[]> =>
    page.evaluate(`(() => {
      const canvas = document.getElementById('${id}');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return [...data].filter((_, index) => index % 4 !== 3);
    })()`) as Promise<number[]>;

  async function slide(page: Page, id: string, value: number): Promise<void> {
    await page.evaluate(`(() => {
      const input = document.getElementById('${id}');
      input.value = '${value}';
      input.dispatchEvent(new Event('input'));
    })()`);
  }

  async function upload(page: Page, ...files: readonly string[]): Promise<void> {
    const [chooser] = await Promise.all([page.waitForFileChooser(), page.click('label.button')]);
    await chooser.accept([...files]);
  }

  const errorAfter = async (page: Page, ...files: readonly string[]): Promise<string> => {
    await upload(page, ...files);
    await page.waitForFunction(`document.getElementById('error').textContent !== ''`);
    return await textOf(page, 'error');
  };

  it('attacks a picture in the page as native ONNX Runtime does, and shows the run’s accuracy per class', async () => {
    const { page, complaints } = await open(1200);
    const { samples } = JSON.parse(readFileSync(inSite('site.json'), 'utf8')) as Pick<Site, 'samples'>;
    const outcomes = new Set<string>();
    for (const [place, { file, label }] of samples.slice(0, 10).entries()) {
      const { before, after, kappa } = await attackByHand(
        inSite('student.gradient.onnx'),
        inSite(file),
        label,
      );
      await page.evaluate(`{
        document.getElementById('verdict').textContent = '';
        document.querySelectorAll('.sample')[${place}].click();
      }`);
      await attackEnded(page);
      const shown = await percentages(page, 'probabilities');
      expect(shown).to.have.length(10);
      shown.forEach(([shownBefore, shownAfter], index) => {
        expect(shownBefore! / 100).to.be.closeTo(before[index]!, 0.01);
        expect(shownAfter! / 100).to.be.closeTo(after[index]!, 0.01);
      });
      const right = (values: readonly number[]): boolean => values.indexOf(Math.max(...values)) === label;
      const outcome = !right(before) ? 'wrong before any attack' : right(after) ? 'withstood' : 'fooled';
      const verdict = await textOf(page, 'verdict');
      expect(verdict).to.contain(outcome);
      if (right(before)) expect(verdict).to.contain(`Steps survived (kappa): ${kappa} of 20.`);
      outcomes.add(outcome);

      const [clean, attacked] = [await pixels(page, 'clean'), await pixels(page, 'attacked')];
      expect(clean).to.deep.equal([...(await sharp(inSite(file)).removeAlpha().raw().toBuffer())]);
      const changes = clean.map((value, index) => Math.abs(value - attacked[index]!));
      expect(Math.max(...changes)).to.be.within(7, 9);
    }
    expect(outcomes.size, [...outcomes].join()).to.be.greaterThan(1);

    const { clean: ofClean, robust } = JSON.parse(
      readFileSync(join(folder.path, 'run', 'summary.json'), 'utf8'),
    ) as Summary;
    expect(await percentages(page, 'accuracy')).to.deep.equal(
      ofClean.accuracy.map((accuracy, index) => [
        Math.round(accuracy * 100),
        Math.round(robust.accuracy[index]! * 100),
      ]),
    );
    expect(complaints).to.deep.equal([]);
    await page.close();
  });

  it('follows the sliders', async () => {
    const { page } = await open(1200);
    await slide(page, 'steps', 5);
    await slide(page, 'epsilon', 0);
    await attackEnded(page);
    expect(await page.$$('#strip .step')).to.have.length(6);
    for (const [before, after] of await percentages(page, 'probabilities')) expect(after).to.equal(before);
    expect(await pixels(page, 'attacked')).to.deep.equal(await pixels(page, 'clean'));
    expect(await textOf(page, 'epsilon-value')).to.equal('0/255');
    await page.close();
  });

  it('takes the visitor’s own picture by choosing or dropping, in the network’s size, and believes the visitor', async () => {
    const { page, complaints } = await open(1200);
    const picture = join(folder.path, 'holiday.png');
    await sharp({ create: { width: 60, height: 40, channels: 4, background: '#2060c0' } }).toFile(picture);
    await upload(page, picture);
    await page.waitForFunction(`!document.getElementById('label-note').hidden`);
    await attackEnded(page);
    expect((await pixels(page, 'clean')).slice(0, 3)).to.deep.equal([0x20, 0x60, 0xc0]);
    expect(await pixels(page, 'clean')).to.have.length(8 * 8 * 3);
    expect(await page.$('.sample[aria-pressed=true]')).to.equal(null);

    const said = Number(await page.$eval('#label', (select) => (select as { value: string }).value));
    await page.select('#label', String((said + 1) % 10));
    await page.waitForFunction(`document.getElementById('verdict').textContent.includes('wrong before')`);

    const bytes = readFileSync(inSite('samples', '0.png')).toString('base64');
    await page.evaluate(`(() => {
      const bytes = Uint8Array.from(atob('${bytes}'), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], 'dropped.png', { type: 'image/png' }));
      document.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true, bubbles: true }));
    })()`);
    const expected = JSON.stringify([
      ...(await sharp(inSite('samples', '0.png')).removeAlpha().raw().toBuffer()),
    ]);
    await page.waitForFunction(`JSON.stringify([...document.getElementById('clean').getContext('2d')
      .getImageData(0, 0, 8, 8).data].filter((_, index) => index % 4 !== 3)) === '${expected}'`);
    expect(complaints).to.deep.equal([]);
    await page.close();
  });

  it('says in one line what is wrong with a file, and goes on', async () => {
    const { page } = await open(1200);
    const [notes, fake] = [join(folder.path, 'notes.txt'), join(folder.path, 'fake.onnx')];
    writeFileSync(notes, 'no picture');
    writeFileSync(fake, 'no network');
    expect(await errorAfter(page, notes)).to.equal(
      'notes.txt is no picture that this browser can open. PNG, JPEG and WebP work.',
    );
    expect(await errorAfter(page, fake)).to.equal('fake.onnx is no ONNX network that this page can run.');
    expect(await errorAfter(page, inSite('student.onnx'))).to.contain(
      'student.onnx: the gradient is missing.',
    );
    // a right pair: the student changes, and the accuracy of the former is no longer shown
    await upload(page, inSite('student.gradient.onnx'), inSite('student.onnx'));
    await page.waitForFunction(`document.getElementById('accuracy-section').hidden`);
    await attackEnded(page);
    expect(await textOf(page, 'error')).to.equal('');
    expect(await textOf(page, 'name')).to.equal('student');
    await page.close();
  });

  it('fits desktop and phone, in the colours of the device', async () => {
    const { ARD_SCREENSHOTS = folder.path } = process.env; // for people to look at
    mkdirSync(ARD_SCREENSHOTS, { recursive: true });
    const look = async (name: string, width: number, colours: 'light' | 'dark'): Promise<string> => {
      const { page } = await open(width, colours);
      const { ground, ...seen } = (await page.evaluate(`({
        overflows: document.documentElement.scrollWidth > innerWidth,
        unnamed: [...document.querySelectorAll('input, select')].filter((input) => input.labels.length === 0).length,
        ground: getComputedStyle(document.body).backgroundColor,
      })`)) as { overflows: boolean; unnamed: number; ground: string };
      expect(seen, name).to.deep.equal({ overflows: false, unnamed: 0 });
      expect(await page.evaluate('document.body.innerText')).not.to.match(/NaN|undefined|null|\[object/);
      const path = join(ARD_SCREENSHOTS, `browser-example-${name}.png`);
      const { channels } = await sharp(await page.screenshot({ path, fullPage: true })).stats();
      expect(channels[0]!.stdev, 'a blank page').to.be.greaterThan(5);
      await page.close();
      return ground;
    };
    expect(await look('phone', 390, 'dark')).not.to.equal(await look('desktop', 1200, 'light'));
  });

  it('says what is missing on the server', async () => {
    const broken = await serveExample('browser/dist/src/serve.js', [inSite(), '--port', '0']);
    const gradient = readFileSync(inSite('student.gradient.onnx'));
    rmSync(inSite('student.gradient.onnx'));
    try {
      const { page } = await openUrl(browser, broken.url, () => true, { width: 1200 });
      await attackEnded(page);
      expect(await textOf(page, 'error')).to.equal(
        'student.gradient.onnx is missing on the server (404): build the page again.',
      );
      await page.close();
    } finally {
      writeFileSync(inSite('student.gradient.onnx'), gradient);
      await broken.stop();
    }
  });

  it('is built from finished runs only, and into no folder that holds something else', () => {
    const refused = (...args: string[]) => runExample(build, args, folder.path);
    expect(refused('run').stderr).to.contain('Usage: node');
    expect(runExample('browser/dist/src/serve.js', ['run'], folder.path).stderr).to.contain(
      'build the page first',
    );
    expect(refused('nowhere', '--out', 'new').stderr).to.contain('nowhere is no run');
    expect(refused('run', '--out', 'new', '--samples', 'many').stderr).to.contain('--samples is many');
    const occupied = refused('run', '--out', 'run');
    expect(occupied.stderr).to.contain('run holds something else').and.not.to.contain('    at ');
    expect(occupied.status).to.equal(1);
    expect(refused('run', '--out', 'site').status, 'building again').to.equal(0);
  });
});
