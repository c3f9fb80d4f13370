/** Hash codes of a layer's weight vectors, kept up to date as training changes them. */
import { randomStream } from '@hashgrad/kernels';
import { familyOf, type FamilySpec } from '@hashgrad/lsh';
import { TransformedHasher, transformOf } from '@hashgrad/mips';
import { ChangeDetector } from './change-detector.ts';
import type { HashingOptions } from './hashing-options.ts';
import type { LessonsSpec } from './lessons.ts';
import { RehashClock } from './rehash-schedule.ts';
import { RowHashing } from './row-hashing.ts';
import type { Selection, SelectorContext, SelectorState, StateArray } from '../selector.ts';
import { arrayOf, countOf, idsOf } from '../selector-state.ts';
import { Teacher } from './teacher.ts';

/** What is hashed, how, and when. */
export interface RehashedCodesSpec extends HashingOptions {
  readonly family: FamilySpec;
  /** Of a family that learns. */
  readonly lessons?: LessonsSpec | undefined;
}

export class RehashedCodes implements Disposable {
  /** Of the rows, and of what they are asked with: batches of the layer's inputs, or of rows. */
  readonly hasher: TransformedHasher;
  readonly #context: SelectorContext;
  readonly #spec: RehashedCodesSpec;
  /** How often the hash functions were drawn anew. */
  #redraws = 0;
  /** Of the step that is under way. */
  #samples = 0;
  readonly #clock: RehashClock;
  readonly #detector: ChangeDetector | undefined;
  /** tables x units: the code of unit u in table t is values[t * units + u]. */
  readonly values: Uint32Array;
  readonly #rows: RowHashing;
  readonly #teacher: Teacher | undefined;
  /** Rows that were updated since they were hashed: a mark for each row, and the list of those marked. */
  readonly #changed: Uint8Array;
  readonly #list: Int32Array;
  #listed = 0;

  constructor(spec: RehashedCodesSpec, context: SelectorContext) {
    const { team, inputs, units, weights, batch } = context;
    const { arena } = team;
    const { rehash, family, centred, lessons } = spec;
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
    this.#rows = new RowHashing(this.hasher, centred, context);
    this.#teacher = lessons && new Teacher(lessons, family, this.hasher, this.#rows, context);
    this.#changed = new Uint8Array(units);
    this.#list = arena.int32(units);
    if (typeof rehash === 'object' && rehash.kind === 'onChange') {
      this.#detector = new ChangeDetector(rehash.bits, context);
    }
    this.#clock = new RehashClock(rehash, this.#detector);
    this.rehashAll();
  }

  /** Notes what a training step asks with. */
  seen(selection: Selection): void {
    this.#samples = selection.batch;
    this.#teacher?.see(selection);
  }

  /** Notes that a step updated these rows, and hashes what changed if it is time; whether it was. */
  updated(rows: Int32Array): boolean {
    this.#note(rows);
    if (!this.#clock.tick(this.#samples, this.#list.subarray(0, this.#listed))) return false;
    if (this.#teacher?.due(this.#clock.times - 1)) this.#teach();
    const { redraw } = this.#spec;
    if (redraw > 0 && this.#clock.times % redraw === 0) {
      this.#redraws++;
      this.hasher.redraw(this.#seed());
      this.#noteAll();
    }
    this.#rehash();
    return true;
  }

  /** Changes what is learned, and so the codes of all rows. Rows are learned from under the mean and the bound that they are hashed under. */
  #teach(): void {
    const { counts } = this.#context;
    counts.time('rehash', () => {
      if (this.#rows.follow(this.#list.subarray(0, this.#listed))) this.#noteAll();
      if (this.#teacher!.teach()) this.#noteAll();
    });
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
      if (this.#rows.follow(this.#list.subarray(0, this.#listed))) this.#noteAll();
      this.#detector?.keep(this.#list.subarray(0, this.#listed));
      return this.#hash();
    });
    counts.add('rehash', this.hasher.operations(inputs), hashed);
  }

  /** Writes the lengths of all rows, their biases included; of centred rows as they were hashed. */
  lengths(lengths: Float32Array): void {
    this.#rows.lengths(lengths);
  }

  /** Hashes all rows, whether they are known to have changed or not, under a bound that is that of the weights now. */
  rehashAll(): void {
    this.#rows.forgetBound();
    this.#noteAll();
    if (this.#teacher) this.#teach();
    this.#rehash();
  }

  /** The codes are of the rows as they were when they were hashed, and of the bound and the mean then. */
  state(): { readonly arrays: Record<string, StateArray>; readonly values: Record<string, unknown> } {
    const rows = this.#rows.state();
    const lessons = this.#teacher?.state();
    const arrays: Record<string, StateArray> = {
      ...rows.arrays,
      ...lessons?.arrays,
      codes: this.values,
      changed: this.#list.subarray(0, this.#listed),
    };
    if (this.#detector) arrays['signatures'] = this.#detector.signatures;
    return {
      arrays,
      values: { ...rows.values, ...this.#clock.state(), redraws: this.#redraws, ...lessons?.values },
    };
  }

  restore(state: SelectorState): void {
    const { units } = this.#context;
    this.values.set(arrayOf(state, 'codes', Uint32Array, units * this.hasher.tables));
    this.#list.set(idsOf(state, 'changed', units));
    this.#listed = state.arrays!['changed']!.length;
    this.#mark();
    this.#rows.restore(state);
    this.#clock.restore(state);
    this.#redraws = countOf(state, 'redraws');
    this.hasher.redraw(this.#seed());
    this.#teacher?.restore(state);
    const signatures = this.#detector?.signatures;
    signatures?.set(arrayOf(state, 'signatures', Uint32Array, signatures.length));
  }

  /** Share of the codes that a rehash would change now. Nothing is changed. */
  codesChanged(): number {
    const before = this.values.slice();
    const listed = this.#list.slice(0, this.#listed);
    this.#rows.undone(() => {
      if (this.#rows.follow(listed)) this.#noteAll();
      this.#hash();
    });
    const different = before.reduce((total, code, i) => total + (code === this.values[i] ? 0 : 1), 0);
    this.values.set(before);
    this.#list.set(listed);
    this.#listed = listed.length;
    this.#mark();
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
    this.#rows[Symbol.dispose]();
    this.#teacher?.[Symbol.dispose]();
    for (const view of [this.values, this.#list]) arena.free(view);
  }

  /** Of the hash functions that belong to the number of redraws. */
  #seed(): number {
    const { seed, name } = this.#context;
    const stream = this.#redraws === 0 ? `${name} hasher` : `${name} hasher ${this.#redraws}`;
    // Streams of random numbers are told apart by name, hashers of two layers by seed.
    return randomStream(seed, stream).integer(2 ** 31);
  }

  /** Hashes the changed rows; how many they are. */
  #hash(): number {
    const { units } = this.#context;
    const count = this.#listed;
    this.#listed = 0;
    this.#changed.fill(0);
    if (count > 0) this.#rows.hash(this.values, count < units ? this.#list.subarray(0, count) : undefined);
    return count;
  }

  #noteAll(): void {
    for (let u = 0; u < this.#list.length; u++) this.#list[u] = u;
    this.#listed = this.#list.length;
    this.#changed.fill(1);
  }
}
