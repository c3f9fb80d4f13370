/** Words by their vectors: some of them ask for those that go with them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadWordVectors, type WordVectors } from '@hashgrad/datasets';
import { randomStream } from '@hashgrad/kernels';
import { filled } from '../engine/filled.ts';
import type { Config } from '../engine/record.ts';
import { dataFolder } from './data-folder.ts';
import { checkCounts, checkCountsOrNull, checkPaths } from './fields.ts';
import type { Corpus, TaskDefinition } from './task.ts';

/** Which words; plain JSON. */
export type WordsTask = {
  readonly kind: 'words';
  /** Vectors as text, GloVe's or word2vec's; null for that in `word-vectors` in the folder that HASHGRAD_DATA names. */
  readonly file: string | null;
  /** Words to read, the first ones; null for all. */
  readonly words: number | null;
  /** Words that ask; all, if there are fewer. */
  readonly queries: number;
  /** Which words ask. */
  readonly seed: number;
};

/** A task of words: of all in the file 300 ask, unless options say otherwise. */
export function words(options: Partial<Omit<WordsTask, 'kind'>> = {}): WordsTask {
  return { kind: 'words', ...filled('words', { file: null, words: null, queries: 300, seed: 1 }, options) };
}

export const wordsTask: TaskDefinition = {
  kind: 'words',
  check(task) {
    checkPaths(task, ['file']);
    checkCountsOrNull(task, ['words']);
    checkCounts(task, ['queries']);
    checkCounts(task, ['seed'], 0);
  },
  async load(task: Config): Promise<Corpus> {
    const { file, words: limit, queries, seed } = task as unknown as WordsTask;
    const path = file ?? wordFile();
    return wordCorpus(await loadWordVectors(path, limit === null ? {} : { limit }), queries, seed);
  },
};

/** The file of word vectors in the folder of data. @throws {Error} if there is none. */
function wordFile(): string {
  const folder = dataFolder('word-vectors', 'words need a file of word vectors: set task.file');
  const found = readdirSync(folder).find((file) => /\.txt(?:\.gz|\.br)?$/.test(file));
  if (found === undefined) throw new Error(`there is no text file, as it is, .gz or .br, in ${folder}.`);
  return join(folder, found);
}

/** Different words drawn at random ask for the words that go with them; at most as many as there are. */
export function wordCorpus(
  { vectors, dimensions, words: list }: WordVectors,
  queries: number,
  seed: number = 1,
): Corpus {
  const random = randomStream(seed, 'word queries');
  const order = Uint32Array.from({ length: list.length }, (_, i) => i);
  const count = Math.min(queries, list.length);
  const asked = new Float32Array(count * dimensions);
  for (let s = 0; s < count; s++) {
    // Fisher and Yates' shuffle, as far as it is needed.
    const other = s + random.integer(list.length - s);
    const word = order[other] as number;
    order[other] = order[s] as number;
    asked.set(vectors.subarray(word * dimensions, (word + 1) * dimensions), s * dimensions);
  }
  return { name: 'words', dimensions, vectors, queries: asked };
}
