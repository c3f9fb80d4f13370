/** What lsh and signatures have in common: how weights are hashed, and when. Their look-up alone tells them apart. */
import { familyOf, type FamilySpec } from '@hashgrad/lsh';
import { transformOf, type TransformSpec } from '@hashgrad/mips';
import { checkRehash, type RehashSpec } from './rehash-schedule.ts';
import type { Known } from '../../spec/options.ts';

/** How weight vectors are hashed, and when; plain JSON. */
export interface HashingOptions {
  /** Makes similarity of what is large as an inner product. */
  readonly transform: TransformSpec;
  /**
   * Whether the mean of all weight vectors is taken off each before it is hashed. The mean follows training: once it has
   * moved by a tenth of the vectors' root mean square distance from it, all of them are hashed anew.
   */
  readonly centred: boolean;
  /** When weight vectors that changed are hashed anew: after so many steps, or a schedule. */
  readonly rehash: RehashSpec;
  /** At every so many-th rehash the hash functions are drawn anew; 0: never. */
  readonly redraw: number;
}

/** Their names. */
export const HASHING_OPTIONS: Known<HashingOptions> = {
  transform: true,
  centred: true,
  rehash: true,
  redraw: true,
};

/** Their defaults; that of `transform` depends on the look-up. */
export const HASHING: Omit<HashingOptions, 'transform'> = { centred: false, rehash: 50, redraw: 0 };

/** @throws {RangeError} if an option makes no sense with the family. */
export function checkHashing(kind: string, options: HashingOptions, family: FamilySpec): void {
  const { transform, centred, rehash, redraw } = options;
  transformOf(transform, familyOf(family));
  if (typeof centred !== 'boolean') {
    throw new RangeError(`${kind}: centred is true or false; got ${String(centred)}.`);
  }
  checkRehash(kind, rehash);
  if (!(Number.isSafeInteger(redraw) && redraw >= 0)) {
    throw new RangeError(`${kind}: redraw is a number of rehashes, or 0 for never; got ${redraw}.`);
  }
}
