/** The corpora of the benchmarks of searching, by name: three made up, and word vectors from a file. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { generateVectors, loadWordVectors, type VectorLaw } from '@hashgrad/datasets';
import type { CorpusSize } from '../../tasks/made-up-vectors.ts';
import type { Corpus } from '../../tasks/task.ts';
import { wordCorpus } from '../../tasks/words.ts';

/** Those that are generated. */
export const GENERATED: readonly VectorLaw[] = ['lognormal', 'clustered', 'flat'];

/** All names; words are left out where there is no file of them. */
export const CORPUS_NAMES: readonly string[] = [...GENERATED, 'words'];

/** Whether the name is one of those that can be drawn in any size. */
export function isMadeUp(name: string): name is VectorLaw {
  return GENERATED.includes(name as VectorLaw);
}

/** @throws Error that lists the corpora, if a name is none of them. */
export function checkCorpora(names: readonly string[], known: readonly string[] = CORPUS_NAMES): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new Error(`There is no corpus "${unknown}" here; the corpora are ${known.join(', ')}.`);
}

/**
 * Draws or reads a corpus.
 *
 * @param size of `words` it is the most: the file says how many vectors there are, and their dimensions.
 * @param words the file of word vectors. Default: that in the folder `word-vectors` of the folder named by HASHGRAD_DATA.
 * @returns why there is none, if so.
 */
export async function benchCorpus(name: string, size: CorpusSize, words?: string): Promise<Corpus | string> {
  if (isMadeUp(name)) return generateVectors(name, size);
  const file = words ?? wordFile();
  if (file === undefined) {
    return 'words: skipped. There is no file of word vectors: name one by --words, or a folder of data by HASHGRAD_DATA';
  }
  return wordCorpus(await loadWordVectors(file, { limit: size.vectors }), size.queries, size.seed);
}

function wordFile(): string | undefined {
  const data = process.env['HASHGRAD_DATA'];
  if (data === undefined) return undefined;
  const folder = join(data, 'word-vectors');
  try {
    const found = readdirSync(folder).find((file) => /\.txt(?:\.gz|\.br)?$/.test(file));
    return found === undefined ? undefined : join(folder, found);
  } catch {
    return undefined;
  }
}
