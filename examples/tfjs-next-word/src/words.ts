/** A text as rows: which word comes after three. */

export const CONTEXT = 3;

/** Rows to train on and to measure by, and the words by their numbers. */
export interface Rows {
  readonly vocabulary: readonly string[];
  /** Row i begins at word i, and its label is word i + CONTEXT. */
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** The words and marks of a text. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}']+|[.,!?;:]/gu) ?? [];
}

/** Rows of a text, its end held back. Words that are not among the `most` most frequent are left out. */
export function rowsOf(text: string, most: number): Rows {
  const words = wordsOf(text);
  const counts = Map.groupBy(words, (word) => word);
  const vocabulary = [...counts]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, most)
    .map(([word]) => word);
  const numbers = new Map(vocabulary.map((word, number) => [word, number]));
  const ids = Int32Array.from(words.flatMap((word) => numbers.get(word) ?? []));
  const cut = Math.floor(0.95 * ids.length);
  return { vocabulary, train: ids.subarray(0, cut), test: ids.subarray(cut) };
}
