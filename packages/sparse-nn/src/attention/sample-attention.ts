/** Attention estimated from the keys that collide with a query in hash tables (MagicPIG). */
import { randomStream, squaredNorms } from '@hashgrad/kernels';
import {
  bindHasher,
  familyOf,
  type FamilySpec,
  type Hasher,
  type HashFamily,
  HashTables,
  inclusionProbability,
} from '@hashgrad/lsh';
import {
  acceptAttention,
  type AlwaysRead,
  type Attention,
  type AttentionOptions,
  CHOOSING_OPTIONS,
} from './attention.ts';
import { attend, type ChosenKeys, type Head, type KeyChooser, type QueryBlock } from './attend.ts';

/** See `sampleAttention`. */
export interface SampleAttentionOptions extends AttentionOptions, AlwaysRead {
  /**
   * L tables of a family whose law is of the cosine or the Euclidean distance; MagicPIG has simHash({ bits: 10, tables: 150 }).
   * Its law must be exact for the estimates to be unbiased: of SimHash that is the projection 'gaussian'.
   */
  readonly family: FamilySpec;
  /** A key is read if it collides in so many tables or more. Default 2, as in MagicPIG. */
  readonly minCollisions?: number | undefined;
  /** Of the hash functions, which are others for each head. Default 1. */
  readonly seed?: number | undefined;
}

/**
 * Attention from a sample of the keys: those that share a bucket with the query in `minCollisions` of the tables or more. A key
 * that collides in one table with probability p is among them with u = the probability of as many successes in L trials, and
 * counts by exp(q . k / sqrt(d)) / u (Chen et al., "MagicPIG: LSH sampling for efficient LLM generation", ICLR 2025,
 * section 4). Over draws of the hash functions the sums over the keys, with and without values, are unbiased; the output
 * is their ratio, which is so in the limit only. The tables are as all queries see them: a query that sees few keys, as the first
 * ones of a causal pass, reads buckets in which most are not its own.
 *
 * Keys are hashed, and their products taken, after the mean of all but the sinks was taken off them: it changes no softmax, and
 * without it real keys lie to one side, where a query hits all or none (ibid.). Queries stay as they are.
 * @param queries tokens x heads x dimensions; keys and values as in `exactAttention`.
 * @throws {TypeError | RangeError} if arrays or options do not fit, or a number is not finite.
 */
export function sampleAttention(
  queries: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  options: SampleAttentionOptions,
): Attention {
  const known = { ...CHOOSING_OPTIONS, family: true, minCollisions: true, seed: true } as const;
  const inputs = acceptAttention('sampleAttention', { queries, keys, values }, options, known);
  const { family: spec, minCollisions = 2, seed = 1 } = options;
  const family = familyOf(spec);
  if (family.similarity !== 'cosine' && family.similarity !== 'euclidean') {
    throw new RangeError(
      `sampleAttention: keys are sampled by a family of the cosine or the Euclidean distance; the law of ${spec.kind} is of ` +
        `the similarity '${family.similarity}'.`,
    );
  }
  if (!(Number.isInteger(minCollisions) && minCollisions >= 1 && minCollisions <= spec.tables)) {
    throw new RangeError(
      `sampleAttention: minCollisions is a number of tables, 1 to ${spec.tables}; got ${minCollisions}.`,
    );
  }
  const random = randomStream(seed, 'attention hashes');
  return attend(inputs, {
    centred: true,
    chooserOf: (head) => new HashedChooser(head, spec, minCollisions, random.integer(2 ** 31)),
  });
}

class HashedChooser implements KeyChooser {
  readonly #head: Head;
  readonly #family: HashFamily;
  readonly #spec: FamilySpec;
  readonly #minCollisions: number;
  readonly #hasher: Hasher;
  readonly #tables: HashTables;
  readonly #codes: Uint32Array;
  readonly #ids: Int32Array;
  readonly #lengths: Int32Array;
  readonly #candidates: Int32Array;
  /** Lengths of the keys, and of the queries of the block. */
  readonly #keyNorms: Float32Array;
  readonly #queryNorms: Float32Array;

