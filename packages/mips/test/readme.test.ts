import { describe, expect, test } from 'vitest';
import { examples, run, typeErrors } from './readme.ts';

test('the README has an example', () => {
  expect(examples().length).toBe(1);
});

describe.each(examples())('example %#', ({ code, prints }) => {
  test('runs, and prints what it says', () => {
    expect(prints.length).toBeGreaterThan(0);
    expect(run(code)).toEqual(prints);
  });

  test('has no type errors', () => {
    expect(typeErrors(code)).toBe('');
  });
});
