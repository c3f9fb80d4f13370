/** Which cluster each of a layer's weight vectors is nearest to, as far as there is room: the assignment of k-means. */
import { bestOfRows, dotRows, squaredNorms } from '@hashgrad/kernels';
import { computeAllUnits, type UnitWeights } from '../../layers/all-units.ts';
import { denseActivations, freeActivations, type DenseActivations } from '../../layers/activations.ts';
import type { SelectorContext } from '../selector.ts';

/** Units that are assigned at a time. */
const CHUNK = 512;
/** Clusters that a unit may move to, where these are near its own: those with the nearest centres, itself among them. */
const NEAR = 16;

export class NearestCentres implements Disposable {
  readonly #context: SelectorContext;
  readonly #centres: DenseActivations;
  readonly #largest: number;
  readonly #count: number;
  /** Scores of a chunk of units, or of all clusters, against all centres. */
  readonly #scores: DenseActivations;
  /** Half of the centres' squared lengths, negative, and these. */
  readonly #offsets: Float32Array;
  readonly #squares: Float32Array;
  /** The clusters that each unit of a chunk may be in, where these are few. */
  readonly #asked: Int32Array;
  readonly #askedOffsets: Int32Array;
  readonly #everyCluster: Int32Array;
  /** For each cluster those near it, and how many these are. */
  readonly #near: Int32Array;
  readonly #found: Int32Array;

  /** `centres`: a row for each of `count` clusters, of which none gets more than `largest` units. */
  constructor(context: SelectorContext, centres: DenseActivations, count: number, largest: number) {
    const { arena } = context.team;
    this.#context = context;
    this.#centres = centres;
    this.#count = count;
    this.#largest = largest;
    this.#scores = denseActivations(arena, Math.max(CHUNK, count), count, false);
    this.#offsets = arena.float32(count);
    this.#squares = arena.float32(count);
    this.#asked = arena.int32(CHUNK * NEAR);
    this.#askedOffsets = arena.int32(CHUNK + 1);
    for (let i = 0; i <= CHUNK; i++) this.#askedOffsets[i] = i * NEAR;
    this.#everyCluster = Int32Array.from({ length: count }, (_, c) => c);
    this.#near = arena.int32(count * NEAR);
    this.#found = arena.int32(count);
  }

  /** Products of a unit, or of a centre, with centres that an assignment takes. */
  pairs(all: boolean): number {
    const { units } = this.#context;
    return all || this.#count <= NEAR ? units * this.#count : units * NEAR + this.#count ** 2;
  }

  /**
   * Writes the cluster of each unit to `clusterOf`, units in their order: that of the nearest centre that has room. `all`: of
   * all clusters; else of those near the cluster that the unit is in.
   */
  assign(clusterOf: Int32Array, all: boolean): void {
    const { team, units, weights } = this.#context;
    const [scores, bias, asked] = [this.#scores, this.#offsets, this.#asked];
    const { stride, width } = this.#centres;
    const near = this.#centreRows(all);
    const sizes = new Int32Array(this.#count);
    for (let first = 0; first < units; first += CHUNK) {
      const some = Math.min(CHUNK, units - first);
      const rows = { values: weights.values.subarray(first * weights.stride), stride: weights.stride };
      if (near) {
        for (let i = 0; i < some; i++) {
          const own = clusterOf[first + i]! * NEAR;
          for (let j = 0; j < NEAR; j++) asked[i * NEAR + j] = near[own + j]!;
        }
        const lists = { offsets: this.#askedOffsets, ids: asked, rows: this.#centres.values, bias };
        const from = { stride, width, x: rows.values, xStride: rows.stride };
        dotRows(team, { out: scores.values, ...lists, ...from }, some);
      } else computeAllUnits(team, this.#rows(bias), 'linear', rows, scores, some);
      const lists = near ? asked : this.#everyCluster;
      for (let i = 0; i < some; i++) {
        const at = near ? i * NEAR : i * scores.stride;
        const cluster = this.#nearest(sizes, at, lists, near ? at : 0, near ? NEAR : this.#count);
        clusterOf[first + i] = cluster;
        sizes[cluster]!++;
      }
    }
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    freeActivations(arena, this.#scores);
    const lists = [this.#asked, this.#askedOffsets, this.#near, this.#found];
    for (const view of [...lists, this.#offsets, this.#squares]) arena.free(view);
  }

  /** Of the clusters lists[from], ... that have room the one with the highest of `count` scores from `at` on; else the first that has. */
  #nearest(sizes: Int32Array, at: number, lists: Int32Array, from: number, count: number): number {
    const { values } = this.#scores;
    const largest = this.#largest;
    let best = -1;
    let highest = -Infinity;
    for (let i = 0; i < count; i++) {
      const score = values[at + i]!;
      if (score <= highest) continue;
      const cluster = lists[from + i]!;
      if (sizes[cluster] === largest) continue;
      best = cluster;
      highest = score;
    }
    return best < 0 ? sizes.findIndex((size) => size < largest) : best;
  }

  /**
   * Takes half of the centres' squared lengths, as |w - c|^2 = |w|^2 - 2 (w . c - |c|^2 / 2); gives for each cluster the NEAR
   * clusters of the nearest centres, unless all are wanted or there are no more.
   */
  #centreRows(all: boolean): Int32Array | undefined {
    const { team } = this.#context;
    const { values: x, stride, width } = this.#centres;
    const [offsets, squares, count] = [this.#offsets, this.#squares, this.#count];
    squaredNorms(team, { norms: squares, x, stride, width }, count);
    for (let c = 0; c < count; c++) offsets[c] = -0.5 * squares[c]!;
    if (all || count <= NEAR) return undefined;
    const scores = this.#scores;
    computeAllUnits(team, this.#rows(offsets), 'linear', this.#centres, scores, count);
    const near = this.#near;
    const best = { positions: near, lengths: this.#found, k: NEAR };
    bestOfRows(team, { ...best, values: scores.values, stride: scores.stride, width: count }, count);
    for (let i = 0; i < count * NEAR; i++) near[i]! -= Math.floor(i / NEAR) * scores.stride;
    return near;
  }

  #rows(bias: Float32Array): UnitWeights {
    const { values, stride, width } = this.#centres;
    return { rows: this.#count, width, stride, values, bias };
  }
}
