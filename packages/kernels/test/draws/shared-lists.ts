/** What the references draw for samples that share their draws. */
import * as fc from 'fast-check';
import { commonLast } from '../../src/reference/index.ts';
import type { Lists } from '../data.ts';

/** Lists that are to be filled. */
export interface DrawCase {
  readonly units: number;
  readonly batch: number;
  /** Of the units, that a list is filled up to. */
  readonly share: number;
  /** Of that, the most that a list may have before. */
  readonly certain: number;
  readonly shared: number;
}

/** Lists of a share of the units, of which up to a share is certain, for samples of which some have their draws in common. */
export const drawCases: fc.Arbitrary<DrawCase> = fc.record({
  units: fc.integer({ min: 1, max: 150 }),
  batch: fc.integer({ min: 1, max: 12 }),
  // In lists of nearly all units those that are drawn are often certain already.
  share: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0.9, 0.97)),
  certain: fc.constantFrom(0.2, 0.5, 1),
  shared: fc.integer({ min: 1, max: 6 }),
});

/**
 * The lists of all samples. `fill` fills the list of a sample of group `group` up, to `most` ids at most: none are given for the
 * first draws of a group, as many as all of its samples take.
 */
export function sharedLists(
  { offsets, ids }: Lists,
  shared: number,
  fill: (list: Int32Array, most: number, group: number) => Int32Array,
): Int32Array[] {
  const all = Array.from(offsets.subarray(1), (end, s) => ids.subarray(offsets[s], end));
  const groups = Array.from({ length: Math.ceil(all.length / shared) }, (_, group) =>
    all.slice(group * shared, (group + 1) * shared),
  );
  return groups.flatMap((certain, group) => {
    const lists = certain.map((list) => fill(list, Infinity, group));
    const fewest = Math.min(...lists.map((list, i) => list.length - certain[i].length));
    return commonLast(
      lists,
      certain.map(({ length }) => length),
      fill(new Int32Array(0), fewest, group),
    );
  });
}
