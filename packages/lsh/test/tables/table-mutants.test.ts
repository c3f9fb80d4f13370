import { Arena } from '@hashgrad/kernels';
import { expect, test } from 'vitest';
import { loadMutants } from '../table-mutants.ts';

test('of 12,000 damaged and hostile files each is refused by name, or gives tables that work', () => {
  const arena = new Arena({ shared: false, capacity: 2 ** 20 });
  const { refused, loaded } = loadMutants(arena, 5000, 1);
  expect(refused).toBeGreaterThan(8000);
  expect(loaded).toBeGreaterThan(500);
});
