import { expect, test } from 'vitest';
import { attack } from './attack.ts';
import { KINDS } from './kinds.ts';

test.each(KINDS)('$name: 700 hostile files are refused in words, or make an index that works', (kind) => {
  expect(attack(kind, 700, 1)).toBeGreaterThan(350);
});
