/** Words and their vectors: word i's is the `dimensions` floats from i * dimensions on. */
export interface WordVectors {
  /** In the order of the file. A file may have a word twice. */
  readonly words: readonly string[];
  readonly dimensions: number;
  readonly vectors: Float32Array;
}

/** How much of a file of word vectors is read, and what error messages call it. */
export interface WordVectorsOptions {
  /** Words to read, from the start of the file; all by default. No more of the file is read than they need. */
  readonly limit?: number;
  /** Numbers a word. By default as the header says, or else as many as the first line has after its first word. */
  readonly dimensions?: number;
  /**
   * What is done with words that are not UTF-8, which some published files have: 'refuse', by default, or 'replace' what
   * cannot be read by U+FFFD, which may make one word of several.
   */
  readonly badUtf8?: 'refuse' | 'replace';
  /** What error messages call the data; a path, say. */
  readonly source?: string;
}

/** Words of a file as strings. */
export class WordDecoder {
  readonly #words: string[] = [];
  readonly #decoder: TextDecoder;

  /** @param badUtf8 Whether bytes that are not UTF-8 are refused or become U+FFFD. */
  constructor(badUtf8: 'refuse' | 'replace') {
    // A byte order mark within a file is a character of its word.
    this.#decoder = new TextDecoder('utf-8', { fatal: badUtf8 === 'refuse', ignoreBOM: true });
  }

  get length(): number {
    return this.#words.length;
  }

  /** Adds the word from `start` to `end`, and returns it; or nothing where it is not UTF-8 and must be. */
  decode(bytes: Uint8Array, start: number, end: number): string | undefined {
    try {
      const word = this.#decoder.decode(bytes.subarray(start, end));
      this.#words.push(word);
      return word;
    } catch {
      return undefined;
    }
  }

  finish(): readonly string[] {
    return this.#words;
  }
}
