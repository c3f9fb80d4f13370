/**
 * How good rankings of classes are where a row may have several labels: the measures of the Extreme Classification
 * Repository (Bhatia et al. 2016), with the propensities of Jain, Prabhu and Varma (KDD 2016).
 */
import { weightOf } from '../examples/sample-weights.ts';
import { checkOptions, isList, shown, type Known } from '../spec/options.ts';
import { acceptLabelled, checkRankings, type Labelled, type Rankings } from './labelled.ts';

/** A measure at several cut-offs k: measure[k]. */
export type AtK = Readonly<Record<number, number>>;

/**
 * Measures of rankings, each from 0 to 1: means over the rows that have labels, weighted by `sampleWeights` where there are such.
 * NaN where no row has one.
 */
export interface RankingMetrics {
  /** P@k: the share of the k best classes that are labels, mean over rows. */
  readonly precision: AtK;
  /** nDCG@k: gains of 1 / log2(1 + rank), as a share of the most that the row's labels allow; mean over rows. */
  readonly ndcg: AtK;
  /**
   * PSP@k: P@k with each label weighted by 1 / its propensity, so that rare ones count more; the total over all rows as a
   * share of the most that their labels allow. Only where propensities are given.
   */
  readonly psPrecision?: AtK;
  /** PSnDCG@k: the same for the gains of nDCG. */
  readonly psNdcg?: AtK;
  /** Rows without a label, of which no ranking is right or wrong: they are left out of all measures of rankings. */
  readonly rowsWithoutLabels: number;
}

/** Cut-offs and propensities of the measures. */
export interface RankingOptions {
  /** Cut-offs k, from 1 to the number of classes. Default 1, 3 and 5, as far as there are classes. */
  readonly at?: readonly number[];
  /** One a class, of the training set: what `propensities` of @hashgrad/datasets gives. */
  readonly propensities?: Float64Array | undefined;
}

/** All options that there are. */
export const RANKING_OPTIONS: Known<RankingOptions> = { at: true, propensities: true };

/**
 * Measures of rankings against the examples' labels.
 * @throws {RangeError} @throws {TypeError} if they do not fit together, or are of a network with a single output.
 */
export function rankingMetrics(
  rankings: Rankings,
  given: Labelled,
  options: RankingOptions = {},
): RankingMetrics {
  checkOptions('rankingMetrics', options, RANKING_OPTIONS);
  const { propensities: weights } = options;
  const classes = weights?.length ?? Infinity;
  checkPropensities(weights, classes);
  const examples = acceptLabelled(given, classes);
  checkRankings(rankings, examples, classes);
  const { rows, k, ids } = rankings;
  const { at = [1, 3, 5].filter((cut) => cut <= k) } = options;
  checkCuts(at, k);
  const sums = new RankingSums(at, weights);
  for (let row = 0; row < rows; row++) sums.add(examples, row, ids, row * k, k);
  return sums.metrics();
}

/** @throws {RangeError} @throws {TypeError} unless cut-offs are integers from 1 to `most`. */
export function checkCuts(at: readonly number[], most: number): void {
  if (!isList(at)) throw new TypeError(`\`at\` is a list of cut-offs k; got ${shown(at)}.`);
  for (const cut of at) {
    if (!(Number.isInteger(cut) && cut >= 1 && cut <= most)) {
      throw new RangeError(`Cut-offs k are integers from 1 to ${most}; got ${shown(cut)}.`);
    }
  }
}

/** @throws {RangeError} @throws {TypeError} unless there is a propensity above 0, at most 1, for each class. */
export function checkPropensities(values: Float64Array | undefined, classes: number): void {
  if (values === undefined) return;
  if (!isList(values)) throw new TypeError(`Propensities are an array, one a class; got ${shown(values)}.`);
  if (values.length !== classes) {
    throw new RangeError(`There is a propensity for each of ${classes} classes; got ${values.length}.`);
  }
  const wrong = values.findIndex((value) => !(Number.isFinite(value) && value > 0 && value <= 1));
  if (wrong >= 0) {
    throw new RangeError(
      `Propensities are above 0 and at most 1; class ${wrong} has ${shown(values[wrong])}.`,
    );
  }
}

