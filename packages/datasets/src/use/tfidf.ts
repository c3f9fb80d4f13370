import { checkOptions } from '../check-options.ts';
import type { SparseDataset, Split } from '../types.ts';
import { scaleRows, type Norm } from './scaling.ts';

/** How term frequencies are weighted. The defaults are scikit-learn's. */
export interface TfidfOptions {
  /** Whether a frequency f counts as 1 + ln f; by default it counts as f. */
  readonly sublinear?: boolean;
  /** Whether one more row that has every feature is counted, so that none has been in no row; it is by default. */
  readonly smooth?: boolean;
  /** The length that rows are brought to afterwards; 'l2' by default, 'none' to leave them. */
  readonly norm?: Norm | 'none';
}

/**
 * Weights the values of sparse rows, counts of words, say, by how few training rows have their feature: f becomes
 * f (ln((n + 1) / (d + 1)) + 1) for a feature that d of n training rows have, or f (ln(n / d) + 1) without `smooth`. Test rows
 * are weighted by the same.
 *
 * @returns the rows, and `idf`, the weight of each feature; 0 for one that no training row has, if not smoothed.
 * @throws RangeError naming row and column for a value below 0, which is no frequency, or below 1 where `sublinear`.
 */
export function tfidf(
  split: Split<SparseDataset>,
  options: TfidfOptions = {},
): Split<SparseDataset> & { readonly idf: Float32Array } {
  checkOptions('tfidf', options, { sublinear: true, smooth: true, norm: true });
  const { sublinear = false, smooth = true, norm = 'l2' } = options;
  const { train } = split;
  const rowsWith = new Int32Array(train.columns);
  for (const id of train.ids) rowsWith[id]!++;
  const more = smooth ? 1 : 0;
  const idf = Float32Array.from(rowsWith, (count) =>
    count + more === 0 ? 0 : Math.log((train.rows + more) / (count + more)) + 1,
  );
  const weigh = (part: SparseDataset): SparseDataset => {
    const least = sublinear ? 1 : 0;
    const values = new Float32Array(part.values.length);
    for (let row = 0; row < part.rows; row++) {
      for (let j = part.offsets[row]!; j < part.offsets[row + 1]!; j++) {
        const value = part.values[j]!;
        if (!(value >= least)) {
          throw new RangeError(
            `${part.name}: row ${row}, column ${part.ids[j]}: expected a frequency of ${least} or more, found ${value}.`,
          );
        }
        values[j] = (sublinear ? 1 + Math.log(value) : value) * idf[part.ids[j]!]!;
      }
    }
    const weighted = { ...part, values };
    return norm === 'none' ? weighted : scaleRows(weighted, norm);
  };
  return { ...split, train: weigh(train), test: weigh(split.test), idf };
}
