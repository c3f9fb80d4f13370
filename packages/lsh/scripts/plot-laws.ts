/**
 * Draws how often codes are shared against what the laws say, one picture for each kind of similarity: docs/laws-*.svg.
 * Run it by `pnpm --filter @hashgrad/lsh plots`; the same sources give the same pictures.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { laws, measured, type Picture, PICTURES } from './laws.ts';

/** Draws the law as a line and what was measured as circles. */
function draw(picture: Picture): string {
  const { label, domain, facets } = picture;
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    document: document as unknown as Document,
    width: 1000,
    height: 310,
    marginTop: 44,
    marginLeft: 48,
    marginBottom: 40,
    style: { background: 'white', color: '#222', fontSize: '12px' },
    fx: { label: null, domain: facets.map(({ title }) => title), padding: 0.08 },
    x: { label, domain, ticks: 5, inset: 6 },
    y: { label: '↑ probability of a shared code', domain: [0, 1], ticks: 5, grid: true },
    marks: [
      Plot.frame({ stroke: '#bbb' }),
      Plot.line(laws(picture), { fx: 'title', x: 'similarity', y: 'p', stroke: '#0072b2', strokeWidth: 1.5 }),
      Plot.dot(measured(picture), {
        fx: 'title',
        x: 'similarity',
        y: 'p',
        stroke: '#d55e00',
        r: 4,
        strokeWidth: 1.5,
      }),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  // Three decimals are enough, and keep the files alike on all machines.
  return `${svg.outerHTML.replace(/\d+\.\d{4,}/g, (digits) => String(Number(Number(digits).toFixed(3))))}\n`;
}

const docs = join(import.meta.dirname, '..', 'docs');
mkdirSync(docs, { recursive: true });
for (const picture of PICTURES) {
  writeFileSync(join(docs, `${picture.name}.svg`), draw(picture));
  console.log(`wrote docs/${picture.name}.svg`);
}
