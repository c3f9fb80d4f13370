import { expect, test } from 'vitest';
import { fromConfigText, toConfigText } from '../src/config-text.ts';

test('specs are text without anything that tfjs rewrites, and are read as they were', () => {
  const spec = {
    kind: 'ABTest',
    logQ: true,
    some_key: ['A_b', 'É', '\\A', 'a"B'],
    Deep: { x: 1e-9, y: null },
  };
  const text = toConfigText(spec);
  expect(text).not.toMatch(/[A-Z_]/);
  expect(fromConfigText(text)).toEqual(spec);
  expect(fromConfigText(spec)).toBe(spec);
});