  constructor(head: Head, spec: FamilySpec, minCollisions: number, seed: number) {
    const { team, scratch, block, inputs } = head;
    const { keyCount, dimensions } = inputs;
    this.#head = head;
    this.#family = familyOf(spec);
    this.#spec = spec;
    this.#minCollisions = minCollisions;
    this.#codes = scratch.uint32(block * spec.tables);
    this.#ids = scratch.int32(block * keyCount);
    this.#lengths = scratch.int32(block);
    this.#candidates = scratch.int32(block);
    this.#keyNorms = scratch.float32(keyCount);
    this.#queryNorms = scratch.float32(block);
    this.#hasher = bindHasher(spec, { dimensions, tailWidth: 0, seed, team });
    try {
      const { tables, buckets } = this.#hasher;
      this.#tables = new HashTables({ items: keyCount, tables, buckets, team });
    } catch (error) {
      this.#hasher.close();
      throw error;
    }
  }

  choose({ count, x }: QueryBlock): ChosenKeys {
    if (this.#tables.size === 0) this.#build();
    const { inputs, stride, counts } = this.#head;
    const { dimensions, keyCount: limit } = inputs;
    const codes = this.#codes;
    this.#hasher.hash({ values: x, stride, width: dimensions }, count, { codes, stride: count });
    const result = { ids: this.#ids, lengths: this.#lengths, candidates: this.#candidates };
    const rule = { limit, rank: 'union', minCollisions: this.#minCollisions, ascending: true } as const;
    this.#tables.query(codes, count, rule, result);
    this.#measure(this.#queryNorms, x, count);
    const candidates = this.#candidates.subarray(0, count).reduce((sum, each) => sum + each, 0);
    counts.add('hashing', this.#hasher.operations(dimensions), count);
    counts.add('hashing', { multiplyAdds: count * dimensions });
    counts.add('choose', { entries: this.#tables.entries(codes, count), candidates });
    return { ids: this.#ids, stride: limit, lengths: this.#lengths };
  }

  inclusion(s: number, id: number, product: number): number {
    const [query, key] = [this.#queryNorms[s]!, this.#keyNorms[id]!];
    const similarity =
      this.#family.similarity === 'cosine'
        ? cosine(query, key, product)
        : Math.sqrt(Math.max(0, query * query + key * key - 2 * product));
    const p = this.#family.collisionProbability(this.#spec, similarity);
    return inclusionProbability(p, this.#spec.tables, this.#minCollisions);
  }

  [Symbol.dispose](): void {
    this.#tables.close();
    this.#hasher.close();
  }

  #build(): void {
    const { scratch, inputs, keys, stride, counts } = this.#head;
    const { keyCount, dimensions } = inputs;
    const { tables } = this.#hasher;
    const codes = scratch.uint32(keyCount * tables);
    this.#hasher.hash({ values: keys, stride, width: dimensions }, keyCount, { codes, stride: keyCount });
    this.#tables.build(codes);
    this.#measure(this.#keyNorms, keys, keyCount);
    counts.add('rehash', this.#hasher.operations(dimensions), keyCount);
    counts.add('rehash', { entries: 2 * tables * keyCount, multiplyAdds: keyCount * dimensions });
  }

  #measure(norms: Float32Array, x: Float32Array, count: number): void {
    const { team, stride, inputs } = this.#head;
    squaredNorms(team, { norms, x, stride, width: inputs.dimensions }, count);
    for (let i = 0; i < count; i++) norms[i] = Math.sqrt(norms[i]!);
  }
}

/** Of two vectors by their lengths and product. A zero vector is at a right angle to others: each of its bits matches half of them. */
function cosine(a: number, b: number, product: number): number {
  if (a === 0 || b === 0) return a === b ? 1 : 0;
  return Math.max(-1, Math.min(1, product / (a * b)));
}
