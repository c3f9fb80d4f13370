/** Hash tables of a layer's weights that change no more. */
import type { FamilySpec } from '@hashgrad/lsh';
import type { TransformSpec } from '@hashgrad/mips';

/** What makes the same tables again, and how they are asked. */
export interface FrozenTables {
  readonly family: FamilySpec;
  readonly transform: TransformSpec;
  readonly rank: 'count' | 'union';
  /** Only units that collide in so many tables or more. */
  readonly least: number;
  /** Units found for a sample, at most. */
  readonly limit: number;
  /** Of the hash functions. */
  readonly seed: number;
  /** 1 where the bias was hashed as a coordinate. */
  readonly biasWidth: 0 | 1;
  /** tables x units: the code of unit u in table t is codes[t * units + u]. */
  readonly codes: Uint32Array;
}
