/** Hash functions that are learned from pairs, as in MONGOOSE (Chen et al., ICLR 2021, section 3.3). */
import { checkInteger, type FamilySpec, type HashFamily } from '../family.ts';
import { checkNames, described } from '../vectors/check-flat.ts';
import { LearnedHasher } from './learned-hasher.ts';
import { simHashFamily } from './simhash.ts';
import { teachTriplets } from './triplets.ts';

/** Learned signs of projections as plain JSON, see `learned`. */
export interface LearnedSpec extends FamilySpec {
  readonly kind: 'learned';
  /** Directions a code, K in the papers; 1 to 24. */
  readonly bits: number;
  /** Steps of gradient descent that a lesson takes, 1 to 100,000. */
  readonly iterations: number;
  /** Triplets in each of them, 1 to 65,536. */
  readonly batch: number;
  /** Of Adam, for directions whose entries are about 1; above 0. */
  readonly rate: number;
  /**
   * The logarithm of how many times as likely a query shares its code with a near row as with another, from which on they
   * teach no more: above 0 to 100.
   */
  readonly margin: number;
}

const OPTIONS = ['bits', 'tables', 'iterations', 'batch', 'rate', 'margin'];

/**
 * SimHash with directions that are learned: `tables` (1 to 4,096) codes of `bits` (1 to 24) bits. Directions are drawn at
 * random at first. A lesson has queries and rows that are near to them; triplets are drawn of it, a query with a near row and
 * one that is not. In each table the query is to share its code with the near row more likely than with the other, by a
 * factor of e^`margin` (default 1): the max-margin triplet loss, of the logarithm of that probability where signs are
 * softened. A lesson takes `iterations` (100) steps of Adam at `rate` (0.03) on batches of `batch` (128) triplets, and goes on
 * from the directions that there are.
 *
 * Only who gives lessons has more of this than of simHash(): the selector lsh() of @hashgrad/sparse-nn does.
 * @throws {RangeError} if a parameter is out of range.
 */
export function learned(parameters: {
  readonly bits: number;
  readonly tables: number;
  readonly iterations?: number;
  readonly batch?: number;
  readonly rate?: number;
  readonly margin?: number;
}): LearnedSpec {
  checkNames('learned', parameters, OPTIONS);
  const spec: LearnedSpec = {
    kind: 'learned',
    iterations: 100,
    batch: 128,
    rate: 0.03,
    margin: 1,
    ...parameters,
  };
  check(spec);
  return spec;
}

function check(spec: FamilySpec): void {
  const { bits, tables, iterations, batch, rate, margin } = spec as LearnedSpec;
  checkInteger('learned', 'bits', bits, 1, 24);
  checkInteger('learned', 'tables', tables, 1, 4096);
  checkInteger('learned', 'iterations', iterations, 1, 100_000);
  checkInteger('learned', 'batch', batch, 1, 65_536);
  if (!(typeof rate === 'number' && rate > 0 && rate < Infinity)) {
    throw new RangeError(`learned: rate is above 0; got ${described(rate)}.`);
  }
  if (!(typeof margin === 'number' && margin > 0 && margin <= 100)) {
    throw new RangeError(`learned: margin is above 0 and at most 100; got ${described(margin)}.`);
  }
}

export const learnedFamily: HashFamily = {
  kind: 'learned',
  similarity: 'cosine',
  learns: 'pairs',
  options: OPTIONS,
  check,
  /** That of simHash: the law of directions that were not learned yet. */
  collisionProbability: (spec, similarity) => simHashFamily.collisionProbability(spec, similarity),
  bind(given, context) {
    const spec = given as LearnedSpec;
    return new LearnedHasher(spec, context, (team, directions, lesson) =>
      teachTriplets(team, directions, lesson, spec),
    );
  },
};
