import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Readme, typeErrors } from '../../../testing/readme.ts';

const readme = new Readme(join(import.meta.dirname, '..'));

test('the README has its examples', () => {
  expect(readme.examples().length).toBe(2);
});

describe.each(readme.examples())('example %#', ({ code, prints }) => {
  test('runs, and prints what it says', () => {
    expect(prints.length).toBeGreaterThan(0);
    expect(readme.run(code)).toEqual(prints);
  });
});

test('the examples have no type errors', () => {
  expect(typeErrors(readme.examples())).toBe('');
});
