/** How well scores tell two classes apart, whatever the threshold. */
import { isList, shown } from '../spec/options.ts';

/** Of one row: what it scores, whether it is of the class, what it counts. */
interface Scored {
  readonly score: number;
  readonly positive: boolean;
  readonly weight: number;
}

/**
 * The area under the ROC curve: the probability that a row of the class scores higher than one that is not, equal scores
 * counting half (Fawcett 2006). NaN where all rows are of the class, or none is.
 * @param scores one a row, the higher the more likely. @param labels 1 for rows of the class, 0 for others.
 * @param sampleWeights one a row. Default 1.
 * @throws {RangeError} @throws {TypeError} if they do not fit together, or there are none.
 */
export function rocAuc(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  sampleWeights?: ArrayLike<number>,
): number {
  let [positives, negatives, area] = [0, 0, 0];
  for (const group of groupsOf(scores, labels, sampleWeights)) {
    // Those of the class before it score higher than this group's others.
    area += group.negatives * (positives + group.positives / 2);
    positives += group.positives;
    negatives += group.negatives;
  }
  return area / (positives * negatives);
}

/**
 * The average precision: the mean over rows of the class of the precision at the threshold of each, the area under the curve of
 * precision and recall without interpolation. NaN where no row is of the class.
 * @param scores one a row, the higher the more likely. @param labels 1 for rows of the class, 0 for others.
 * @param sampleWeights one a row. Default 1.
 * @throws {RangeError} @throws {TypeError} if they do not fit together, or there are none.
 */
export function averagePrecision(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  sampleWeights?: ArrayLike<number>,
): number {
  let [positives, all, total] = [0, 0, 0];
  for (const group of groupsOf(scores, labels, sampleWeights)) {
    positives += group.positives;
    all += group.positives + group.negatives;
    if (group.positives > 0) total += group.positives * (positives / all);
  }
  return total / positives;
}

/** What rows of the same score weigh, highest score first. */
function groupsOf(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
): readonly { readonly positives: number; readonly negatives: number }[] {
  const groups: { score: number; positives: number; negatives: number }[] = [];
  for (const { score, positive, weight } of sorted(scores, labels, weights)) {
    if (groups.at(-1)?.score !== score) groups.push({ score, positives: 0, negatives: 0 });
    groups.at(-1)![positive ? 'positives' : 'negatives'] += weight;
  }
  return groups;
}

function sorted(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
): Scored[] {
  for (const [name, list] of Object.entries({ scores, labels, ...(weights !== undefined && { weights }) })) {
    if (!isList(list)) throw new TypeError(`The ${name} are an array, one a row; got ${shown(list)}.`);
  }
  const rows = scores.length;
  if (rows === 0) throw new RangeError('There are no scores.');
  if (labels.length !== rows || (weights && weights.length !== rows)) {
    throw new RangeError(
      `There is a label${weights ? ' and a weight' : ''} for each of ${rows} scores; got ${labels.length} labels` +
        `${weights ? ` and ${weights.length} weights` : ''}.`,
    );
  }
  const made = Array.from({ length: rows }, (_, row) => {
    const [score, label, weight] = [scores[row]!, labels[row]!, weights ? weights[row]! : 1];
    if (typeof score !== 'number' || Number.isNaN(score)) {
      throw new RangeError(`The score of row ${row} is not a number.`);
    }
    if (label !== 0 && label !== 1) {
      throw new RangeError(`Labels are 0 or 1; row ${row} has ${shown(label)}.`);
    }
    if (!(Number.isFinite(weight) && weight >= 0)) {
      throw new RangeError(`Weights are finite numbers of 0 or more; row ${row} has ${shown(weight)}.`);
    }
    return { score, positive: label === 1, weight };
  });
  return made.toSorted((a, b) => (a.score === b.score ? 0 : b.score - a.score));
}
