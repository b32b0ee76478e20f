import type { AttackOptions } from './attack.js';
import { byId } from './dom.js';

/** Values of a byte; radii and step sizes are read in these units. */
const levels = 255;

const slider = {
  epsilon: byId<HTMLInputElement>('epsilon'),
  stepSize: byId<HTMLInputElement>('step-size'),
  steps: byId<HTMLInputElement>('steps'),
};

/** Sets the sliders for a radius: up to four times of it, in steps of a quarter of it. */
export function startControls(epsilon: number, changed: () => void): void {
  const radius = Math.round(epsilon * levels);
  slider.epsilon.max = String(radius * 4);
  slider.epsilon.value = String(radius);
  slider.stepSize.max = String(radius);
  slider.stepSize.value = String(radius / 4);
  showValues();
  for (const input of Object.values(slider)) {
    input.addEventListener('input', () => {
      showValues();
      changed();
    });
  }
}

export function attackOptions(): AttackOptions {
  return {
    epsilon: Number(slider.epsilon.value) / levels,
    stepSize: Number(slider.stepSize.value) / levels,
    steps: Number(slider.steps.value),
  };
}

function showValues(): void {
  byId('epsilon-value').textContent = `${slider.epsilon.value}/${levels}`;
  byId('step-size-value').textContent = `${slider.stepSize.value}/${levels}`;
  byId('steps-value').textContent = slider.steps.value;
}
