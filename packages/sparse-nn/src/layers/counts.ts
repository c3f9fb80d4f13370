/** What a run costs, by part: the claim "5 % of the multiplications" is made with the hashing included. */

/**
 * hashing: codes of inputs. choose: reading buckets, ranking, exact or random selection; topK's products too. forward,
 * backward: the layers' products. optimizer: updates of weights (its time is backward's where a row is updated as soon as
 * its gradient is complete). rehash: hashing the weights and rebuilding the tables.
 */
export const PARTS = ['hashing', 'choose', 'forward', 'backward', 'optimizer', 'rehash'] as const;

/** A part of what a run costs, see PARTS. */
export type Part = (typeof PARTS)[number];

/**
 * Kinds of work, each counted as what it is. Different kinds take different times, so they are not added up here; activation
 * functions and exponentials are not counted, nor is the sorting of what was chosen.
 *
 * - multiplyAdds: products that are added up. An update of a weight counts by `optimizerCost`.
 * - comparisons: of a number with another or with a threshold, one for each pass over the numbers; drawing a unit at random is
 *   one, too.
 * - additions: without a product, such as those of a Hadamard transform.
 * - words: 64-bit words of hash bits compared.
 * - entries: of hash tables' buckets, read by a query or written by a rebuild (in two passes, as two).
 * - candidates: distinct units that a query ranks, those that collide in enough tables.
 */
export const OPERATIONS = [
  'multiplyAdds',
  'comparisons',
  'additions',
  'words',
  'entries',
  'candidates',
] as const;

/** A kind of work, see OPERATIONS. */
export type Operation = (typeof OPERATIONS)[number];

/**
 * How many multiply-adds one of each kind is worth: by the clock, on one thread of an AMD EPYC with Node 26.10, in the kernels
 * that do them, beside a multiply-add of a dense product (0.04 ns). `hashgrad bench costs` measures them again.
 *
 * - A comparison is a pass of the exact top k over a number, one at a time. Families that hash by comparing do it on vectors,
 *   so that their work is overstated.
 * - An addition is one of a Hadamard transform, on vectors as a multiply-add is.
 * - A word of 64 bits is an exclusive or and a population count.
 * - An entry of a bucket is read, and its unit's collisions are counted.
 * - A candidate is put into the histogram of collisions, compared with the fewest that are enough, sorted, and cleared.
 */
export const COST_WEIGHTS: Readonly<Record<Operation, number>> = {
  multiplyAdds: 1,
  comparisons: 24,
  additions: 1,
  words: 10,
  entries: 24,
  candidates: 80,
};

/** The work of some parts in multiply-adds, by {@link COST_WEIGHTS}. */
export function workOf(counts: WorkCounts, parts: readonly Part[]): number {
  return parts.reduce(
    (sum, part) => OPERATIONS.reduce((inner, kind) => inner + counts[kind][part] * COST_WEIGHTS[kind], sum),
    0,
  );
}

/** A number for each part. */
export type ByPart = Readonly<Record<Part, number>>;

/** Work by kind, and by part in each. */
export type WorkCounts = Readonly<Record<Operation, ByPart>>;

/** Work and time since counting began. */
export interface CountsState extends WorkCounts {
  readonly seconds: ByPart;
}

const KEYS = [...OPERATIONS, 'seconds'] as const;

/** Counts work and time by part. */
export class Counts {
  readonly #sums: Record<Operation | 'seconds', Record<Part, number>> = zeros();

  /** Runs `work` and books its time. */
  time<T>(part: Part, work: () => T): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.#sums.seconds[part] += (performance.now() - start) / 1000;
    }
  }

  /** Adds work of the kinds that are given, `times` over. */
  add(part: Part, work: Readonly<Partial<Record<Operation, number>>>, times: number = 1): void {
    for (const kind of OPERATIONS) this.#sums[kind][part] += times * (work[kind] ?? 0);
  }

  reset(): void {
    this.set(zeros());
  }

  /** What was counted so far. */
  get(): CountsState {
    return byKind((kind, part) => this.#sums[kind][part]);
  }

  /** What was counted since it was `before`. */
  since(before: CountsState): CountsState {
    return byKind((kind, part) => this.#sums[kind][part] - before[kind][part]);
  }

  set(state: CountsState): void {
    for (const kind of KEYS) Object.assign(this.#sums[kind], state[kind]);
  }

  /** Runs `work` without counting it: evaluations are no part of what training costs. */
  paused<T>(work: () => T): T {
    const before = this.get();
    try {
      return work();
    } finally {
      this.set(before);
    }
  }
}

function zeros(): Record<Operation | 'seconds', Record<Part, number>> {
  return byKind(() => 0);
}

function byKind(
  value: (kind: Operation | 'seconds', part: Part) => number,
): Record<Operation | 'seconds', Record<Part, number>> {
  const parts = (kind: Operation | 'seconds'): Record<Part, number> =>
    Object.fromEntries(PARTS.map((part) => [part, value(kind, part)])) as Record<Part, number>;
  return Object.fromEntries(KEYS.map((kind) => [kind, parts(kind)])) as Record<
    Operation | 'seconds',
    Record<Part, number>
  >;
}
