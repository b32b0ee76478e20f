import type { Site } from '../site.js';
import { startControls } from './controls.js';
import { demonstration, type Demonstration } from './demonstration.js';
import { byId, make } from './dom.js';
import { messageOf, PageError } from './page-error.js';
import type { NetworkFile } from './student.js';

async function start(): Promise<void> {
  const site = (await (await get('site.json')).json()) as Site;
  const page = demonstration(site);
  startControls(site.epsilon, () => told(page.attackAgain()));
  const names = [site.classifier, site.gradient];
  await page.useStudent(await Promise.all(names.map(async (name) => networkFile(name, await get(name)))));
  byId('loading').hidden = true;
  byId('demonstration').hidden = false;
  listen(page);
  showSamples(site, page);
}

function showSamples({ samples, classNames }: Site, page: Demonstration): void {
  const buttons = samples.map(({ file, label }) => {
    const name = classNames[label]!;
    const button = make('button', { type: 'button', 'aria-pressed': 'false', class: 'sample' });
    button.append(make('img', { src: file, alt: '' }), make('span', {}, name));
    button.addEventListener('click', () => {
      press(button);
      told(get(file).then(async (answer) => page.usePicture({ content: await answer.blob(), name, label })));
    });
    return button;
  });
  byId('samples').replaceChildren(...buttons);
  buttons[0]?.click();
}

function press(pressed: HTMLElement | undefined): void {
  for (const button of byId('samples').children) {
    button.setAttribute('aria-pressed', String(button === pressed));
  }
}

function listen(page: Demonstration): void {
  const chooser = byId<HTMLInputElement>('file');
  const useFiles = (files: readonly File[]): void => {
    if (files.length > 0) told(takeFiles(files, page));
  };
  chooser.addEventListener('change', () => {
    useFiles([...(chooser.files ?? [])]);
    chooser.value = ''; // so that the same file can be chosen again
  });
  byId('label').addEventListener('change', (event) =>
    told(page.setLabel(Number((event.target as HTMLSelectElement).value))),
  );
  byId('again').addEventListener('click', () => told(page.attackAgain()));
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) document.body.classList.remove('dropping');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    useFiles([...(event.dataTransfer?.files ?? [])]);
  });
}

/** A student where any file is ONNX, else a picture. */
async function takeFiles(files: readonly File[], page: Demonstration): Promise<void> {
  if (files.some(({ name }) => name.endsWith('.onnx'))) {
    return await page.useStudent(await Promise.all(files.map((file) => networkFile(file.name, file))));
  }
  await page.usePicture({ content: files[0]!, name: files[0]!.name });
  press(undefined);
}

async function networkFile(name: string, content: Blob | Response): Promise<NetworkFile> {
  return { name, bytes: new Uint8Array(await content.arrayBuffer()) };
}

async function get(name: string): Promise<Response> {
  const answer = await fetch(name);
  if (!answer.ok)
    throw new PageError(`${name} is missing on the server (${answer.status}): build the page again.`);
  return answer;
}

/** Runs what the visitor asked for and tells what went wrong, in one line. */
function told(work: Promise<void>): void {
  const line = byId('error');
  line.textContent = '';
  work.catch((error: unknown) => {
    line.textContent = messageOf(error);
  });
}

start().catch((error: unknown) => {
  byId('loading').hidden = true;
  byId('error').textContent = messageOf(error);
});
