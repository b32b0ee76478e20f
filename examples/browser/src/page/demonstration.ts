import type { Site } from '../site.js';
import { accuracyRows, accuracySource } from './accuracy-rows.js';
import { attack, largest } from './attack.js';
import { attackOptions } from './controls.js';
import { byId, make } from './dom.js';
import { readPicture } from './picture.js';
import { showAttack } from './show-attack.js';
import { loadStudent, type NetworkFile, type Student } from './student.js';

export interface Picture {
  readonly content: Blob;
  readonly name: string;
  /** Class that it shows, where that is known. */
  readonly label?: number;
}

/** What the page does: a student, a picture, and the attack on it. */
export interface Demonstration {
  usePicture(picture: Picture): Promise<void>;
  /** @throws PageError when they are no student; the former stays */
  useStudent(files: readonly NetworkFile[]): Promise<void>;
  /** Says what the picture shows. */
  setLabel(label: number): Promise<void>;
  /** Attacks again, with the settings of now. */
  attackAgain(): Promise<void>;
}

export function demonstration(site: Site): Demonstration {
  let student: Student | undefined;
  let ownStudent = false;
  let picture: Picture | undefined;
  let clean: Float32Array | undefined;
  let label = 0;
  let choices = 0;
  /** Number of the attack that may draw. */
  let latest = 0;
  let running: Promise<void> = Promise.resolve();

  /** Ends the attack under way: a session runs one image at a time. */
  const stop = async (): Promise<number> => {
    const turn = ++latest;
    await running;
    return turn;
  };

  async function attackAgain(): Promise<void> {
    const turn = await stop();
    if (turn !== latest || !student || !clean) return;
    running = run(student, { clean, label }, turn);
    await running;
  }

  async function run(attacked: Student, target: { clean: Float32Array; label: number }, turn: number) {
    const options = attackOptions();
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    byId('attack').setAttribute('aria-busy', 'true');
    const slope = (image: Float32Array) => attacked.slope(image, target.label);
    try {
      for await (const state of attack(target.clean, slope, options)) {
        if (turn !== latest) return;
        if (!still || state.done) showAttack(attacked, target, state, options);
        await browserPaints();
      }
    } finally {
      byId('attack').setAttribute('aria-busy', 'false');
    }
  }

  async function usePicture(next: Picture): Promise<void> {
    if (!student) return;
    const choice = ++choices;
    const pixels = await readPicture(next.content, next.name, student.shape);
    await stop();
    const logits = await student.classify(pixels);
    if (choice !== choices) return; // another was chosen meanwhile
    [picture, clean] = [next, pixels];
    label = next.label ?? largest(logits);
    showLabels(student.classNames, label, next);
    showAccuracy(site, student, ownStudent, label);
    await attackAgain();
  }

  return {
    usePicture,
    attackAgain,
    async useStudent(files) {
      const next = await loadStudent(files, site);
      await stop();
      ownStudent = student !== undefined;
      await student?.release();
      student = next;
      byId('name').textContent = ownStudent ? next.name : site.name;
      if (picture) {
        const { label: known, ...unlabelled } = picture;
        const fits = known !== undefined && next.classNames === site.classNames;
        await usePicture(fits ? picture : unlabelled);
      }
    },
    async setLabel(chosen) {
      label = chosen;
      if (student) showAccuracy(site, student, ownStudent, label);
      await attackAgain();
    },
  };
}

function showLabels(classNames: readonly string[], label: number, { label: known }: Picture): void {
  const choice = byId<HTMLSelectElement>('label');
  choice.replaceChildren(...classNames.map((name, index) => make('option', { value: String(index) }, name)));
  choice.value = String(label);
  byId('label-note').hidden = known !== undefined;
}

/** Measured for the student of the site; of another one nothing is known. */
function showAccuracy({ accuracy }: Site, { classNames }: Student, own: boolean, label: number): void {
  byId('accuracy-section').hidden = own || !accuracy;
  if (!accuracy) return;
  byId('accuracy').replaceChildren(...accuracyRows(accuracy, classNames, label));
  byId('accuracy-source').textContent = accuracySource(accuracy);
}

function browserPaints(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
