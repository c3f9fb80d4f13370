/** The units with the highest products among those of a few clusters: a hash that is learned from the weights themselves. */
import { bestOfRows, quantizeSamples, RowPairs, scoreMembers, squaredNorms } from '@hashgrad/kernels';
import { ListWriter } from '../unit-lists.ts';
import { computeAllUnits } from '../../layers/all-units.ts';
import { DenseForm } from '../../layers/dense-form.ts';
import {
  activeCount,
  type ActiveSize,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import {
  denseActivations,
  freeActivations,
  type DenseActivations,
  type SparseActivations,
} from '../../layers/activations.ts';
import { WeightClusters } from './weight-clusters.ts';
import type { Known } from '../../spec/options.ts';

/** Clusters of the weights as plain JSON, see `clusters`. */
export interface ClustersSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'clusters';
  /** How many there are, 1 to the layer's units; by default the root of these. */
  readonly clusters?: number;
  /** How many of them are looked through for a sample. */
  readonly probes: number;
  /** Steps after which units are assigned anew. */
  readonly refreshEvery: number;
}

/**
 * The units with the highest activations of those in `probes` (default 8) of the `clusters` (default: the root of the number of
 * units) that the weight vectors are in (Auvolat et al. 2015, "Clustering is efficient for approximate maximum inner product
 * search"): a hash function with one code for each cluster, made from the weights where the others of this package are
 * random. Every `refreshEvery` (default 100) steps one turn of k-means moves it after them. A cluster is ranked by the highest
 * weighted sum that it is expected to have: that of its mean, and sqrt(2 log n) standard deviations of its n members' rest. Its
 * members are scored by copies of their weights in 8-bit integers, each cluster for all samples of a batch at once; what a step
 * updates is copied at once.
 *
 * Fewer than `fraction` or `count` are found where the clusters have no more. A sample costs clusters * inputs multiply-adds,
 * and probes / clusters of a dense layer's; a refresh 16 * units * inputs, since a unit moves to clusters near its own only. No
 * cluster has more than twice its share.
 */
export function clusters(
  parameters: ActiveSize & Partial<Pick<ClustersSpec, 'clusters' | 'probes' | 'refreshEvery'>>,
): ClustersSpec {
  return { kind: 'clusters', probes: 8, refreshEvery: 100, ...parameters };
}

export const clustersSelector: SelectorDefinition = {
  kind: 'clusters',
  options: {
    ...SIZE_OPTIONS,
    clusters: true,
    probes: true,
    refreshEvery: true,
  } satisfies Known<ClustersSpec>,
  check(spec, units) {
    const { clusters: count, probes, refreshEvery } = spec as ClustersSpec;
    activeCount('clusters', spec as ClustersSpec, units);
    if (count !== undefined && !(Number.isInteger(count) && count >= 1 && count <= units)) {
      throw new RangeError(
        `clusters: clusters is an integer from 1 to the layer's ${units} units; got ${count}.`,
      );
    }
    if (!(Number.isInteger(probes) && probes >= 1)) {
      throw new RangeError(`clusters: probes is a number of clusters, 1 or more; got ${probes}.`);
    }
    if (!(Number.isSafeInteger(refreshEvery) && refreshEvery >= 1)) {
      throw new RangeError(`clusters: refreshEvery is a number of steps, 1 or more; got ${refreshEvery}.`);
    }
  },
  capabilities: (spec, units) => ({
    variants: [1, 2, 4, 8, 16, 32]
      .filter((probes) => probes <= countOf(spec as ClustersSpec, units))
      .map((probes) => ({ ...(spec as ClustersSpec), probes })),
  }),
  bind: (spec, context) => new Clusters(spec as ClustersSpec, context),
};

function countOf({ clusters: count }: ClustersSpec, units: number): number {
  return count ?? Math.round(Math.sqrt(units));
}

