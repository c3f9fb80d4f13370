/** Sparse rows with labels out of very many: words near a word, rows of files, or a made-up world. */
import {
  loadSkipGrams,
  loadXc,
  plantedLabels,
  shuffleRows,
  type SparseDataset,
  type Split,
  takeRows,
} from '@hashgrad/datasets';
import { filled } from '../engine/filled.ts';
import type { Config } from '../engine/record.ts';
import { byFrequency } from './class-frequencies.ts';
import { checkCounts, checkCountsOrNull, checkPaths } from './fields.ts';
import type { TaskDefinition } from './task.ts';

/** Which rows; plain JSON. Classes are numbered by their frequency among the training rows. */
export type ExtremeTask = {
  readonly kind: 'extreme';
  /**
   * 'planted': a world of labels with features of their own. 'skip-grams': the words of a text are to be predicted from the
   * words around them. 'xc': files of the Extreme Classification Repository.
   */
  readonly name: (typeof NAMES)[number];
  /** A text, as it is, .gz or .br; or the rows to train on. */
  readonly file: string | null;
  /** The rows to test with, of 'xc'. */
  readonly testFile: string | null;
  /** Rows; null for all of 'xc', 500,000 of 'skip-grams', 50,000 of 'planted'. */
  readonly train: number | null;
  /** Rows; null for 2,000, or all that a file has, if it has fewer. */
  readonly test: number | null;
  /** Words at either side, of 'skip-grams'. */
  readonly window: number;
  /** The size of the world, of 'planted'. */
  readonly features: number;
  readonly labels: number;
};

const TEST = 2000;

const NAMES = ['planted', 'skip-grams', 'xc'] as const;

/** A task of very many labels; a planted world has 10,000 features and 20,000 labels, unless options say otherwise. */
export function extreme(
  name: ExtremeTask['name'],
  options: Partial<Omit<ExtremeTask, 'kind' | 'name'>> = {},
): ExtremeTask {
  const size = { train: null, test: null, window: 2, features: 10_000, labels: 20_000 };
  return { kind: 'extreme', name, ...filled('extreme', { file: null, testFile: null, ...size }, options) };
}

export const extremeTask: TaskDefinition = {
  kind: 'extreme',
  check(task) {
    const { name, file, testFile } = task as unknown as ExtremeTask;
    if (!NAMES.includes(name)) {
      throw new Error(`task.name is one of ${NAMES.join(', ')}; got ${JSON.stringify(name)}.`);
    }
    checkPaths(task, ['file', 'testFile']);
    checkCountsOrNull(task, ['train', 'test']);
    checkCounts(task, ['window', 'features', 'labels']);
    if (name === 'skip-grams' && file === null) throw new Error('skip-grams need a text: set task.file.');
    if (name === 'xc' && (file === null || testFile === null)) {
      throw new Error('xc needs two files: set task.file, to train on, and task.testFile.');
    }
  },
  load: async (task: Config): Promise<Split<SparseDataset>> =>
    byFrequency(await rowsOf(task as unknown as ExtremeTask)),
};

async function rowsOf({
  name,
  file,
  testFile,
  train,
  test,
  ...more
}: ExtremeTask): Promise<Split<SparseDataset>> {
  switch (name) {
    case 'skip-grams': {
      const size = { train: train ?? 500_000, test: test ?? TEST, window: more.window };
      return loadSkipGrams(file as string, size);
    }
    case 'xc': {
      const parts = await loadXc({ train: file as string, test: testFile as string });
      return {
        name,
        train: shuffled(parts.train, train ?? parts.train.rows),
        test: shuffled(parts.test, test ?? Math.min(TEST, parts.test.rows)),
      };
    }
    case 'planted': {
      const { features, labels } = more;
      return plantedLabels({ train: train ?? 50_000, test: test ?? TEST, features, labels });
    }
  }
}

/** So many rows, in random order: they may be sorted, and training sees a part of them before each evaluation. */
function shuffled(part: SparseDataset, count: number): SparseDataset {
  return takeRows(shuffleRows(part, 1), count);
}
