import { Arena, Team } from '@hashgrad/kernels';
import { dwta, pStable, simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import { usesOf } from '../uses.ts';
import { ExactIndex, MipsIndex, type MipsIndexOptions, normRanging, simpleLsh } from '../../src/index.ts';

const team = Team.single(new Arena());

describe('MipsIndex refuses', () => {
  const index = new MipsIndex({ dimensions: 4, team });
  index.add(new Float32Array(40).fill(1));
  const query = new Float32Array(4);

  test.each<[Partial<MipsIndexOptions>, string]>([
    [{ dimensions: 0 }, 'An index has 1 or more dimensions; got 0.'],
    [{ method: 'graph' as 'tables' }, "method is 'signatures' or 'tables'; got the string 'graph'."],
    [
      { method: 'signatures', transform: simpleLsh() },
      'Signatures have no transform; got simpleLsh: use it with method',
    ],
    [
      { method: 'signatures', family: dwta({ hashes: 1, tables: 2 }) },
      'Signatures have no family; got dwta: use it with',
    ],
    [
      { transform: normRanging(), family: pStable({ hashes: 1, tables: 2, width: 1 }) },
      'The transform normRanging turns inner products into cosine similarity, but collisions of pStable follow',
    ],
    [{ bits: 100 }, 'bits is a multiple of 64 from 64 to 1024; got 100.'],
    [{ vectors: 'int4' as 'int8' }, "vectors is 'float32' or 'int8'; got the string 'int4'."],
    [{ method: 'tables', bits: 64 }, 'Hash tables have no option bits; got 64.'],
    [{ transform: { kind: 'none' } }, "There is no transform 'none'"],
    [
      { family: { ...simHash({ bits: 2, tables: 2 }), bits: 99 } },
      'simHash: bits is an integer from 1 to 24',
    ],
  ])('options %j', (options, message) => {
    expect(() => new MipsIndex({ dimensions: 4, team, ...options })).toThrow(message);
  });

  test('search options out of range', () => {
    expect(() => index.search(query, 1, { slack: Number.NaN })).toThrow(
      'slack is a number of standard deviations; got NaN.',
    );
    expect(() => index.search(query, 1, { share: 0 })).toThrow('share is above 0 and at most 1; got 0.');
    expect(() => index.searchBatch(query, 1, { share: 1.5 })).toThrow(
      'share is above 0 and at most 1; got 1.5.',
    );
    using tables = new MipsIndex({ dimensions: 4, team, method: 'tables' });
    expect(() => tables.candidates(query, 1, { candidates: 0 })).toThrow(
      'candidates is an integer of 1 or more; got 0.',
    );
    expect(() => tables.search(query, 1, { probes: 0.5 })).toThrow(
      'probes is an integer of 1 or more; got 0.5.',
    );
    using ranked = new MipsIndex({ dimensions: 8, team, family: dwta({ hashes: 1, tables: 2 }) });
    ranked.add(new Float32Array(40).fill(1));
    expect(() => ranked.search(new Float32Array(8), 1, { probes: 2 })).toThrow(/probes/);
  });

  test('options that there are not, and those of the other method', () => {
    expect(() => index.search(query, 1, { candidates: 1 })).toThrow(
      "There is no option candidates of a search by method 'signatures'; there are slack, reach, share, filter, threshold",
    );
    expect(() => index.search(query, 1, { ef: 5 } as object)).toThrow('There is no option ef of');
    expect(() => {
      index.defaults = { probes: 2 };
    }).toThrow('There is no option probes');
    const metric = { dimensions: 4, metric: 'cosine' };
    expect(() => new MipsIndex(metric)).toThrow('There is no option metric of MipsIndex');
    expect(() => MipsIndex.load(index.toBytes(), { seed: 4 } as object)).toThrow(
      'There is no option seed of load',
    );
  });

  test('vectors, ids, queries and k as ExactIndex does', () => {
    expect(() => index.add(new Float32Array(3))).toThrow('have a multiple of as many coordinates; got 3.');
    expect(() => index.add(Float32Array.of(1, 2, Number.NaN, 3))).toThrow(
      'Vector 0 has NaN at coordinate 2.',
    );
    expect(() => index.add(query, [3])).toThrow('There is a vector 3 already');
    expect(() => index.update([99], query)).toThrow('There is no vector 99.');
    expect(() => index.remove([1, 1])).toThrow('Vector 1 comes twice.');
    expect(() => index.search(new Float32Array(5), 1)).toThrow('A query has 4 coordinates here; got 5.');
    expect(() => index.search(query, 0)).toThrow(
      'The number of results, k, is an integer of 1 or more, or Infinity; got 0.',
    );
    expect(() => index.searchInto(query, 5, new Uint32Array(4), new Float32Array(9))).toThrow(
      '5 results do not fit',
    );
    expect(index.size).toBe(10);
  });

  test('goals that make no sense', () => {
    expect(() => index.tune({ recall: 0, k: 1 })).toThrow('recall is above 0 and at most 1; got 0.');
    expect(() => index.tune({ recall: 1, k: 1, sample: 0 })).toThrow(
      'sample is an integer from 1 to 1048576; got 0.',
    );
    expect(() => index.tune({ recall: 1, k: 1, queries: new Float32Array(0) })).toThrow(
      new RangeError(
        'Tuning needs a query or more; got none. Without `queries` it draws vectors of the index.',
      ),
    );
    expect(() => index.tune({ recall: 1, k: 1, queries: new Float32Array(3) })).toThrow('got 3.');
    expect(() => index.tune({ recall: 1, k: 1, bits: [] })).toThrow('something to choose from');
    expect(() => index.tune({ recall: 1, k: 1, time: 3 } as never)).toThrow(
      'There is no option time of tune',
    );
    using empty = new MipsIndex({ dimensions: 4, team });
    expect(() => empty.tune({ recall: 1, k: 1 })).toThrow('An index without vectors cannot be tuned.');
  });

  test("another class's file", () => {
    using exact = new ExactIndex({ dimensions: 4, team });
    const bytes = new Uint8Array(Buffer.concat(exact.toBytes()));
    expect(() => MipsIndex.load(bytes)).toThrow('expected the index of MipsIndex; it is one of ExactIndex.');
  });

  test('tuning that throws leaves the index as it was', () => {
    const { hashing, defaults } = index;
    const before = index.toBytes();
    expect(() => index.tune({ recall: 1, k: 1, bits: [64, 99] })).toThrow('bits is a multiple of 64');
    expect(() => index.tune({ recall: 1, k: 1, families: [] })).toThrow('over bits, not over families');
    expect([index.hashing, index.defaults]).toEqual([hashing, defaults]);
    expect(index.toBytes()).toEqual(before);
  });

  test('every use after it was closed', async () => {
    for (const method of ['signatures', 'tables'] as const) {
      const gone = new MipsIndex({ dimensions: 4, method });
      gone.close();
      gone[Symbol.dispose]();
      expect(await usesOf(gone)).toEqual([]);
    }
  });
});
