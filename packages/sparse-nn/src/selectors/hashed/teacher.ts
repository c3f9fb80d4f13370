/** Lessons for hash functions that learn: from the weights, and from inputs and the units that these excite most. */
import { randomStream, topK, type RandomStream } from '@hashgrad/kernels';
import { familyOf, type FamilySpec } from '@hashgrad/lsh';
import type { TransformedHasher } from '@hashgrad/mips';
import { TOP_K_PASSES } from '../highest.ts';
import { computeAllUnits } from '../../layers/all-units.ts';
import {
  denseActivations,
  freeActivations,
  type Activations,
  type DenseActivations,
} from '../../layers/activations.ts';
import type { Selection, SelectorContext, SelectorState, StateArray } from '../selector.ts';
import { arrayOf, countOf } from '../selector-state.ts';
import type { LessonsSpec } from './lessons.ts';
import type { RowHashing } from './row-hashing.ts';

/** Inputs that are held against all units at a time. */
const BLOCK = 16;

export class Teacher implements Disposable {
  readonly #spec: LessonsSpec;
  readonly #context: SelectorContext;
  readonly #hasher: TransformedHasher;
  readonly #rows: RowHashing;
  /** The last inputs of training, in a ring, and a label of each; none where the family learns from rows alone. */
  readonly #inputs: DenseActivations;
  readonly #labels: Int32Array;
  readonly #scores: DenseActivations;
  readonly #best: Int32Array;
  /** Inputs so far. */
  #seen = 0;
  /** Lessons so far. */
  #given = 0;

  constructor(
    spec: LessonsSpec,
    family: FamilySpec,
    hasher: TransformedHasher,
    rows: RowHashing,
    context: SelectorContext,
  ) {
    const { team, inputs, units, batch } = context;
    const { arena } = team;
    this.#spec = spec;
    this.#context = context;
    this.#hasher = hasher;
    this.#rows = rows;
    const pairs = familyOf(family).learns === 'pairs';
    const best = pairs && spec.target === 'best';
    // The hasher has room for so many queries.
    const queries = pairs ? Math.min(spec.queries, Math.max(units, batch)) : 0;
    this.#inputs = denseActivations(arena, queries, inputs, false);
    this.#labels = new Int32Array(queries);
    this.#scores = denseActivations(arena, best ? BLOCK : 0, units, false);
    this.#best = arena.int32(best ? BLOCK * spec.near : 0);
  }

  /** Takes the inputs of a training batch, the last of them if there are more than it keeps. */
  see({ input, batch, forced }: Selection): void {
    const room = this.#labels.length;
    if (room === 0) return;
    for (let s = Math.max(0, batch - room); s < batch; s++) {
      const label =
        forced && forced.offsets[s + 1]! > forced.offsets[s]! ? forced.ids[forced.offsets[s]!]! : -1;
      // Where labels are to be found, a sample without one teaches nothing.
      if (this.#spec.target === 'labels' && label < 0) continue;
      const place = this.#seen++ % room;
      this.#labels[place] = label;
      this.#keep(input, s, place);
    }
  }

  /** Whether the rehash of so many before it brings a lesson. */
  due(times: number): boolean {
    return times % this.#spec.every === 0;
  }

  /** Gives a lesson on the weights as they are; whether there was anything to learn from. */
  teach(): boolean {
    const { units, seed, name, counts } = this.#context;
    const room = this.#labels.length;
    const queryCount = Math.min(this.#seen, room);
    if (room > 0 && queryCount === 0) return false;
    const random = randomStream(seed, `${name} lesson ${this.#given++}`);
    const near = this.#near(queryCount);
    const drawn = drawRows(units, Math.min(this.#spec.rows, units), random);
    // Rows that are near are among those that are learned from.
    const list = Int32Array.from(new Set([...drawn, ...near]));
    const places = new Map(Array.from(list, (unit, place) => [unit, place]));
    const { rows, terms } = this.#rows.copy(list);
    const { values, stride, width } = this.#inputs;
    const work = this.#hasher.learn({
      rows,
      rowCount: list.length,
      terms,
      queries: { values, stride, width },
      queryCount,
      near: near.map((unit) => places.get(unit)!),
      seed: random.integer(2 ** 31),
    });
    counts.add('rehash', work);
    return true;
  }

  state(): { readonly arrays: Record<string, StateArray>; readonly values: Record<string, unknown> } {
    const learned = this.#hasher.learned!;
    const arrays = { learned, lessonInputs: this.#inputs.values, lessonLabels: this.#labels };
    return { arrays, values: { seen: this.#seen, lessons: this.#given } };
  }

  /** After the hasher was drawn as it was at first. */
  restore(state: SelectorState): void {
    for (const [name, array, type] of [
      ['learned', this.#hasher.learned!, Float32Array],
      ['lessonInputs', this.#inputs.values, Float32Array],
    ] as const) {
      array.set(arrayOf(state, name, type, array.length));
    }
    this.#labels.set(arrayOf(state, 'lessonLabels', Int32Array, this.#labels.length));
    this.#seen = countOf(state, 'seen');
    this.#given = countOf(state, 'lessons');
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    freeActivations(arena, this.#inputs);
    freeActivations(arena, this.#scores);
    arena.free(this.#best);
  }

  /** Keeps input `sample` of a batch in a place of the ring. */
  #keep(input: Activations, sample: number, place: number): void {
    const { values, stride, width } = this.#inputs;
    const own = values.subarray(place * stride, place * stride + width);
    if (input.kind === 'dense') {
      own.set(input.values.subarray(sample * input.stride, sample * input.stride + width));
      return;
    }
    own.fill(0);
    for (let q = input.offsets[sample]!; q < input.offsets[sample + 1]!; q++)
      own[input.ids[q]!] = input.values[q]!;
  }

  /** The units that each of the kept inputs is to find, one input's after the other's. */
  #near(count: number): Int32Array {
    if (count === 0) return new Int32Array(0);
    if (this.#spec.target === 'labels') return this.#labels.slice(0, count);
    const { team, weights, units, inputs, counts } = this.#context;
    const { near: k } = this.#spec;
    const { stride } = this.#inputs;
    const { values, stride: rowStride, width, bias } = weights;
    const rows = { rows: units, width, stride: rowStride, values, bias: bias! };
    const near = new Int32Array(count * k);
    for (let first = 0; first < count; first += BLOCK) {
      const block = Math.min(BLOCK, count - first);
      const own = { ...this.#inputs, values: this.#inputs.values.subarray(first * stride) };
      computeAllUnits(team, rows, 'linear', own, this.#scores, block);
      const scores = { values: this.#scores.values, stride: this.#scores.stride, width: units };
      topK(team, { ids: this.#best, ...scores, k }, block);
      near.set(this.#best.subarray(0, block * k), first * k);
    }
    const looked = count * units;
    counts.add('rehash', { multiplyAdds: looked * inputs, comparisons: TOP_K_PASSES * looked });
    return near;
  }
}

/** So many units, all different. */
function drawRows(units: number, count: number, random: RandomStream): Int32Array {
  const all = Int32Array.from({ length: units }, (_, u) => u);
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(units - i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.subarray(0, count);
}
