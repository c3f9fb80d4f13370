/** A layer's weight vectors in clusters, made anew from time to time while training moves them. */
import { gatherRows, MembersRecord, quantizeMembers, randomStream, squaredNorms } from '@hashgrad/kernels';
import {
  denseActivations,
  freeActivations,
  strideOf,
  type DenseActivations,
} from '../../layers/activations.ts';
import type { SelectorContext, SelectorState } from '../selector.ts';
import { arrayOf, countOf } from '../selector-state.ts';
import { NearestCentres } from './nearest-centres.ts';

/** Turns from random centres. */
const FIRST_TURNS = 4;
/** A cluster has this many times its even share of the units, at most. */
const FULLEST = 2;
/** Copies that are read behind the last. */
const MORE = 3;

/**
 * Clusters of the rows by Euclidean distance: k-means (Lloyd 1982), of which each refresh is a turn from where the last one
 * ended, in which a unit only moves to clusters near its own. The size of a cluster is limited, so that looking through some of
 * them takes a known time. Copies of the rows in 8-bit integers lie cluster by cluster, and are replaced as soon as a row is
 * updated.
 */
export class WeightClusters implements Disposable {
  readonly count: number;
  /** Members of a cluster, at most. */
  readonly largest: number;
  /** Units, cluster by cluster, ascending in each. */
  readonly members: Int32Array;
  /** Where each cluster starts in `members`, and the end. */
  readonly starts: Int32Array;
  /** A row for each cluster: the mean of its members. */
  readonly centres: DenseActivations;
  /** The mean of the members' biases. */
  readonly biases: Float32Array;
  /** How far the highest of a cluster's weighted sums is above that of its mean, as expected, for an input of length 1. */
  readonly reaches: Float32Array;
  /** The rows in 8-bit integers, in the order of `members`. */
  readonly copies: MembersRecord;
  readonly #context: SelectorContext;
  readonly #every: number;
  readonly #nearest: NearestCentres;
  /** The cluster of each unit, and where it is in `members`. */
  readonly #clusterOf: Int32Array;
  readonly #places: Int32Array;
  /** Units that were updated. */
  readonly #updated: Int32Array;
  /** Squared lengths of units and centres; each member's share of a mean. */
  readonly #squares: Float32Array;
  readonly #shares: Float32Array;
  #step = 0;

  /** `every`: steps from one refresh to the next. */
  constructor(count: number, every: number, context: SelectorContext) {
    const { team, units, inputs } = context;
    const { arena } = team;
    this.count = count;
    this.largest = Math.min(units, Math.ceil((FULLEST * units) / count));
    this.#every = every;
    this.#context = context;
    this.members = arena.int32(units);
    this.starts = arena.int32(count + 1);
    this.centres = denseActivations(arena, count, inputs, false);
    this.biases = arena.float32(count);
    this.reaches = new Float32Array(count);
    const stride = strideOf(inputs);
    const room = units + MORE;
    this.copies = new MembersRecord(arena, {
      codes: arena.int8(room * stride),
      stride,
      scales: arena.float32(room),
      offsets: arena.int32(room),
      biases: arena.float32(room),
    });
    this.#clusterOf = new Int32Array(units);
    this.#places = arena.int32(units);
    this.#updated = arena.int32(units);
    this.#nearest = new NearestCentres(context, this.centres, count, this.largest);
    this.#squares = arena.float32(Math.max(units, count));
    this.#shares = arena.float32(units);
    this.restart();
  }

  size(cluster: number): number {
    return this.starts[cluster + 1]! - this.starts[cluster]!;
  }

  /** Clusters without a member. */
  empty(): readonly number[] {
    return Array.from(this.reaches.keys()).filter((cluster) => this.size(cluster) === 0);
  }

