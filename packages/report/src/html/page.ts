import { escapeHtml } from './escape-html.js';

const style = `
:root { color-scheme: light dark; --ground: #fbfbfa; --card: #ffffff; --ink: #1f2328; --faint: #6b7280; --line: #e4e5e7;
  --clean: #a9c5e8; --robust: #2f6db5; --worst: #d1433a; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181c; --card: #1e2126; --ink: #e6e8eb; --faint: #9aa1ab; --line: #343941;
    --clean: #45688f; --robust: #7fb2ee; --worst: #ff7b6e; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 900px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 26px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 0 0 10px; }
h3 { font-size: 15px; margin: 18px 0 6px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin-top: 18px; }
p { margin: 6px 0; }
.note { color: var(--faint); font-size: 13px; }
.warning { border-left: 4px solid var(--worst); padding-left: 10px; }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; margin: 12px 0; }
.figure { border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; }
.figure b { display: block; font-size: 24px; line-height: 1.25; font-variant-numeric: tabular-nums; }
figure b { font-weight: 600; }
.figure span { display: block; color: var(--faint); font-size: 13px; }
.figure.worst b { color: var(--worst); }
figure { margin: 0; }
svg { width: 100%; height: auto; display: block; }
.narrow { display: none; }
@media screen and (max-width: 600px) {
  main { padding: 16px 10px 40px; }
  section { padding: 14px 12px; }
  .figures { grid-template-columns: repeat(2, 1fr); gap: 8px; }
  .wide { display: none; }
  .narrow { display: block; }
}
details { margin: 4px 0 8px; }
summary { color: var(--faint); font-size: 13px; cursor: pointer; }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 18px; }
.examples figure { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px; break-inside: avoid; }
.examples img { width: 100%; image-rendering: pixelated; border-radius: 4px; }
.examples figcaption { grid-column: 1 / -1; font-size: 13.5px; }
.examples .note { display: block; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { text-align: left; padding: 4px 8px; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
/* beside numbers that cannot break, words would be stacked letter by letter */
th:not(.number), td:not(.number) { min-width: 6em; }
th { color: var(--faint); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr:has(.worst) td { color: var(--worst); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 8px 0 0; font-size: 14px; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
@media print {
  :root { color-scheme: light; --ground: #ffffff; --card: #ffffff; --ink: #1f2328; --faint: #6b7280; --line: #e4e5e7;
    --clean: #a9c5e8; --robust: #2f6db5; --worst: #d1433a; }
  * { print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  figure, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  details { display: none; }
}
`;

export interface Section {
  readonly title: string;
  /** HTML. */
  readonly body: string;
}

/** A whole page that needs nothing beside itself. */
export function page(
  title: string,
  facts: Readonly<Record<string, string>>,
  sections: readonly Section[],
): string {
  const list = Object.entries(facts)
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('');
  const body = sections.map(({ title: heading, body: content }) => {
    return `<section>\n<h2>${escapeHtml(heading)}</h2>\n${content}\n</section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<dl>${list}</dl>
${body.join('\n')}
</main>
</body>
</html>
`;
}
