/** The element of the page with an id; the page is broken without it. */
export function byId<Found extends HTMLElement = HTMLElement>(id: string): Found {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element "${id}".`);
  return found as Found;
}

/** Makes an element; text is set as text, never as markup. */
export function make(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A horizontal bar of a fraction in [0, 1]. */
export function bar(kind: string, fraction: number): HTMLElement {
  const filled = make('span', { class: `bar ${kind}` });
  // set through the object: a style attribute would be refused by a content security policy
  filled.style.width = `${(fraction * 100).toFixed(1)}%`;
  return filled;
}

/** With a space that no line breaks at. */
export function percent(fraction: number, digits = 0): string {
  return `${(fraction * 100).toFixed(digits)}\u00a0%`;
}
