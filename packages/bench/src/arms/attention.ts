/** Ways of choosing the keys that attention reads: levels of a factor, for the measure 'attention'. */
import { collisionProbability, type FamilySpec, inclusionProbability, simHash } from '@hashgrad/lsh';
import type { Json } from '../engine/record.ts';
import type { Factor } from '../engine/study.ts';

/** How keys are chosen; plain JSON. */
export type AttentionMethod =
  | {
      readonly kind: 'top k';
      /** The part of the keys read that is drawn of all but the best, from 0 to below 1. */
      readonly rest: number;
    }
  | { readonly kind: 'uniform' }
  | {
      readonly kind: 'sample';
      /** Of a code, K in the paper. */
      readonly bits: number;
      readonly minCollisions: number;
    };

const METHODS: Readonly<Record<string, AttentionMethod>> = {
  'top k': { kind: 'top k', rest: 0 },
  'top k and rest': { kind: 'top k', rest: 0.5 },
  uniform: { kind: 'uniform' },
  '8 bits, twice': { kind: 'sample', bits: 8, minCollisions: 2 },
  '10 bits, twice': { kind: 'sample', bits: 10, minCollisions: 2 },
  '10 bits, once': { kind: 'sample', bits: 10, minCollisions: 1 },
  '12 bits, once': { kind: 'sample', bits: 12, minCollisions: 1 },
};

/**
 * Exact top k, as if there was nothing else, and with as many of the rest drawn at random; a uniform sample; and samples by hashing: keys that collide twice, with MagicPIG's 10 bits and with fewer, or once
 * with as many and more. They set `method`.
 */
export const ATTENTION_METHODS: Factor = Object.fromEntries(
  Object.entries(METHODS).map(([name, method]) => [name, { method: method as unknown as Json }]),
);

/** SimHash's most tables. */
const MOST_TABLES = 4096;

/**
 * The fewest tables by which the share `share` of keys in random directions is read: what most keys are, that do not concern
 * a query.
 * @throws {RangeError} if there are too few tables for it.
 */
export function tablesFor(
  { bits, minCollisions }: Extract<AttentionMethod, { kind: 'sample' }>,
  share: number,
  dimensions: number,
): FamilySpec {
  const cosines = cosinesOf(dimensions);
  const reads = (tables: number): boolean => {
    const family = simHash({ bits, tables });
    const chances = cosines.map((cosine) =>
      inclusionProbability(collisionProbability(family, cosine), tables, minCollisions),
    );
    return chances.reduce((sum, chance) => sum + chance, 0) >= share * cosines.length;
  };
  if (!reads(MOST_TABLES)) {
    throw new RangeError(
      `No ${MOST_TABLES} tables of ${bits} bits read the share ${share} of the keys by ${minCollisions} collisions.`,
    );
  }
  let [few, enough] = [minCollisions - 1, MOST_TABLES];
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (reads(middle)) enough = middle;
    else few = middle;
  }
  return simHash({ bits, tables: enough });
}

/** Cosines of random directions: the middles of so many parts in which they lie with the same probability. */
function cosinesOf(dimensions: number): number[] {
  const [parts, steps] = [200, 20_000];
  // The density of the angle is sin^(d - 2).
  const density = Array.from(
    { length: steps },
    (_, i) => Math.sin((Math.PI * (i + 0.5)) / steps) ** Math.max(0, dimensions - 2),
  );
  const total = density.reduce((sum, each) => sum + each, 0);
  const found: number[] = [];
  let sum = 0;
  for (const [i, each] of density.entries()) {
    sum += each / total;
    while (found.length < parts && sum >= (found.length + 0.5) / parts) {
      found.push(Math.cos((Math.PI * (i + 0.5)) / steps));
    }
  }
  return found;
}
