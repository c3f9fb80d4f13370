import { expect, test } from 'vitest';
import { randomStream } from '@hashgrad/kernels';
import { MipsIndex } from '../../src/index.ts';

/** Ten groups of vectors of equal lengths. */
function groups(each: number): Float32Array {
  return Float32Array.from({ length: 20 * each }, (_, i) => (i % 2 ? 0 : 100 - Math.floor(i / 2 / each)));
}

test('one batch can split every full block at once, and all vectors are still there', () => {
  using index = new MipsIndex({ dimensions: 2 });
  // Each group lies in a block of its own, which the second batch fills and the third splits.
  for (const each of [232, 24, 1]) index.add(groups(each));
  const found = index.search(Float32Array.of(1, 0), 5000);
  expect(index.size).toBe(2570);
  expect(found.ids.toSorted()).toEqual(Uint32Array.from({ length: 2570 }, (_, id) => id));
});

test.for([
  [1500, [180]],
  [5000, [750]],
  [10_000, Array<number>(10).fill(100)],
  [10_000, [2000, 1, 5000]],
  [0, Array<number>(20).fill(1000)],
] as const)('%i vectors and then batches of %j are all in the file', ([first, batches]) => {
  const dimensions = 4;
  const random = randomStream(7, 'batches');
  const some = (count: number): Float32Array =>
    Float32Array.from({ length: count * dimensions }, () => random.normal());
  using index = new MipsIndex({ dimensions });
  for (const count of [first, ...batches]) index.add(some(count));
  using loaded = MipsIndex.load(new Uint8Array(Buffer.concat(index.toBytes())));
  const total = first + batches.reduce((sum, count) => sum + count, 0);
  expect([index.size, loaded.size]).toEqual([total, total]);
  for (const each of [index, loaded]) {
    const { ids } = each.search(new Float32Array(dimensions).fill(1), total, { slack: 1e9 });
    expect(ids.toSorted()).toEqual(Uint32Array.from({ length: total }, (_, id) => id));
  }
});
