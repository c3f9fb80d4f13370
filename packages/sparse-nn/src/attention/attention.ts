/** What all kinds of attention take and give, and the checks of it. */
import { Team } from '@hashgrad/kernels';
import { checkProducts, described, greatest, lengthsOf } from '@hashgrad/lsh/vectors';
import type { WorkCounts } from '../layers/counts.ts';
import { checkOptions, type Known } from '../spec/options.ts';

/** What every kind of attention takes beside its arrays, which hold token by token its heads, one after the other. */
export interface AttentionOptions {
  /** Coordinates of a query and of a key, of one head: d in the papers. */
  readonly dimensions: number;
  /** Default 1. Each head has keys and values of its own. */
  readonly heads?: number | undefined;
  /**
   * Whether a query sees only the keys up to its own place. The queries stand at the last places: query i of n at that of key
   * m - n + i of m. Default false: all keys are seen.
   */
  readonly causal?: boolean | undefined;
  /** Threads to work on. Default: this one. The bits are the same on any number. */
  readonly team?: Team | undefined;
}

/** Keys that are read whatever a query is like, where others are chosen. */
export interface AlwaysRead {
  /** The first so many keys (attention sinks; Xiao et al., ICLR 2024). Default 0; MagicPIG has 4. */
  readonly sink?: number | undefined;
  /**
   * Keys fewer than so many places away from the query's own, which is among them; see `causal`. Default 0; MagicPIG has
   * 64.
   */
  readonly window?: number | undefined;
}

/** What attention gives. */
export interface Attention {
  /** queries x heads x coordinates of a value; 0 where a query read no key. */
  readonly outputs: Float32Array;
  /**
   * queries x heads: the logarithm of the sum of exp(q . k / sqrt(d)) over the keys that are seen, or of its estimate; -Infinity
   * where a query read no key.
   */
  readonly logPartitions: Float64Array;
  /** queries x heads: how many keys were read, that is their products taken and their values added up. */
  readonly keysRead: Int32Array;
  /** What it took; building hash tables of the keys is `rehash`. */
  readonly counts: WorkCounts;
}

/** Arrays that fit together. */
export interface AttentionInputs {
  readonly queries: Float32Array;
  readonly keys: Float32Array;
  readonly values: Float32Array;
  readonly dimensions: number;
  readonly valueDimensions: number;
  readonly heads: number;
  /** Tokens, n and m. */
  readonly queryCount: number;
  readonly keyCount: number;
  readonly causal: boolean;
  readonly sink: number;
  readonly window: number;
  readonly team: Team | undefined;
}

/** The names of options that every kind has. */
export const ATTENTION_OPTIONS: Known<AttentionOptions> = {
  dimensions: true,
  heads: true,
  causal: true,
  team: true,
};

/** The same of kinds that choose keys. */
export const CHOOSING_OPTIONS: Known<AttentionOptions & AlwaysRead> = {
  ...ATTENTION_OPTIONS,
  sink: true,
  window: true,
};

/**
 * Checks what a kind of attention is given.
 * @param who the function that was called, as messages call it.
 * @throws {TypeError | RangeError} naming what is wrong, with the numbers.
 */
export function acceptAttention<T extends AttentionOptions & AlwaysRead>(
  who: string,
  arrays: Pick<AttentionInputs, 'queries' | 'keys' | 'values'>,
  options: T,
  known: Known<T>,
): AttentionInputs {
  checkOptions(who, options, known);
  const { dimensions, heads = 1, causal = false, sink = 0, window = 0, team } = options;
  checkWhole(who, 'dimensions', dimensions, 1);
  checkWhole(who, 'heads', heads, 1);
  checkWhole(who, 'sink', sink, 0);
  checkWhole(who, 'window', window, 0);
  if (typeof causal !== 'boolean') {
    throw new TypeError(`${who}: causal is true or false; got ${described(causal)}.`);
  }
  if (team !== undefined && !(team instanceof Team)) {
    throw new TypeError(`${who}: team is a Team of @hashgrad/kernels; got ${described(team)}.`);
  }
  const queryCount = tokensOf(who, 'queries', arrays.queries, dimensions * heads);
  const keyCount = tokensOf(who, 'keys', arrays.keys, dimensions * heads);
  if (keyCount === 0) throw new RangeError(`${who}: there is 1 key or more for each head; got none.`);
  const { length } = floatsOf(who, 'values', arrays.values);
  const valueDimensions = length / (keyCount * heads);
  if (!(Number.isInteger(valueDimensions) && valueDimensions >= 1)) {
    throw new RangeError(
      `${who}: ${keyCount} keys of ${heads} heads have ${keyCount * heads} values of 1 or more coordinates; ` +
        `got ${length} coordinates.`,
    );
  }
  if ((causal || window > 0) && queryCount > keyCount) {
    throw new RangeError(
      `${who}: ${causal ? 'causal' : 'a window'} needs a key at the place of each query; got ${queryCount} queries and ` +
        `${keyCount} keys.`,
    );
  }
  const longest = greatest(lengthsOf(arrays.queries, dimensions, `${who}: query`));
  checkProducts(longest, greatest(lengthsOf(arrays.keys, dimensions, `${who}: key`)));
  lengthsOf(arrays.values, valueDimensions, `${who}: value`);
  const sizes = { dimensions, valueDimensions, heads, queryCount, keyCount };
  return { ...arrays, ...sizes, causal, sink, window, team };
}

/** @throws {RangeError} if an option is not a whole number from `least` on. */
export function checkWhole(who: string, name: string, value: unknown, least: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  throw new RangeError(`${who}: ${name} is a whole number of ${least} or more; got ${described(value)}.`);
}

/** How many tokens an array holds. */
function tokensOf(who: string, name: string, given: Float32Array, width: number): number {
  const { length } = floatsOf(who, name, given);
  if (length % width === 0) return length / width;
  throw new RangeError(
    `${who}: ${name} have ${width} coordinates a token (dimensions x heads), or a multiple; got ${length}.`,
  );
}

function floatsOf(who: string, name: string, given: unknown): Float32Array {
  if (given instanceof Float32Array) return given;
  throw new TypeError(`${who}: ${name} come as a Float32Array; got ${described(given)}.`);
}
