/** Hash codes of a layer's weight vectors, kept up to date as training changes them. */
import { randomStream, squaredNorms } from '@hashgrad/kernels';
import { familyOf, type FamilySpec } from '@hashgrad/lsh';
import { TransformedHasher, transformOf, type TransformSpec } from '@hashgrad/mips';
import { ChangeDetector } from './change-detector.ts';
import { RehashClock, type RehashSpec } from './rehash-schedule.ts';
import type { SelectorContext, SelectorState, StateArray } from '../selector.ts';
import { arrayOf, countOf, idsOf, numberOf } from '../selector-state.ts';

/**
 * How far above the largest squared norm the transform's bound is set: norms grow, and a new bound changes the
 * transformed vectors, and so the codes, of all rows.
 */
const SLACK = 1.1;

/** What is hashed, how, and when. */
export interface RehashedCodesSpec {
  readonly family: FamilySpec;
  readonly transform: TransformSpec;
  readonly rehash: RehashSpec;
  /** At every so many-th rehash the hash functions are drawn anew; 0: never. */
  readonly redraw: number;
}

export class RehashedCodes implements Disposable {
  /** Of the rows, and of what they are asked with: batches of the layer's inputs, or of rows. */
  readonly hasher: TransformedHasher;
  readonly #context: SelectorContext;
  readonly #spec: RehashedCodesSpec;
  /** How often the hash functions were drawn anew. */
  #redraws = 0;
  #step = 0;
  readonly #clock: RehashClock;
  readonly #detector: ChangeDetector | undefined;
  /** tables x units: the code of unit u in table t is values[t * units + u]. */
  readonly values: Uint32Array;
  readonly #squaredNorms: Float32Array;
  /** Rows that were updated since they were hashed: a mark for each row, and the list of those marked. */
  readonly #changed: Uint8Array;
  readonly #list: Int32Array;
  #listed = 0;
  #bound = 0;

  constructor(spec: RehashedCodesSpec, context: SelectorContext) {
    const { team, inputs, units, weights, batch } = context;
    const { arena } = team;
    const { rehash, family } = spec;
    this.#context = context;
    this.#spec = spec;
    this.hasher = new TransformedHasher({
      family,
      transform: transformOf(spec.transform, familyOf(family)),
      dimensions: inputs,
      bias: weights.bias !== undefined,
      room: Math.max(units, batch),
      seed: this.#seed(),
      team,
    });
    this.values = arena.uint32(units * this.hasher.tables);
    this.#squaredNorms = arena.float32(units);
    this.#changed = new Uint8Array(units);
    this.#list = arena.int32(units);
    if (typeof rehash === 'object' && rehash.kind === 'onChange') {
      this.#detector = new ChangeDetector(rehash.bits, context);
    }
    this.#clock = new RehashClock(rehash, this.#detector);
    this.#noteAll();
    this.#rehash();
  }

