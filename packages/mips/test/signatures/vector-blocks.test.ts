import { describe, expect, test } from 'vitest';
import { MipsIndex } from '../../src/index.ts';
import { flat, length, normals, scaled } from '../vectors.ts';

const DIMENSIONS = 32;
const COUNT = 3000;
const EVERYTHING = { slack: 1000, reach: 1000 };

const unit = (x: readonly number[]): number[] => scaled(x, 1 / length(x));
const sum = (a: readonly number[], b: readonly number[], factor: number): number[] =>
  a.map((x, k) => x + factor * (b[k] as number));

const centres = normals(4, DIMENSIONS, 1).map(unit);
const centreOf = (i: number): number[] => centres[i % centres.length] as number[];
const close = normals(COUNT, DIMENSIONS, 2).map((x, i) => unit(sum(centreOf(i), x, 0.01)));
const far = normals(COUNT, DIMENSIONS, 3).map((x, i) => unit(sum(centreOf(i), unit(x), 2)));
const strangers = normals(60, DIMENSIONS, 4).map(unit);
// A band before the others, so that these are searched with a score to reach, and blocks are left out.
const longer = normals(10, DIMENSIONS, 5).map((x) => scaled(unit(x), 1.2));

/** Four clusters, each in blocks of its own, and some longer vectors, whose ids come after theirs. */
function clusters(): MipsIndex {
  const index = new MipsIndex({ dimensions: DIMENSIONS });
  index.add(flat(close));
  index.add(flat(longer));
  return index;
}

/** The share of queries whose best vector a search by default finds. */
function found(index: MipsIndex, queries: readonly number[][]): number {
  const best = index.searchBatch(flat(queries), 1, EVERYTHING);
  const usual = index.searchBatch(flat(queries), 1);
  return usual.filter(({ ids }, s) => ids[0] === best[s]?.ids[0]).length / queries.length;
}

describe('what is known of blocks holds for the vectors that have come to them since:', () => {
  test.each([1, 50, COUNT])('replaced by ones far from the centres, %i at a time', (step) => {
    using index = clusters();
    for (let first = 0; first < COUNT; first += step) {
      const some = far.slice(first, first + step);
      index.update(
        some.map((_, i) => first + i),
        flat(some),
      );
    }
    expect(found(index, far.slice(0, 200))).toBeGreaterThanOrEqual(0.95);
  });

  test('removed and added again far from the centres', () => {
    using index = clusters();
    for (let first = 0; first < COUNT; first += 40) {
      const ids = Array.from({ length: 40 }, (_, i) => first + i).filter((id) => id % 8 < 4);
      index.remove(ids);
      index.add(flat(ids.map((id) => far[id] as number[])), ids);
    }
    const queries = far.filter((_, id) => id % 8 < 4).slice(0, 200);
    expect(found(index, queries)).toBeGreaterThanOrEqual(0.95);
  });

  test('a few that are near no centre, one at a time', () => {
    using index = clusters();
    for (const one of strangers) index.add(Float32Array.from(one));
    expect(found(index, strangers)).toBeGreaterThanOrEqual(0.95);
  });
});

test('vectors may have more dimensions than a call has room for arguments', () => {
  const dimensions = 130_000;
  using index = new MipsIndex({ dimensions });
  const rows = Float32Array.from({ length: 3 * dimensions }, (_, i) => Math.sin(i * i));
  index.add(rows);
  expect(index.search(rows.subarray(dimensions, 2 * dimensions), 1).ids[0]).toBe(1);
});
