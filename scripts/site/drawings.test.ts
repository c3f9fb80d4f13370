import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DRAWINGS } from '../../docs/scripts/drawings/index.ts';
import { PLOTS } from '../docs/plots.ts';
import { pages, root } from './pages.ts';

const folder = 'docs/src/assets/drawings';
const names = Object.keys(DRAWINGS);

test('every drawing and every plot is shown on a page, with words for those who do not see it', () => {
  const shown = pages().flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/!\[([^\]]{20,})\]\(\S*\/assets\/(\S+)\)/g)].map(
      ([, , file = '']) => `docs/src/assets/${file}`,
    ),
  );
  const files = [...names.map((name) => `${folder}/${name}.svg`), ...PLOTS.map(({ file }) => file)];
  expect(files.filter((file) => !shown.includes(file))).toEqual([]);
});

test('texts of drawings are as large as a phone needs, and have both schemes', () => {
  for (const name of names) {
    const svg = readFileSync(join(root, folder, `${name}.svg`), 'utf8');
    expect(Number(/ width="(\d+)"/.exec(svg)?.[1])).toBeLessThanOrEqual(480);
    expect(svg).toContain('prefers-color-scheme: dark');
  }
});

// Networks are trained for them, which takes a minute or two.
describe.skipIf(process.env['HASHGRAD_FULL'] === undefined)('drawings are as the program draws them', () => {
  test.each(names)('%s', { timeout: 600_000 }, async (name) => {
    const drawn = await DRAWINGS[name]!();
    expect(drawn === readFileSync(join(root, folder, `${name}.svg`), 'utf8')).toBe(true);
  });
});
