/** Asking a layer's tables with the weights of a true label, in place of the input (Daghaghi et al., ICML 2021). */
import { copyRows, randomStream, resumeStream } from '@hashgrad/kernels';
import { countProbes } from '../hash-input.ts';
import type { Labels, SelectorContext } from '../selector.ts';
import type { WeightTables } from './weight-tables.ts';

export class LabelQueries implements Disposable {
  readonly #context: SelectorContext;
  readonly #tables: WeightTables;
  readonly #probes: number;
  /** The label that each sample asks with; -1 if it has none. */
  readonly #asked: Int32Array;
  /** The labels, and their rows one after the other; only where they are hashed. */
  readonly #rows: Int32Array;
  readonly #vectors: Float32Array;
  readonly #codes: Uint32Array;
  #random: ReturnType<typeof randomStream>;

  constructor(tables: WeightTables, probes: number, context: SelectorContext) {
    const { team, weights, batch, seed, name } = context;
    const { arena } = team;
    this.#context = context;
    this.#tables = tables;
    this.#probes = probes;
    this.#asked = new Int32Array(batch);
    const hashed = this.#hashes ? batch : 0;
    this.#rows = arena.int32(hashed);
    this.#vectors = arena.float32(hashed * weights.stride);
    this.#codes = arena.uint32(hashed * tables.hasher.tables * probes);
    this.#random = randomStream(seed, `${name} labels to ask with`);
  }

  /** Where the draws among several labels are. */
  get state(): readonly number[] {
    return this.#random.state();
  }

  set state(state: readonly number[]) {
    this.#random = resumeStream(state);
  }

  /** Chooses a label for each sample of a batch; whether all have one. */
  choose({ offsets, ids }: Labels, batch: number): boolean {
    for (let s = 0; s < batch; s++) {
      const count = offsets[s + 1]! - offsets[s]!;
      const label = offsets[s]! + (count > 1 ? this.#random.integer(count) : 0);
      this.#asked[s] = count > 0 ? ids[label]! : -1;
    }
    return !this.#asked.subarray(0, batch).includes(-1);
  }

  /** Whether the codes under which a label lies are not those to ask with: a transform has others, or there are probes. */
  get #hashes(): boolean {
    return this.#tables.hasher.transform.tailWidth > 0 || this.#probes > 1;
  }

  /** Writes the codes of the samples that have a label: probe p of sample s in table t to codes[(t * probes + p) * batch + s]. */
  write(codes: Uint32Array, batch: number): void {
    const { counts } = this.#context;
    const asked = this.#asked.subarray(0, batch);
    if (!this.#hashes) {
      return counts.time('choose', () => this.#tables.codesOf(asked, codes, batch));
    }
    counts.time('hashing', () => this.#hash(asked, codes));
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    for (const view of [this.#rows, this.#vectors, this.#codes]) arena.free(view);
  }

  #hash(asked: Int32Array, codes: Uint32Array): void {
    const { team, weights, inputs, counts } = this.#context;
    const { hasher } = this.#tables;
    const [rows, vectors, made] = [this.#rows, this.#vectors, this.#codes];
    const samples: number[] = [];
    for (const [s, label] of asked.entries()) if (label >= 0) rows[samples.push(s) - 1] = label;
    const count = samples.length;
    if (count === 0) return;
    const { values, stride, width, bias } = weights;
    copyRows(team, { out: vectors, outStride: stride, from: values, stride, width, list: rows }, count);
    const probes = this.#probes;
    const terms = { bias: bias && Float32Array.from({ length: count }, (_, i) => bias[rows[i]!]!), probes };
    hasher.hashQueries({ values: vectors, stride, width }, count, { codes: made, stride: count }, terms);
    for (let t = 0; t < hasher.tables * probes; t++) {
      for (const [i, s] of samples.entries()) codes[t * asked.length + s] = made[t * count + i]!;
    }
    counts.add('hashing', hasher.operations(inputs), count);
    countProbes(hasher, count, probes, counts);
  }
}
