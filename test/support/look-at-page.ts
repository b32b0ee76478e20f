import type { Page } from 'puppeteer-core';

/** What a reader sees of a report, as the browser has laid it out. */
export interface SeenReport {
  readonly headings: readonly string[];
  /** Text of the whole page. */
  readonly text: string;
  readonly charts: readonly SeenChart[];
  readonly images: readonly { readonly alt: string; readonly width: number; readonly loaded: boolean }[];
  /** Texts of table cells that are much taller than wide: their letters stand below each other. */
  readonly stackedCells: readonly string[];
  /** Whether anything is wider than the window. */
  readonly overflows: boolean;
  readonly ground: string;
}

export interface SeenChart {
  /** Heading of the section that it stands in. */
  readonly section: string;
  readonly label: string;
  readonly width: number;
  readonly height: number;
  /** Visible marks: paths that have a size and are painted. */
  readonly marks: number;
  /** Texts inside the chart. */
  readonly texts: readonly string[];
  /** Smallest letters in it, in pixels of the screen. */
  readonly smallestText: number;
}

/** Measures a report inside the browser. Chromium evaluates the code, so that it names nothing of this file. */
export function lookAtPage(page: Page): Promise<SeenReport> {
  return page.evaluate(`(() => {
    const shown = (element) => element.getBoundingClientRect().width > 0;
    const charts = [...document.querySelectorAll('[role=img]')].filter(shown).map((chart) => {
      const box = chart.getBoundingClientRect();
      const texts = [...chart.querySelectorAll('text')];
      return {
        section: chart.closest('section').querySelector('h2').textContent,
        label: chart.getAttribute('aria-label'),
        width: box.width,
        height: box.height,
        marks: [...chart.querySelectorAll('path')].filter((path) => {
          const { fill, stroke } = getComputedStyle(path);
          const size = path.getBoundingClientRect();
          return size.width + size.height > 0 && (fill !== 'none' || stroke !== 'none');
        }).length,
        texts: texts.map((text) => text.textContent),
        smallestText: Math.min(...texts.map((text) => text.getBoundingClientRect().height)),
      };
    });
    return {
      headings: [...document.querySelectorAll('h2')].map((heading) => heading.textContent),
      text: document.body.innerText,
      charts,
      images: [...document.images].map((image) => ({
        alt: image.alt,
        width: image.getBoundingClientRect().width,
        loaded: image.complete && image.naturalWidth > 0,
      })),
      stackedCells: [...document.querySelectorAll('th, td')].filter((cell) => {
        const { width, height } = cell.getBoundingClientRect();
        return width > 0 && cell.textContent.length > 3 && height > 3 * width;
      }).map((cell) => cell.textContent),
      overflows: document.documentElement.scrollWidth > innerWidth,
      ground: getComputedStyle(document.body).backgroundColor,
    };
  })()`) as Promise<SeenReport>;
}
