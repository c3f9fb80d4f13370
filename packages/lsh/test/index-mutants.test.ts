import { expect, test } from 'vitest';
import { loadIndexMutants } from './index-mutants.ts';

test('of 2,500 damaged and hostile files each is refused by name, or gives an index that works', () => {
  const { refused, loaded } = loadIndexMutants(500, 1);
  expect(refused).toBeGreaterThan(1500);
  expect(loaded).toBeGreaterThan(50);
});
