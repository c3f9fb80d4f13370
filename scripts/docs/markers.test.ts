import { expect, test } from 'vitest';
import { markdownTable, tablesIn, withTable } from './markers.ts';

const README = [
  '# Title',
  '<!-- table: one -->',
  '| a |',
  '',
  'A note.',
  '<!-- end of table -->',
  'Between.',
  '<!-- table: two -->',
  '<!-- end of table -->',
  'After.',
].join('\n');

test('tables are found with what stands in them', () => {
  expect(tablesIn(README, 'README.md')).toEqual([
    { name: 'one', body: '| a |\n\nA note.' },
    { name: 'two', body: '' },
  ]);
});

test('a table is drawn in its place, and nothing else changes', () => {
  const drawn = withTable(README, 'README.md', 'two', '| b |\n| c |');
  expect(drawn).toBe(README.replace('two -->\n', 'two -->\n| b |\n| c |\n'));
  expect(withTable(drawn, 'README.md', 'two', '')).toBe(README.replace('two -->\n', 'two -->\n\n'));
  expect(withTable(drawn, 'README.md', 'two', '| b |\n| c |')).toBe(drawn);
});

test.each([
  ['<!-- table: one -->', 'README.md: the table one has no end.'],
  ['<!-- end of table -->', 'README.md, line 1: a table ends that has not begun.'],
  [`${README}\n<!-- table: one -->\n<!-- end of table -->`, 'README.md, line 11: a second table one.'],
  ['<!-- table: a -->\n<!-- table: b -->', 'README.md, line 2: the table b begins before the table a ends.'],
])('wrong markers are refused: %j', (text, message) => {
  expect(() => tablesIn(text, 'README.md')).toThrow(message);
});

test('a table that a README does not have is no place to draw to', () => {
  expect(() => withTable(README, 'README.md', 'three', '')).toThrow('no line "<!-- table: three -->"');
});

test('a Markdown table', () => {
  expect(markdownTable(['', 'n'], [['a', '1']])).toBe('|  | n |\n|---|--:|\n| a | 1 |');
});
