/** What the page and the worker that searches tell each other. */

/** 'cosine': vectors are brought to length 1 first. */
export const METRICS = ['cosine', 'innerProduct'] as const;
export type SearchMetric = (typeof METRICS)[number];

/** The ways to search, the exact one first. */
export const WAYS = ['exact', 'mips', 'lsh'] as const;
export type Way = (typeof WAYS)[number];

export interface Hit {
  readonly word: string;
  readonly score: number;
  /** Of an exact hit: whether another way has it too. */
  readonly best: boolean;
}

export interface WayResult {
  readonly way: Way;
  readonly hits: readonly Hit[];
  /** Of one search. */
  readonly milliseconds: number;
  /** Share of the exact hits that it has. */
  readonly recall: number;
}

/** What there is to search in. */
export interface Collection {
  readonly name: string;
  readonly size: number;
  readonly dimensions: number;
  /** Of the file there was more than memory is taken for. */
  readonly cut: boolean;
  /** Whether they have words of their own, or numbers. */
  readonly named: boolean;
}

export type ToSearcher =
  | { readonly kind: 'words'; readonly url: string }
  | { readonly kind: 'made' }
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'query'; readonly text: string; readonly metric: SearchMetric };

export type FromSearcher =
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'ready'; readonly collection: Collection; readonly first: string }
  | {
      readonly kind: 'results';
      readonly text: string;
      /** The word that was searched for: the text, or the first that begins with it; undefined if none does. */
      readonly word: string | undefined;
      readonly completions: readonly string[];
      readonly results: readonly WayResult[];
    }
  | { readonly kind: 'failed'; readonly message: string };
