/** What the study of outputs trains on: words near a word, rows of a file, or a made-up world. */
import {
  loadSkipGrams,
  loadXc,
  plantedLabels,
  shuffleRows,
  takeRows,
  type SparseDataset,
  type Split,
} from '@hashgrad/datasets';

export interface OutputsTaskOptions {
  /** A text, whose words are to be predicted from their neighbours. */
  readonly text?: string | undefined;
  /** Files of the Extreme Classification Repository. */
  readonly xcTrain?: string | undefined;
  readonly xcTest?: string | undefined;
  /** Training rows; by default 500,000 of a text, all of a file, 50,000 of the made-up world. */
  readonly rows?: number | undefined;
  /** Test rows; by default 2,000, or all that a file has. */
  readonly test?: number | undefined;
  /** Words at either side, of a text. */
  readonly window?: number | undefined;
}

/** Size of the made-up world: a fifth of the benchmark `wide`. */
const [FEATURES, LABELS] = [10_000, 20_000];
const TEST = 2000;

/** The rows, classes numbered by their frequency among the training rows. @throws {Error} if options exclude each other. */
export function outputsTask(options: OutputsTaskOptions): Split<SparseDataset> {
  const { text, xcTrain, xcTest, rows, test, window } = options;
  if ((xcTrain === undefined) !== (xcTest === undefined)) {
    throw new Error('--xc-train and --xc-test go together: one file to train on, one to test with.');
  }
  if (text !== undefined && xcTrain !== undefined) {
    throw new Error('There is one task: --text, or --xc-train and --xc-test.');
  }
  if (window !== undefined && text === undefined) throw new Error('--window is for a --text.');
  if (text !== undefined) {
    const size = { train: rows ?? 500_000, test: test ?? TEST };
    return byFrequency(loadSkipGrams(text, { ...size, ...(window === undefined ? {} : { window }) }));
  }
  if (xcTrain !== undefined && xcTest !== undefined) {
    const { name, ...parts } = loadXc({ train: xcTrain, test: xcTest });
    return byFrequency({
      name,
      train: shuffled(parts.train, rows ?? parts.train.rows),
      test: shuffled(parts.test, test ?? Math.min(TEST, parts.test.rows)),
    });
  }
  const size = { train: rows ?? 50_000, test: test ?? TEST };
  return byFrequency(plantedLabels({ ...size, features: FEATURES, labels: LABELS }));
}

/** So many rows, in random order: they may be sorted, and training sees a part of them before each evaluation. */
function shuffled(part: SparseDataset, count: number): SparseDataset {
  return takeRows(shuffleRows(part, 1), count);
}

/** How many rows have each class. */
export function classFrequencies({ labels, classes }: SparseDataset): Int32Array {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]! += 1;
  return counts;
}

/** Numbers the classes by decreasing frequency among the training rows: what `logUniform` draws by. */
export function byFrequency({ name, train, test }: Split<SparseDataset>): Split<SparseDataset> {
  const counts = classFrequencies(train);
  const order = Int32Array.from(counts.keys()).toSorted((a, b) => counts[b]! - counts[a]! || a - b);
  const ranks = new Int32Array(order.length);
  for (const [rank, label] of order.entries()) ranks[label] = rank;
  const renumbered = (part: SparseDataset): SparseDataset => {
    const labels = part.labels.map((label) => ranks[label]!);
    for (let row = 0; row < part.rows; row++) {
      labels.subarray(part.labelOffsets[row], part.labelOffsets[row + 1]).sort();
    }
    return { ...part, labels };
  };
  return { name, train: renumbered(train), test: renumbered(test) };
}
