/** Style variables of the page, so that charts follow the reader's light or dark setting. */
export const ink = 'var(--ink)';
export const faint = 'var(--faint)';
export const line = 'var(--line)';
export const cleanColour = 'var(--clean)';
export const robustColour = 'var(--robust)';
export const worstColour = 'var(--worst)';

/** Distinguishable on light and dark ground; with dashes for the second ten classes. */
export const classColours = [
  '#4e79a7',
  '#f28e2b',
  '#e15759',
  '#76b7b2',
  '#59a14f',
  '#d4a90c',
  '#b07aa1',
  '#ff8ba0',
  '#9c755f',
  '#8f8a86',
] as const;
