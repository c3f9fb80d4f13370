/** The next word of a text, from the words before it: of a file, or made up. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  loadNextWords,
  nextWords,
  type NextWordsOptions,
  type SparseDataset,
  type Split,
} from '@hashgrad/datasets';
import { filled } from '../engine/filled.ts';
import type { Config } from '../engine/record.ts';
import { dataFolder } from './data-folder.ts';
import { checkCounts, checkPaths } from './fields.ts';
import { madeUpText } from './made-up-text.ts';
import type { TaskDefinition } from './task.ts';

/** Which text, and what of it; plain JSON. Classes are the words, by decreasing frequency. */
export type LanguageModelTask = {
  readonly kind: 'language model';
  /** 'file': a text, or Wikipedia's. 'made-up': words by a Markov chain, for where there is no text. */
  readonly text: (typeof TEXTS)[number];
  /** A text, as it is, .gz or .br; null for that in `enwiki` in the folder that HASHGRAD_DATA names. */
  readonly file: string | null;
  /** Words before the one that is to be predicted. Each place has features of its own. */
  readonly context: number;
  /** Words of the vocabulary, the most frequent ones; a made-up text has twice as many. */
  readonly words: number;
  /** Rows. */
  readonly train: number;
  readonly test: number;
};

const TEXTS = ['file', 'made-up'] as const;

/** The share of a text that test rows are from. */
const HELD_OUT = 0.1;

/** A task of predicting one of 1,000 words from the three before it, unless options say otherwise. */
export function languageModel(
  text: LanguageModelTask['text'],
  options: Partial<Omit<LanguageModelTask, 'kind' | 'text'>> = {},
): LanguageModelTask {
  const size = { context: 3, words: 1000, train: 200_000, test: 10_000 };
  return { kind: 'language model', text, ...filled('languageModel', { file: null, ...size }, options) };
}

export const languageModelTask: TaskDefinition = {
  kind: 'language model',
  check(task) {
    const { text } = task as unknown as LanguageModelTask;
    if (!TEXTS.includes(text)) {
      throw new Error(`task.text is one of ${TEXTS.join(', ')}; got ${JSON.stringify(text)}.`);
    }
    checkPaths(task, ['file']);
    checkCounts(task, ['context', 'words', 'train', 'test']);
    if (text === 'made-up') checkCounts(task, ['words'], 20);
  },
  async load(task: Config): Promise<Split<SparseDataset>> {
    const { text, file, context, words, train, test } = task as unknown as LanguageModelTask;
    const options: NextWordsOptions = {
      context,
      words,
      train,
      test,
      heldOut: HELD_OUT,
      name: `language model (${text})`,
    };
    if (text === 'file') return await loadNextWords(file ?? wikipedia(), options);
    // So many words that each part has its rows even where a third of them are rare.
    const length = Math.ceil(1.5 * Math.max(train / (1 - HELD_OUT), test / HELD_OUT)) + 1000;
    return nextWords(madeUpText({ length, words: 2 * words }), { ...options, source: 'the made-up text' });
  },
};

/** The text in the folder of data. @throws {Error} if there is none. */
function wikipedia(): string {
  const folder = dataFolder(
    'enwiki',
    "a language model needs a text: set task.file, or task.text to 'made-up'",
  );
  const found = readdirSync(folder).find((file) => /text[^.]*(?:\.txt)?(?:\.gz|\.br)?$/.test(file));
  if (found === undefined) throw new Error(`there is no text, as it is, .gz or .br, in ${folder}.`);
  return join(folder, found);
}
