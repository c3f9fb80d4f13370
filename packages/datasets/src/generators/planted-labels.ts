import { randomGeometric, randomLogNormal, randomPoisson } from 'd3-random';
import { checkNumber, checkSeed, checkWhole, checkOptions } from '../check-options.ts';
import { GrowingArray } from '../growing-array.ts';
import { randomIndex, randomPermutation, randomSource } from '../random.ts';
import type { RandomSource } from '../random.ts';
import { Tally } from './tally.ts';
import type { SparseDataset, Split } from '../types.ts';
import { zipf } from './zipf.ts';

/** Size, sparsity and noise of an extreme classification task whose labels are planted. */
export interface PlantedLabelsOptions {
  /** Training rows; 100,000 by default. */
  readonly train?: number;
  /** Test rows; 10,000 by default. */
  readonly test?: number;
  /** Features; 50,000 by default, 2 at least. */
  readonly features?: number;
  /** Labels; 100,000 by default. */
  readonly labels?: number;
  /** Mean number of non-zeros a row; 70 by default. */
  readonly nonZeros?: number;
  /** Mean number of labels drawn for a row; 3 by default, 1 at least. */
  readonly labelsPerRow?: number;
  /** Signature features of a label, half of them shared with its cluster; 8 by default. */
  readonly signature?: number;
  /** With which probability a row has a signature feature of its label; 0.6 by default. */
  readonly keepProbability?: number;
  /** Labels in a cluster; 20 by default. */
  readonly cluster?: number;
  /** Exponent of Zipf's law for labels; 0.7 by default. */
  readonly labelZipf?: number;
  /** Exponent of Zipf's law for features; 1 by default. */
  readonly featureZipf?: number;
  /** Whether rows are brought to the Euclidean length 1 ('l2'); 'none' by default. */
  readonly norm?: 'none' | 'l2';
  /** Decides every bit; from 0 to 2^32 - 1, 1 by default. */
  readonly seed?: number;
}

const DEFAULTS: Required<PlantedLabelsOptions> = {
  train: 100_000,
  test: 10_000,
  features: 50_000,
  labels: 100_000,
  nonZeros: 70,
  labelsPerRow: 3,
  signature: 8,
  keepProbability: 0.6,
  cluster: 20,
  labelZipf: 0.7,
  featureZipf: 1,
  norm: 'none',
  seed: 1,
};

/** The standard deviation of the logarithm of a row's number of non-zeros. */
const SPREAD = 0.6;
const MOST_NON_ZEROS = 6;
const MOST_FREQUENCY = 20;

/**
 * A wide task with labels that can be found: shaped, by its defaults, like Amazon-670K.
 *
 * Labels lie in clusters. A cluster owns `signature / 2` features, and each label as many of its own, drawn from the features
 * outside the most frequent 1 %, so that several labels share one. A row draws its first label by Zipf's law, and
 * 1 + Poisson(`labelsPerRow` - 1) labels in all, each further one with probability 1/2 from the first one's cluster, else by
 * Zipf's law. Each signature feature of each label comes with probability `keepProbability`, with a term frequency ~ Geometric(1/2); then
 * features are drawn by Zipf's law until the row has its number of non-zeros, log-normal with mean `nonZeros`, at least 3
 * beyond the signatures and at most 6 `nonZeros`. A value is (1 + ln tf) ln((train + 1) / (df + 1)), at least 0.001, where df
 * is the number of training rows with that feature. Labels and features are numbered at random: ids say nothing of frequency.
 *
 * @throws RangeError for an option outside its range.
 */
export function plantedLabels(options: PlantedLabelsOptions = {}): Split<SparseDataset> {
  checkOptions('plantedLabels', options, {
    train: true,
    test: true,
    features: true,
    labels: true,
    nonZeros: true,
    labelsPerRow: true,
    signature: true,
    keepProbability: true,
    cluster: true,
    labelZipf: true,
    featureZipf: true,
    norm: true,
    seed: true,
  });
  const settings = checked({ ...DEFAULTS, ...options });
  const world = makeWorld(settings);
  const train = drawRows(world, settings.train, randomSource(settings.seed, 'planted-labels/train'));
  const test = drawRows(world, settings.test, randomSource(settings.seed, 'planted-labels/test'));
  const inverse = inverseFrequencies(train, settings);
  return {
    name: 'planted-labels',
    train: weigh(train, inverse, settings),
    test: weigh(test, inverse, settings),
  };
}

type Settings = Required<PlantedLabelsOptions>;

function checked(settings: Settings): Settings {
  checkWhole(settings.train, 'train', 1);
  checkWhole(settings.test, 'test', 1);
  checkWhole(settings.features, 'features', 2);
  checkWhole(settings.labels, 'labels', 1);
  checkNumber(settings.nonZeros, 'nonZeros', 1, settings.features);
  checkNumber(settings.labelsPerRow, 'labelsPerRow', 1, settings.labels);
  checkWhole(settings.signature, 'signature', 2);
  checkNumber(settings.keepProbability, 'keepProbability', 0, 1);
  checkWhole(settings.cluster, 'cluster', 1);
  checkNumber(settings.labelZipf, 'labelZipf', 0, 100);
  checkNumber(settings.featureZipf, 'featureZipf', 0, 100);
  checkSeed(settings.seed);
  if (settings.norm !== 'none' && settings.norm !== 'l2') {
    throw new RangeError(`norm must be 'none' or 'l2', but it is '${String(settings.norm)}'.`);
  }
  return settings;
}

