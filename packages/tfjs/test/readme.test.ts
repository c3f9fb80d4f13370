import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Readme, typeErrors } from '../../../testing/readme.ts';

const folder = join(import.meta.dirname, '..');
const readme = new Readme(folder);
const [first] = readme.examples('# @hashgrad/tfjs');
const [loop] = readme.examples('## A loop of your own');
const [inside] = readme.examples('## Hidden layers');

test('the first example learns', () => {
  const text = readme.run(first!.code).join('\n');
  const [, before, after] = /^loss ([\d.]+) to ([\d.]+)$/m.exec(text) ?? [];
  expect(Number(after)).toBeLessThan(Number(before) / 3);
  expect(Number(/acc: ([\d.]+)/.exec(text)?.[1])).toBeGreaterThan(0.7);
});

test('the example of a loop prints what it says', () => {
  expect(readme.run(loop!.code)).toEqual(loop!.prints);
});

test('the example of hidden layers prints what it says', () => {
  expect(readme.run(inside!.code)).toEqual(inside!.prints);
});

test('the examples have no type errors', () => {
  expect(typeErrors(readme.examples(), folder)).toBe('');
});