  /** Tells that a step was taken, which updated these units. */
  updated(rows: Int32Array): void {
    this.#step++;
    if (this.#step % this.#every === 0) return this.#refresh(1, false);
    const { team, counts, inputs, weights } = this.#context;
    counts.time('rehash', () => {
      this.#updated.set(rows);
      const of = { members: this.copies, rows: weights.record, list: this.#updated, places: this.#places };
      quantizeMembers(team, of, rows.length);
    });
    counts.add('rehash', { multiplyAdds: rows.length * inputs, comparisons: rows.length * inputs });
  }

  /** Begins again from random centres. */
  restart(): void {
    const { units } = this.#context;
    const seeds = this.#drawUnits('start');
    for (let c = 0; c < this.count; c++) this.#moveTo(c, seeds(units - c, c));
    this.#refresh(FIRST_TURNS, true);
  }

  state(): SelectorState {
    const { centres, biases, reaches } = this;
    return {
      arrays: { centres: centres.values, biases, reaches, clusters: this.#clusterOf },
      values: { step: this.#step },
    };
  }

  restore(state: SelectorState): void {
    const { centres, biases, reaches } = this;
    this.#step = countOf(state, 'step');
    const kept = { centres: centres.values, biases, reaches };
    for (const [name, array] of Object.entries(kept)) {
      array.set(arrayOf(state, name, Float32Array, array.length));
    }
    const clusters = arrayOf(state, 'clusters', Int32Array, this.#clusterOf.length);
    const wrong = clusters.find((cluster) => !(cluster >= 0 && cluster < this.count));
    if (wrong !== undefined) {
      throw new RangeError(`its state's 'clusters' are numbers below ${this.count}; got ${wrong}.`);
    }
    this.#clusterOf.set(clusters);
    this.#list();
    this.#copy();
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    freeActivations(arena, this.centres);
    this.#nearest[Symbol.dispose]();
    const { codes, scales, offsets, biases } = this.copies.fields;
    this.copies.close();
    for (const view of [codes, scales, offsets, biases, this.#places, this.#updated]) arena.free(view);
    const lists = [this.members, this.starts];
    for (const view of [...lists, this.biases, this.#squares, this.#shares]) arena.free(view);
  }

  /** `anew`: centres are not those of the clusters that there are. */
  #refresh(turns: number, anew: boolean): void {
    const { counts, units, inputs } = this.#context;
    counts.time('rehash', () => {
      for (let turn = 0; turn < turns; turn++) {
        if (turn > 0 || !anew) this.#fillEmpty(turn);
        this.#nearest.assign(this.#clusterOf, anew);
        this.#list();
        this.#average();
      }
      this.#copy();
    });
    const pairs = this.#nearest.pairs(anew);
    // Products with centres; lengths of centres before and after, and of units; means.
    const products = pairs * inputs + 2 * this.count * inputs + 2 * units * inputs;
    counts.add('rehash', { multiplyAdds: products, comparisons: pairs }, turns);
    counts.add('rehash', { multiplyAdds: units * inputs, comparisons: units * inputs });
  }

  /** Gives empty clusters a unit at random for a centre. */
  #fillEmpty(turn: number): void {
    let draw: ((count: number, from: number) => number) | undefined;
    for (let c = 0; c < this.count; c++) {
      if (this.size(c) > 0) continue;
      draw ??= this.#drawUnits(`${this.#step} ${turn}`);
      this.#moveTo(c, draw(this.#context.units, 0));
    }
  }

  /** Numbers from `from` on, so many, of a stream of this name. */
  #drawUnits(name: string): (count: number, from: number) => number {
    const { seed, name: layer, units } = this.#context;
    const random = randomStream(seed, `${layer} clusters ${name}`);
    const order = Int32Array.from({ length: units }, (_, unit) => unit);
    return (count, from) => {
      const at = from + random.integer(count);
      const unit = order[at]!;
      order[at] = order[from]!;
      order[from] = unit;
      return unit;
    };
  }

  #moveTo(cluster: number, unit: number): void {
    const { values, stride, width } = this.#context.weights;
    const row = values.subarray(unit * stride, unit * stride + width);
    this.centres.values.set(row, cluster * this.centres.stride);
  }

  /** Lists the units by their clusters. */
  #list(): void {
    const { starts, members, count } = this;
    starts.fill(0);
    for (const cluster of this.#clusterOf) starts[cluster + 1]!++;
    for (let c = 0; c < count; c++) starts[c + 1]! += starts[c]!;
    const next = starts.slice();
    for (const [unit, cluster] of this.#clusterOf.entries()) {
      const place = next[cluster]!++;
      members[place] = unit;
      this.#places[unit] = place;
    }
  }

  /** Rounds all rows. */
  #copy(): void {
    const { team, units, weights } = this.#context;
    quantizeMembers(team, { members: this.copies, rows: weights.record, places: this.#places }, units);
  }

  /** Takes the means of the members as they are now, and how far these are from them. */
  #average(): void {
    const { team, units, weights, inputs } = this.#context;
    const { starts, members, centres, biases, reaches } = this;
    const { values, stride, width, bias } = weights;
    const shares = this.#shares;
    for (let c = 0; c < this.count; c++) {
      if (this.size(c) > 0) shares.fill(1 / this.size(c), starts[c], starts[c + 1]);
    }
    const lists = { offsets: starts, ids: members, coefficients: shares };
    const rows = { rows: values, stride, width };
    gatherRows(team, { out: centres.values, outStride: centres.stride, ...rows, ...lists }, this.count);
    const squares = this.#squares;
    squaredNorms(team, { norms: squares, x: values, stride, width }, units);
    const means = new Float64Array(this.count);
    for (let c = 0; c < this.count; c++) {
      let biasSum = 0;
      for (const unit of members.subarray(starts[c], starts[c + 1])) {
        means[c]! += squares[unit]! / this.size(c);
        biasSum += bias?.[unit] ?? 0;
      }
      biases[c] = this.size(c) > 0 ? biasSum / this.size(c) : 0;
    }
    const norms = { norms: squares, x: centres.values, stride: centres.stride, width };
    squaredNorms(team, norms, this.count);
    for (let c = 0; c < this.count; c++) {
      // The mean square of a coordinate of what members differ by, and the highest of so many normal draws.
      const variance = Math.max(0, means[c]! - squares[c]!) / inputs;
      reaches[c] = Math.sqrt(2 * variance * Math.log(Math.max(1, this.size(c))));
    }
  }
}