class Clusters implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #probes: number;
  readonly #clusters: WeightClusters;
  readonly #dense: DenseForm;
  /** What clusters are ranked by, batch x clusters. */
  readonly #ranks: DenseActivations;
  readonly #lengths: Float32Array;
  readonly #positions: Int32Array;
  readonly #found: Int32Array;
  /** The clusters that each sample asks for, and where the scores of each start. */
  readonly #offsets: Int32Array;
  readonly #asked: Int32Array;
  readonly #firsts: Int32Array;
  readonly #pairs: RowPairs;
  /** The samples in 7-bit integers. */
  readonly #samples: Uint8Array;
  readonly #sampleScales: Float32Array;
  readonly #scores: Float32Array;
  /** Where each sample's scores start. */
  readonly #scoreOffsets: Int32Array;
  readonly #best: Int32Array;
  readonly #writer: ListWriter;

  constructor(spec: ClustersSpec, context: SelectorContext) {
    const { team, units, inputs, batch } = context;
    const { arena } = team;
    const count = countOf(spec, units);
    this.maxActive = activeCount('clusters', spec, units);
    this.#context = context;
    this.#probes = Math.min(spec.probes, count);
    this.#clusters = new WeightClusters(count, spec.refreshEvery, context);
    this.#dense = new DenseForm(team, batch, inputs, false);
    this.#ranks = denseActivations(arena, batch, count, false);
    this.#lengths = arena.float32(batch);
    this.#positions = arena.int32(batch * this.#probes);
    this.#found = arena.int32(batch);
    this.#offsets = arena.int32(batch + 1);
    this.#asked = arena.int32(batch * this.#probes);
    this.#firsts = arena.int32(batch * this.#probes);
    this.#pairs = new RowPairs(team, count, batch * this.#probes);
    this.#samples = arena.uint8(batch * this.#clusters.copies.fields.stride);
    this.#sampleScales = arena.float32(batch);
    this.#scores = arena.float32(Math.min(units, this.#probes * this.#clusters.largest) * batch);
    this.#scoreOffsets = arena.int32(batch + 1);
    this.#best = arena.int32(batch * this.maxActive);
    this.#writer = new ListWriter(units);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts, team, inputs } = this.#context;
    const { input, batch, forced } = selection;
    const held = this.#clusters;
    counts.time('hashing', () => {
      const dense = this.#dense.of(input, batch);
      this.#probe(dense, batch);
      this.#round(dense, batch);
    });
    const ranked = batch * held.count;
    // Lengths of the samples, and their largest coordinates and roundings.
    counts.add('hashing', {
      multiplyAdds: ranked * (inputs + 1) + 2 * batch * inputs,
      comparisons: ranked + batch * inputs,
    });
    counts.time('choose', () => {
      const [pairs, scores, firsts] = [this.#pairs, this.#scores, this.#firsts];
      pairs.sort(this.#offsets, this.#asked, batch);
      const lists = { members: held.copies, starts: held.starts, pairs };
      const asking = { samples: this.#samples, sampleScales: this.#sampleScales };
      scoreMembers(team, { out: scores, firsts, ...lists, ...asking });
      const k = this.maxActive;
      const best = { positions: this.#best, lengths: this.#found, values: scores, stride: 0, width: 0 };
      bestOfRows(team, { ...best, offsets: this.#scoreOffsets, k }, batch);
      this.#toUnits(batch, forced === undefined);
      this.#writer.write(selection, output, k, (s) => this.#best.subarray(s * k, s * k + this.#found[s]!));
    });
    const scored = this.#scoreOffsets[batch]!;
    counts.add('choose', { multiplyAdds: scored * inputs, comparisons: scored });
  }

  updated(rows: Int32Array): void {
    this.#clusters.updated(rows);
  }

  state(): SelectorState {
    return this.#clusters.state();
  }

  restore(state: SelectorState): void {
    this.#clusters.restore(state);
  }

  rewritten(): void {
    this.#clusters.restart();
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#clusters[Symbol.dispose]();
    this.#dense[Symbol.dispose]();
    freeActivations(arena, this.#ranks);
    this.#pairs.close();
    const asked = [this.#positions, this.#found, this.#offsets, this.#asked, this.#firsts];
    for (const view of [
      ...asked,
      this.#samples,
      this.#sampleScales,
      this.#lengths,
      this.#scores,
      this.#scoreOffsets,
      this.#best,
    ])
      arena.free(view);
  }

  /** Rounds the samples. */
  #round({ values, stride }: DenseActivations, batch: number): void {
    const { team, inputs } = this.#context;
    const to = { samples: this.#samples, sampleScales: this.#sampleScales };
    const from = { x: values, xStride: stride, width: inputs };
    quantizeSamples(team, { ...to, stride: this.#clusters.copies.fields.stride, ...from }, batch);
  }

  /** Lists the clusters that each sample asks for, and lays out where their scores go. */
  #probe({ values, stride }: DenseActivations, batch: number): void {
    const { team, inputs } = this.#context;
    const { count, centres, biases, reaches, starts } = this.#clusters;
    const [ranks, lengths] = [this.#ranks, this.#lengths];
    const empty = this.#clusters.empty();
    const means = {
      rows: count,
      width: inputs,
      stride: centres.stride,
      values: centres.values,
      bias: biases,
    };
    computeAllUnits(team, means, 'linear', { values, stride }, ranks, batch);
    squaredNorms(team, { norms: lengths, x: values, stride, width: inputs }, batch);
    const above = ranks.values;
    for (let s = 0; s < batch; s++) {
      const length = Math.sqrt(lengths[s]!);
      const first = s * ranks.stride;
      for (let c = 0; c < count; c++) above[first + c] = above[first + c]! + reaches[c]! * length;
      for (const c of empty) above[first + c] = -Infinity;
    }
    const probes = this.#probes;
    const [positions, found] = [this.#positions, this.#found];
    const rows = { values: ranks.values, stride: ranks.stride, width: count };
    bestOfRows(team, { positions, lengths: found, ...rows, k: probes }, batch);
    const [offsets, asked, firsts, scoreOffsets] = [
      this.#offsets,
      this.#asked,
      this.#firsts,
      this.#scoreOffsets,
    ];
    let [to, scores] = [0, 0];
    for (let s = 0; s < batch; s++) {
      offsets[s] = to;
      scoreOffsets[s] = scores;
      for (let i = s * probes; i < s * probes + found[s]!; i++) {
        const cluster = positions[i]! - s * ranks.stride;
        asked[to] = cluster;
        firsts[to++] = scores;
        scores += starts[cluster + 1]! - starts[cluster]!;
      }
    }
    offsets[batch] = to;
    scoreOffsets[batch] = scores;
  }

  /** Turns places of scores into the units that they are of; ascending if asked. */
  #toUnits(batch: number, ascending: boolean): void {
    const { members, starts } = this.#clusters;
    const [best, found, offsets, asked, firsts] = [
      this.#best,
      this.#found,
      this.#offsets,
      this.#asked,
      this.#firsts,
    ];
    const k = this.maxActive;
    for (let s = 0; s < batch; s++) {
      const list = best.subarray(s * k, s * k + found[s]!);
      for (let i = 0; i < list.length; i++) {
        const place = list[i]!;
        let at = offsets[s + 1]! - 1;
        while (firsts[at]! > place) at--;
        list[i] = members[starts[asked[at]!]! + place - firsts[at]!]!;
      }
      if (ascending) list.sort();
    }
  }
}
