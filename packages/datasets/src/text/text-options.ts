import type { Known } from '../check-options.ts';

/** What is drawn of a text, whatever rows are made of it. */
export interface TextOptions {
  /** The share of the text, at its end, that test rows are taken from; above 0 and below 1, 0.01 by default. */
  readonly heldOut?: number;
  /** Training rows, drawn at random from the training part; by default all that there are, in their order. */
  readonly train?: number;
  /** Test rows, drawn at random from the held-out end; by default all that there are, in their order. */
  readonly test?: number;
  /** Decides what is drawn; from 0 to 2^32 - 1, 1 by default. */
  readonly seed?: number;
  /** What the data set is called; 'next-words' or 'skip-grams' by default. */
  readonly name?: string;
  /** What error messages call the data; a path, say. */
  readonly source?: string;
}

/** All of them. */
export const TEXT_OPTIONS: Known<TextOptions> = {
  heldOut: true,
  train: true,
  test: true,
  seed: true,
  name: true,
  source: true,
};
