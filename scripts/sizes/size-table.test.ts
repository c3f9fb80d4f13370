import { expect, test } from 'vitest';
import { sizeProblems, sizeRows, withSizes } from './size-table.ts';

const README = `# a

<!-- table: sizes -->
| imported | minified | gzipped |
|---|--:|--:|
| \`A\`, \`b\` | 100 kB | 40 kB |
| \`c\` | 1 kB | 0 kB |
<!-- end of table -->

Below.
`;

const [row] = sizeRows(README, 'README.md');

test('a row says what is imported, and what it costs', () => {
  expect(sizeRows(README, 'README.md')).toEqual([
    { names: ['A', 'b'], minified: 100, gzipped: 40 },
    { names: ['c'], minified: 1, gzipped: 0 },
  ]);
  expect(sizeRows('# no table', 'README.md')).toEqual([]);
  expect(() => sizeRows(README.replace('`c`', 'c'), 'README.md')).toThrow(
    /README\.md, table sizes: .* does not say what is imported/,
  );
});

test('an import that costs what is said, or hardly more, is let through', () => {
  for (const minified of [91_000, 100_000, 103_000]) {
    expect(sizeProblems(row!, { minified, gzipped: 40_000 }, 'README.md')).toEqual([]);
  }
});

test.each([
  [110_000, 40_000, 'A, b: 110.0 kB minified, not 100'],
  [80_000, 40_000, 'A, b: 80.0 kB minified, not 100'],
  [100_000, 45_000, 'A, b: 45.0 kB gzipped, not 40'],
])('%s bytes, %s gzipped: %s', (minified, gzipped, problem) => {
  expect(sizeProblems(row!, { minified, gzipped }, 'README.md')).toEqual([
    expect.stringContaining(`README.md: ${problem}.`),
  ]);
});

test('the table is written with what was measured, and all else stays', () => {
  const sizes = [
    { minified: 123_499, gzipped: 45_500 },
    { minified: 2_000, gzipped: 900 },
  ];
  expect(withSizes(README, 'README.md', sizeRows(README, 'README.md'), sizes)).toBe(
    README.replace('100 kB | 40 kB', '123 kB | 46 kB').replace('1 kB | 0 kB', '2 kB | 1 kB'),
  );
});
