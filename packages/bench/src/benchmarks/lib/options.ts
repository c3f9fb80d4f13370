/**
 * Options that several benchmarks take: what means one thing has one name, one way to be written and one sentence. Each
 * benchmark says which it takes, and what they are if they are not given.
 */
import { Option } from 'commander';
import { parseCount, parseCounts, parseNames, parseSeed, parseSeeds } from '../../cli/options.ts';

/** `--NAME <n>`: a whole number of at least 1. */
export function countOption(name: string, text: string, initial?: number): Option {
  const option = new Option(`--${name} <n>`, text).argParser(parseCount);
  return initial === undefined ? option : option.default(initial);
}

/** Vectors of each corpus. */
export function vectorsOption(initial: number): Option {
  return countOption('vectors', 'vectors of each corpus', initial);
}

/** The same where several sizes are measured. */
export function sizesOption(initial: readonly number[]): Option {
  return new Option('--vectors <list>', 'vectors of each corpus: sizes separated by commas')
    .argParser(parseCounts)
    .default(initial, initial.join(','));
}

export function dimensionsOption(initial: number): Option {
  return countOption('dimensions', 'coordinates of a vector', initial);
}

export function queriesOption(initial: number): Option {
  return countOption('queries', 'queries that are measured; as many others are for tuning', initial);
}

export function seedOption(): Option {
  return new Option('--seed <n>', 'of the vectors and queries').argParser(parseSeed).default(1);
}

export function seedsOption(initial: readonly number[]): Option {
  return new Option('--seeds <n>', 'seeds to train with: so many, or a list such as 1,5')
    .argParser(parseSeeds)
    .default(initial, initial.join(','));
}

export function threadsOption(): Option {
  return countOption('threads', 'threads that compute', 1);
}

/** Corpora of `known`, all of them by default. */
export function corpusOption(known: readonly string[]): Option {
  return new Option('--corpus <list>', `of ${known.join(', ')}`).argParser(parseNames).default(known, 'all');
}

export function cacheOption(folder: string): Option {
  return new Option('--cache <folder>', 'where exact results and graphs are kept').default(
    folder,
    'in the system’s cache folder',
  );
}
