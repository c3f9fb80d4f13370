import { Arena, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { ExactIndex, MipsIndex } from '../../src/index.ts';
import { flat, manyLengths, normals } from '../vectors.ts';

const team = Team.single(new Arena());
const pair = await Team.create(new Arena(), { threads: 2 });
afterAll(() => pair[Symbol.dispose]());

const rows = flat(manyLengths(3000, 20, 1));
const queries = flat(normals(150, 20, 2));

const KINDS = [team, pair].flatMap((worker) => [
  [`exact on ${worker.threads}`, () => new ExactIndex({ dimensions: 20, team: worker })] as const,
  [
    `exact, int8 on ${worker.threads}`,
    () => new ExactIndex({ dimensions: 20, team: worker, int8: true }),
  ] as const,
  [`signatures on ${worker.threads}`, () => new MipsIndex({ dimensions: 20, team: worker })] as const,
  [
    `tables on ${worker.threads}`,
    () => new MipsIndex({ dimensions: 20, team: worker, method: 'tables' }),
  ] as const,
]);

function filter(id: number): boolean {
  return id % 3 === 0;
}

describe.each(KINDS)('%s: calls that end in Async', (_, make) => {
  test('give what the others give, in the order in which they were made', async () => {
    using index = make();
    using other = make();
    for (const each of [index, other]) each.add(rows);
    const calls = [
      index.searchBatchAsync(queries, 5),
      index.updateAsync([1], rows.subarray(40, 60)),
      index.searchAsync(queries.subarray(0, 20), 9, { filter }),
      index.removeAsync([2, 3]),
      index.addAsync(rows.subarray(0, 40)),
      index.searchBatchAsync(queries, 5),
    ] as const;
    const before = other.searchBatch(queries, 5);
    other.update([1], rows.subarray(40, 60));
    const filtered = other.search(queries.subarray(0, 20), 9, { filter });
    other.remove([2, 3]);
    const ids = other.add(rows.subarray(0, 40));
    const after = other.searchBatch(queries, 5);
    expect(await Promise.all(calls)).toEqual([before, undefined, filtered, undefined, ids, after]);
  });

  test('refuse the others until they have ended, and events have their turn', async () => {
    using index = make();
    index.add(rows);
    const call = index.searchBatchAsync(queries, 5);
    expect(() => index.add(rows)).toThrow(
      'This index has 1 calls under way that end in Async: await them first',
    );
    expect(() => index.search(queries.subarray(0, 20), 1)).toThrow('This index has 1 calls under way');
    expect([index.size, index.has(7)]).toEqual([3000, true]);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await call;
    await new Promise((resolve) => setTimeout(resolve, 1));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    expect(index.add(rows)).toHaveLength(3000);
  });

  test('fail by their promise, and those after them are done', async () => {
    using index = make();
    index.add(rows);
    const calls = [
      index.addAsync(rows, [1]),
      index.searchBatchAsync(queries, 0),
      index.searchAsync(queries, 1),
      index.removeAsync([9]),
    ];
    const states = (await Promise.allSettled(calls)).map(({ status }) => status);
    expect(states).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
    expect(index.has(9)).toBe(false);
  });

  test('end before the memory goes, where the index is closed meanwhile', async () => {
    const index = make();
    index.add(rows);
    const calls = [index.searchBatchAsync(queries, 5), index.removeAsync([1])];
    await Promise.resolve();
    index.close();
    const [, removed] = await Promise.allSettled(calls);
    expect(removed).toMatchObject({ status: 'rejected', reason: { message: 'This index is closed.' } });
  });
});