  /** Notes that a step updated these rows, and hashes what changed if it is time; whether it was. */
  updated(rows: Int32Array): boolean {
    this.#note(rows);
    this.#step++;
    if (!this.#clock.due(this.#step, this.#list.subarray(0, this.#listed))) return false;
    const { redraw } = this.#spec;
    if (redraw > 0 && this.#clock.times % redraw === 0) {
      this.#redraws++;
      this.hasher.redraw(this.#seed());
      this.#noteAll();
    }
    this.#rehash();
    return true;
  }

  #note(rows: Int32Array): void {
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

  /** Hashes the rows that changed. */
  #rehash(): void {
    const { counts, inputs } = this.#context;
    const hashed = counts.time('rehash', () => {
      this.#raiseBound();
      this.#detector?.keep(this.#list.subarray(0, this.#listed));
      return this.#hash();
    });
    counts.add('rehash', this.hasher.operations(inputs), hashed);
  }

  /** Hashes all rows, whether they are known to have changed or not, under a bound that is that of the weights now. */
  rehashAll(): void {
    this.#bound = 0;
    this.#noteAll();
    this.#rehash();
  }

  /** The codes are of the rows as they were when they were hashed, and of the bound then. */
  state(): { readonly arrays: Record<string, StateArray>; readonly values: Record<string, unknown> } {
    const arrays: Record<string, StateArray> = {
      codes: this.values,
      changed: this.#list.subarray(0, this.#listed),
    };
    if (this.#detector) arrays['signatures'] = this.#detector.signatures;
    const counters = { step: this.#step, rehashes: this.#clock.times, redraws: this.#redraws };
    return { arrays, values: { bound: this.#bound, ...counters } };
  }

  restore(state: SelectorState): void {
    const { units } = this.#context;
    this.values.set(arrayOf(state, 'codes', Uint32Array, units * this.hasher.tables));
    this.#list.set(idsOf(state, 'changed', units));
    this.#listed = state.arrays!['changed']!.length;
    this.#mark();
    this.#bound = numberOf(state, 'bound');
    this.#step = countOf(state, 'step');
    this.#clock.times = countOf(state, 'rehashes');
    this.#redraws = countOf(state, 'redraws');
    this.hasher.redraw(this.#seed());
    const signatures = this.#detector?.signatures;
    signatures?.set(arrayOf(state, 'signatures', Uint32Array, signatures.length));
  }

  /** Share of the codes that a rehash would change now. Nothing is changed. */
  codesChanged(): number {
    const before = this.values.slice();
    const listed = this.#list.slice(0, this.#listed);
    const bound = this.#bound;
    this.#raiseBound();
    this.#hash();
    const different = before.reduce((total, code, i) => total + (code === this.values[i] ? 0 : 1), 0);
    this.values.set(before);
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
    this.#detector?.[Symbol.dispose]();
    for (const view of [this.values, this.#squaredNorms, this.#list]) arena.free(view);
  }

  /** Of the hash functions that belong to the number of redraws. */
  #seed(): number {
    const { seed, name } = this.#context;
    const stream = this.#redraws === 0 ? `${name} hasher` : `${name} hasher ${this.#redraws}`;
    // Streams of random numbers are told apart by name, hashers of two layers by seed.
    return randomStream(seed, stream).integer(2 ** 31);
  }

  /** Takes the norms of all rows. If one exceeds the bound, that is set above it, and what is hashed of all rows changes. */
  #raiseBound(): void {
    const { weights, units, team, counts } = this.#context;
    const { values, stride, width, bias } = weights;
    if (this.hasher.transform.tailWidth === 0) return;
    const norms = this.#squaredNorms;
    squaredNorms(team, { norms, x: values, stride, width }, units);
    counts.add('rehash', { multiplyAdds: units * (width + (bias ? 1 : 0)) });
    let largest = 0;
    for (let u = 0; u < units; u++) {
      if (bias) norms[u]! += bias[u]! * bias[u]!;
      largest = Math.max(largest, norms[u]!);
    }
    if (largest <= this.#bound) return;
    this.#bound = SLACK * largest;
    this.#noteAll();
  }

  /** Hashes the changed rows; how many they are. */
  #hash(): number {
    const { weights, units } = this.#context;
    const { values, stride, width, bias } = weights;
    const count = this.#listed;
    this.#listed = 0;
    this.#changed.fill(0);
    if (count === 0) return 0;
    const terms = { squaredNorms: this.#squaredNorms, bound: this.#bound, bias };
    const list = count < units ? this.#list.subarray(0, count) : undefined;
    this.hasher.hashRows(
      { values, stride, width },
      units,
      terms,
      { codes: this.values, stride: units },
      list,
    );
    return count;
  }

  #noteAll(): void {
    for (let u = 0; u < this.#list.length; u++) this.#list[u] = u;
    this.#listed = this.#list.length;
    this.#changed.fill(1);
  }
}