/** What training and test rows have in common. */
interface World {
  readonly settings: Settings;
  /** Feature by rank of frequency. */
  readonly featureOf: Int32Array;
  /** Label by rank of frequency. */
  readonly labelOf: Int32Array;
  /** Labels in the order of their clusters, `cluster` after `cluster`. */
  readonly members: Int32Array;
  /** Where in `members` a label is. */
  readonly placeOf: Int32Array;
  /** Signature features a cluster, and a label; `half` each. */
  readonly half: number;
  readonly clusterSignatures: Int32Array;
  readonly labelSignatures: Int32Array;
}

function makeWorld(settings: Settings): World {
  const { features, labels, cluster, signature, seed } = settings;
  const source = randomSource(seed, 'planted-labels/world');
  const featureOf = randomPermutation(source, features);
  const labelOf = randomPermutation(source, labels);
  const members = randomPermutation(source, labels);
  const placeOf = new Int32Array(labels);
  for (const [place, label] of members.entries()) placeOf[label] = place;
  const head = Math.ceil(features / 100);
  const drawSignature = (): number => featureOf[head + randomIndex(source, features - head)]!;
  const half = Math.floor(signature / 2);
  const clusterSignatures = Int32Array.from({ length: Math.ceil(labels / cluster) * half }, drawSignature);
  const labelSignatures = Int32Array.from({ length: labels * half }, drawSignature);
  return { settings, featureOf, labelOf, members, placeOf, half, clusterSignatures, labelSignatures };
}

/** Rows before their values are known: term frequencies instead. */
interface Rows {
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly frequencies: Int32Array;
  readonly labelOffsets: Int32Array;
  readonly labels: Int32Array;
}

function drawRows(world: World, rows: number, source: RandomSource): Rows {
  const { settings, featureOf, labelOf, members, placeOf, half, clusterSignatures, labelSignatures } = world;
  const { features, cluster, keepProbability, nonZeros } = settings;
  const drawFeature = zipf(source, features, settings.featureZipf);
  const drawLabel = zipf(source, settings.labels, settings.labelZipf);
  const furtherLabels = randomPoisson.source(source)(settings.labelsPerRow - 1);
  const drawFrequency = randomGeometric.source(source)(0.5);
  const drawTarget = randomLogNormal.source(source)(Math.log(nonZeros) - SPREAD ** 2 / 2, SPREAD);

  const offsets = new Int32Array(rows + 1);
  const labelOffsets = new Int32Array(rows + 1);
  const ids = new GrowingArray<Int32Array>(Int32Array);
  const frequencies = new GrowingArray<Int32Array>(Int32Array);
  const labels = new GrowingArray<Int32Array>(Int32Array);
  const terms = new Tally(features);
  const addSignature = (signatures: Int32Array, owner: number): void => {
    for (let j = owner * half; j < (owner + 1) * half; j++) {
      if (source() < keepProbability) terms.add(signatures[j]!, Math.min(MOST_FREQUENCY, drawFrequency()));
    }
  };

  for (let row = 0; row < rows; row++) {
    const first = labelOf[drawLabel()]!;
    const rowLabels = new Set([first]);
    const wanted = Math.min(settings.labels, 1 + furtherLabels());
    const clusterStart = Math.floor(placeOf[first]! / cluster) * cluster;
    const clusterSize = Math.min(cluster, settings.labels - clusterStart);
    // Few labels may be hard to tell apart by drawing: after 100 draws the row has what it has.
    for (let draws = 0; rowLabels.size < wanted && draws < 100; draws++) {
      const near = source() < 0.5;
      rowLabels.add(near ? members[clusterStart + randomIndex(source, clusterSize)]! : labelOf[drawLabel()]!);
    }
    for (const label of rowLabels) {
      addSignature(labelSignatures, label);
      addSignature(clusterSignatures, Math.floor(placeOf[label]! / cluster));
    }
    const target = Math.min(MOST_NON_ZEROS * nonZeros, Math.max(terms.size + 3, Math.round(drawTarget())));
    // Frequent features are drawn again and again: a row of nearly all features may stay short of its target.
    for (let draws = 20 * target; draws > 0 && terms.size < target; draws--)
      terms.add(featureOf[drawFeature()]!, 1);

    const { ids: rowIds, counts } = terms.take();
    ids.append(rowIds);
    frequencies.append(counts);
    labels.append(Int32Array.from(rowLabels).toSorted());
    offsets[row + 1] = ids.length;
    labelOffsets[row + 1] = labels.length;
  }
  return {
    offsets,
    ids: ids.finish(),
    frequencies: frequencies.finish(),
    labelOffsets,
    labels: labels.finish(),
  };
}

/** ln((train + 1) / (df + 1)) by feature. */
function inverseFrequencies(train: Rows, settings: Settings): Float64Array {
  const rowsWith = new Int32Array(settings.features);
  for (const feature of train.ids) rowsWith[feature]!++;
  return Float64Array.from(rowsWith, (count) => Math.log((settings.train + 1) / (count + 1)));
}

function weigh(rows: Rows, inverse: Float64Array, settings: Settings): SparseDataset {
  const { offsets, ids, frequencies, labelOffsets, labels } = rows;
  const values = new Float32Array(ids.length);
  for (let row = 0; row + 1 < offsets.length; row++) {
    const [from, to] = [offsets[row]!, offsets[row + 1]!];
    let squares = 0;
    for (let j = from; j < to; j++) {
      const value = Math.max(1e-3, (1 + Math.log(frequencies[j]!)) * inverse[ids[j]!]!);
      values[j] = value;
      squares += value * value;
    }
    if (settings.norm === 'l2') {
      const length = Math.sqrt(squares);
      for (let j = from; j < to; j++) values[j]! /= length;
    }
  }
  return {
    name: 'planted-labels',
    rows: offsets.length - 1,
    columns: settings.features,
    classes: settings.labels,
    offsets,
    ids,
    values,
    labelOffsets,
    labels,
  };
}
