/** A layer's weight vectors in hash tables, kept up to date as training changes them. */
import { randomStream, type RandomStream } from '@hashgrad/kernels';
import { HashTables } from '@hashgrad/lsh';
import type { TransformedHasher } from '@hashgrad/mips';
import type { Selection, SelectorContext, SelectorState } from '../selector.ts';
import { RehashedCodes, type RehashedCodesSpec } from './rehashed-codes.ts';

/** What is hashed, how, and when. */
export interface WeightTablesSpec extends RehashedCodesSpec {
  /** Whether each table holds the units under other numbers, permuted once for all: buckets without similarity. */
  readonly permuted: boolean;
}

export class WeightTables implements Disposable {
  readonly tables: HashTables;
  readonly #codes: RehashedCodes;
  readonly #context: SelectorContext;
  /** Unit u is number permutations[t * units + u] in table t, and #permuted are the codes by these numbers. */
  readonly #permutations: Int32Array | undefined;
  readonly #permuted: Uint32Array | undefined;

  constructor(spec: WeightTablesSpec, context: SelectorContext) {
    const { team, units, seed, name } = context;
    this.#context = context;
    this.#codes = new RehashedCodes(spec, context);
    const { tables, buckets } = this.hasher;
    this.tables = new HashTables({ items: units, tables, buckets, team });
    if (spec.permuted) {
      this.#permutations = drawPermutations(randomStream(seed, `${name} permutations`), tables, units);
      this.#permuted = team.arena.uint32(units * tables);
    }
    this.#build();
  }

  get hasher(): TransformedHasher {
    return this.#codes.hasher;
  }

  /** Writes the codes under which units lie: of the s-th of `units` in table t to codes[t * stride + s]; -1 has none. */
  codesOf(units: Int32Array, codes: Uint32Array, stride: number): void {
    const { values } = this.#codes;
    const all = this.#context.units;
    for (let t = 0; t < this.hasher.tables; t++) {
      for (const [s, unit] of units.entries()) {
        if (unit >= 0) codes[t * stride + s] = values[t * all + unit]!;
      }
    }
  }

  /** Notes what a training step asks with. */
  seen(selection: Selection): void {
    this.#codes.seen(selection);
  }

  /** Notes that a step updated these rows, and makes the tables anew if it is time. */
  updated(rows: Int32Array): void {
    if (this.#codes.updated(rows)) this.#build();
  }

  /** Hashes all rows, whether they are known to have changed or not, and makes the tables anew. */
  rehashAll(): void {
    this.#codes.rehashAll();
    this.#build();
  }

  state(): ReturnType<RehashedCodes['state']> {
    return this.#codes.state();
  }

  restore(state: SelectorState): void {
    this.#codes.restore(state);
    this.#build();
  }

  codesChanged(): number {
    return this.#codes.codesChanged();
  }

  [Symbol.dispose](): void {
    this.#codes[Symbol.dispose]();
    this.tables[Symbol.dispose]();
    if (this.#permuted) this.#context.team.arena.free(this.#permuted);
  }

  #build(): void {
    const { counts, units } = this.#context;
    counts.time('rehash', () => this.tables.build(this.#permutedCodes()));
    counts.add('rehash', { entries: 2 * units * this.hasher.tables });
  }

  #permutedCodes(): Uint32Array {
    const { values } = this.#codes;
    const [permutations, permuted] = [this.#permutations, this.#permuted];
    if (!permutations || !permuted) return values;
    const { units } = this.#context;
    for (let i = 0; i < permutations.length; i++) {
      permuted[i - (i % units) + permutations[i]!] = values[i]!;
    }
    return permuted;
  }
}

/** One permutation of the units for each table, one after the other. */
function drawPermutations(random: RandomStream, tables: number, units: number): Int32Array {
  const all = new Int32Array(tables * units);
  for (let t = 0; t < tables; t++) {
    const one = all.subarray(t * units, (t + 1) * units);
    for (let u = 0; u < units; u++) {
      const v = random.integer(u + 1);
      one[u] = one[v]!;
      one[v] = u;
    }
  }
  return all;
}
