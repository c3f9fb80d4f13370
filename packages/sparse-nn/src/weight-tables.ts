/** A layer's weight vectors in hash tables, kept up to date as training changes them. */
import { randomStream } from '@hashgrad/kernels';
import { bindHasher, familyOf, HashTables, type FamilySpec, type Hasher } from '@hashgrad/lsh';
import { transformOf, type Transform, type TransformSpec } from '@hashgrad/mips';
import type { SelectorContext, SelectorState, StateArray } from './selector.ts';
import { arrayOf, idsOf, numberOf } from './selector-state.ts';

/**
 * How far above the largest squared norm the transform's bound is set: norms grow, and a new bound changes the
 * transformed vectors, and so the codes, of all rows.
 */
const SLACK = 1.1;

export class WeightTables implements Disposable {
  readonly hasher: Hasher;
  readonly tables: HashTables;
  readonly transform: Transform;
  /** Coordinates after a vector's own: 1 for the bias where there is one, then the transform's. */
  readonly biasWidth: 0 | 1;
  readonly tailWidth: number;
  readonly #context: SelectorContext;
  readonly #tails: Float32Array;
  readonly #codes: Uint32Array;
  readonly #squaredNorms: Float32Array;
  /** Rows that were updated since they were hashed: a mark for each row, and the list of those marked. */
  readonly #changed: Uint8Array;
  readonly #list: Int32Array;
  #listed = 0;
  #bound = 0;

  constructor(family: FamilySpec, transform: TransformSpec, context: SelectorContext) {
    const { team, units, inputs, weights } = context;
    const { arena } = team;
    this.#context = context;
    this.transform = transformOf(transform, familyOf(family));
    this.biasWidth = weights.bias ? 1 : 0;
    this.tailWidth = this.biasWidth + this.transform.tailWidth;
    this.hasher = bindHasher(family, {
      dimensions: inputs,
      tailWidth: this.tailWidth,
      seed: seedOf(context.seed, context.name),
      team,
    });
    const { tables, buckets } = this.hasher;
    this.tables = new HashTables({ items: units, tables, buckets, team });
    this.#tails = arena.float32(units * this.tailWidth);
    this.#codes = arena.uint32(units * tables);
    this.#squaredNorms = arena.float32(units);
    this.#changed = new Uint8Array(units);
    this.#list = arena.int32(units);
    this.#noteAll();
    this.rehash();
  }

  /** Notes which rows a step updated. */
  note(rows: Int32Array): void {
    const changed = this.#changed;
    const list = this.#list;
    let listed = this.#listed;
    if (listed === list.length) return;
    for (const row of rows) {
      // Written whether or not it is new, so that there is no branch to mispredict; a later row overwrites it.
      list[listed] = row;
      listed += 1 - changed[row]!;
      changed[row] = 1;
    }
    this.#listed = listed;
  }

  /** Hashes the rows that changed and builds the tables. */
  rehash(): void {
    const { counts, units, inputs } = this.#context;
    const hashed = counts.time('rehash', () => {
      this.#transformRows();
      const count = this.#hash();
      this.tables.build(this.#codes);
      return count;
    });
    counts.add('rehash', hashed * this.hasher.multiplyAdds(inputs) + 2 * units * this.hasher.tables);
  }

  /** Hashes all rows, whether they are known to have changed or not, under a bound that is that of the weights now. */
  rehashAll(): void {
    this.#bound = 0;
    this.#noteAll();
    this.rehash();
  }

  /** The codes are of the rows as they were when they were hashed, and of the bound then. */
  state(): { readonly arrays: Record<string, StateArray>; readonly values: Record<string, unknown> } {
    return {
      arrays: { codes: this.#codes, changed: this.#list.subarray(0, this.#listed) },
      values: { bound: this.#bound },
    };
  }

  restore(state: SelectorState): void {
    const { units } = this.#context;
    this.#codes.set(arrayOf(state, 'codes', Uint32Array, units * this.hasher.tables));
    this.#list.set(idsOf(state, 'changed', units));
    this.#listed = state.arrays!['changed']!.length;
    this.#mark();
    this.#bound = numberOf(state, 'bound');
    this.tables.build(this.#codes);
  }

  /** Share of the codes in the tables that a rehash would change now. Nothing is changed. */
  codesChanged(): number {
    const before = this.#codes.slice();
    const listed = this.#list.slice(0, this.#listed);
    const bound = this.#bound;
    this.#transformRows();
    this.#hash();
    const different = before.reduce((total, code, i) => total + (code === this.#codes[i] ? 0 : 1), 0);
    this.#codes.set(before);
    this.#list.set(listed);
    this.#listed = listed.length;
    this.#mark();
    this.#bound = bound;
    return different / before.length;
  }

  /** Marks the rows that are listed as changed, and no others. */
  #mark(): void {
    this.#changed.fill(0);
    for (const row of this.#list.subarray(0, this.#listed)) this.#changed[row] = 1;
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.hasher[Symbol.dispose]();
    this.tables[Symbol.dispose]();
    for (const view of [this.#tails, this.#codes, this.#squaredNorms, this.#list]) arena.free(view);
  }

  /** Writes the coordinates after the weights' own. All rows change with the bound. */
  #transformRows(): void {
    const { weights, units, team } = this.#context;
    const { values, stride, width, bias } = weights;
    if (this.transform.tailWidth > 0) {
      const norms = this.#squaredNorms;
      const { arena } = team;
      team.run('squaredNorms', [arena.address(norms), arena.address(values), stride, width], units);
      let largest = 0;
      for (let u = 0; u < units; u++) {
        if (bias) norms[u]! += bias[u]! * bias[u]!;
        largest = Math.max(largest, norms[u]!);
      }
      if (largest > this.#bound) {
        this.#bound = SLACK * largest;
        this.#noteAll();
      }
      const target = { tails: this.#tails, stride: this.tailWidth, offset: this.biasWidth };
      this.transform.data(norms, units, this.#bound, target);
    }
    if (bias) for (let u = 0; u < units; u++) this.#tails[u * this.tailWidth] = bias[u]!;
  }

  /** Hashes the changed rows; how many they are. */
  #hash(): number {
    const { weights, units } = this.#context;
    const { values, stride, width } = weights;
    const count = this.#listed;
    this.#listed = 0;
    this.#changed.fill(0);
    const vectors = { values, stride, width, tail: this.#tails, tailWidth: this.tailWidth };
    const rows = count < units ? this.#list.subarray(0, count) : undefined;
    if (count > 0) this.hasher.hash(vectors, count, { codes: this.#codes, stride: units }, rows);
    return count;
  }

  #noteAll(): void {
    for (let u = 0; u < this.#list.length; u++) this.#list[u] = u;
    this.#listed = this.#list.length;
    this.#changed.fill(1);
  }
}

/** Streams of random numbers are told apart by name, hashers of two layers by seed. */
function seedOf(seed: number, name: string): number {
  return randomStream(seed, `${name} hasher`).integer(2 ** 31);
}
