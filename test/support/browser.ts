import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch, type Browser, type Page } from 'puppeteer-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The browser named by ARD_CHROMIUM, else the first Chromium on the PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const { ARD_CHROMIUM, PATH = '' } = process.env;
  if (ARD_CHROMIUM !== undefined) return ARD_CHROMIUM;
  const candidates = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface OpenedPage {
  readonly page: Page;
  /** Errors and warnings of the page, and whatever it tried to load besides itself and what is embedded in it. */
  readonly complaints: readonly string[];
}

export interface PageOptions {
  readonly width: number;
  readonly colours?: 'light' | 'dark';
}

export function launchBrowser(executablePath: string): Promise<Browser> {
  // containers run as root, where Chromium wants no sandbox, and have little shared memory
  return launch({ executablePath, headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** Opens a file as a reader would, and listens to what goes wrong. */
export async function openFile(browser: Browser, path: string, options: PageOptions): Promise<OpenedPage> {
  const url = pathToFileURL(path).href;
  return await openUrl(browser, url, (requested) => requested === url, options);
}

/** Opens what a server offers. @param expected tells which requests are no complaint */
export async function openUrl(
  browser: Browser,
  url: string,
  expected: (requested: string) => boolean,
  { width, colours = 'light' }: PageOptions,
): Promise<OpenedPage> {
  const complaints: string[] = [];
  const page = await browser.newPage();
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${String(error)}`));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('request', (request) => {
    if (!expected(request.url()) && !request.url().startsWith('data:'))
      complaints.push(`request: ${request.url()}`);
  });
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: colours }]);
  await page.goto(url, { waitUntil: 'load' });
  return { page, complaints };
}