/** The sums that the measures are made of, row by row. */
export class RankingSums {
  readonly #at: readonly number[];
  readonly #propensities: Float64Array | undefined;
  /** For each cut-off. */
  readonly #hits: Float64Array;
  readonly #ndcg: Float64Array;
  readonly #weighted: Float64Array;
  readonly #weightedBest: Float64Array;
  readonly #gains: Float64Array;
  readonly #gainsBest: Float64Array;
  /** What the rows with labels weigh. */
  #weight = 0;
  #rowsWithoutLabels = 0;

  constructor(at: readonly number[], weights: Float64Array | undefined) {
    this.#at = at;
    this.#propensities = weights;
    const zeros = (): Float64Array => new Float64Array(at.length);
    this.#hits = zeros();
    this.#ndcg = zeros();
    this.#weighted = zeros();
    this.#weightedBest = zeros();
    this.#gains = zeros();
    this.#gainsBest = zeros();
  }

  /** Adds a row, whose `length` best classes are ids[first], ids[first + 1], .... */
  add(examples: Labelled, row: number, ids: Int32Array, first: number, length: number): void {
    const { labels } = examples;
    const sets = 'labelOffsets' in examples ? examples.labelOffsets : undefined;
    const from = sets ? sets[row]! : row;
    const to = sets ? sets[row + 1]! : row + 1;
    if (from === to) {
      this.#rowsWithoutLabels++;
      return;
    }
    const weight = weightOf(examples, row);
    this.#weight += weight;
    const propensity = this.#propensities;
    const own = distinct(labels.subarray(from, to));
    // What the row's labels weigh, highest first: the best ranking there is.
    const best = propensity
      ? Array.from(own, (label) => 1 / propensity[label]!).toSorted((a, b) => b - a)
      : undefined;
    for (const [c, cut] of this.#at.entries()) {
      let hits = 0;
      let gain = 0;
      let weighted = 0;
      let weightedGain = 0;
      for (let rank = 0; rank < Math.min(cut, length); rank++) {
        const id = ids[first + rank]!;
        if (!own.includes(id)) continue;
        const discount = 1 / Math.log2(rank + 2);
        hits++;
        gain += discount;
        if (propensity) {
          weighted += 1 / propensity[id]!;
          weightedGain += discount / propensity[id]!;
        }
      }
      let most = 0;
      for (let rank = 0; rank < Math.min(cut, own.length); rank++) {
        const discount = 1 / Math.log2(rank + 2);
        most += discount;
        this.#weightedBest[c]! += best ? weight * best[rank]! : 0;
        this.#gainsBest[c]! += best ? weight * discount * best[rank]! : 0;
      }
      this.#hits[c]! += (weight * hits) / cut;
      this.#ndcg[c]! += (weight * gain) / most;
      this.#weighted[c]! += weight * weighted;
      this.#gains[c]! += weight * weightedGain;
    }
  }

  /** What the rows with labels weigh together. */
  get weight(): number {
    return this.#weight;
  }

  metrics(): RankingMetrics {
    const record = (value: (c: number) => number): AtK =>
      Object.fromEntries(this.#at.map((cut, c) => [cut, value(c)]));
    return {
      precision: record((c) => this.#hits[c]! / this.#weight),
      ndcg: record((c) => this.#ndcg[c]! / this.#weight),
      ...(this.#propensities && {
        psPrecision: record((c) => this.#weighted[c]! / this.#weightedBest[c]!),
        psNdcg: record((c) => this.#gains[c]! / this.#gainsBest[c]!),
      }),
      rowsWithoutLabels: this.#rowsWithoutLabels,
    };
  }
}

/** Labels that a row has, each once: to a ranking it is the same how often it has them. */
function distinct(labels: Int32Array): Int32Array {
  if (labels.length < 2) return labels;
  const each = new Set(labels);
  return each.size === labels.length ? labels : Int32Array.from(each);
}
