/**
 * Mutated files of all formats and packings: whatever a file holds, there is a data set that keeps its promises, or an error of
 * one short line; and what has a checksum gives what was packed, or an error.
 */
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { checkDataset } from '../src/index.ts';
import type { DenseDataset, Ratings, ShapedArray, SparseDataset, WordVectors } from '../src/index.ts';
import { randomIndex, randomSource, type RandomSource } from '../src/random.ts';
import { FORMATS, PACKINGS, type Subject } from './helpers/files.ts';

const RUNS = process.env['HASHGRAD_FULL'] === '1' ? 100_000 : 1_000;

/** Bytes that a reading may unpack. */
const LIMIT = 2 ** 24;

/** What readings may add to the memory that is held, and the longest that one may take on a machine that is busy. */
const [MOST_MEMORY, MOST_SECONDS] = [600e6, 20];

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What breaks parsers: separators, signs, digits, marks, control characters. */
const BYTES = bytes(' \t\r\n,:;"#-+.0159eEx\x00\xff\x7f\u00e9');
const TOKENS = [
  '99999999999',
  '-1',
  '1e39',
  'nan',
  '1e-400',
  '\r',
  '\n\n',
  '4000000000',
  '\uFEFF',
  '"',
  ',,',
  '::',
].map(bytes);

/** Bytes by which a packing is known: where they are damaged, the data is taken for what it is not. */
const MARK = 10;

/** Damage that a checksum shows: a bit, or the end that is missing. */
function damage(subject: Uint8Array, random: RandomSource, from: number): Uint8Array {
  const at = from + randomIndex(random, subject.length - from);
  if (randomIndex(random, 3) === 0) return subject.slice(0, at);
  const damaged = subject.slice();
  damaged[at]! ^= 1 << randomIndex(random, 8);
  return damaged;
}

/** Any change: bytes, ranges, tokens; a few at once. */
function mutate(subject: Uint8Array, random: RandomSource): Uint8Array {
  let all = subject;
  for (let changes = 1 + randomIndex(random, 3); changes > 0; changes--) {
    const at = randomIndex(random, all.length + 1);
    const end = Math.min(all.length, at + 1 + randomIndex(random, 12));
    const insert = (what: Uint8Array, to = at): Uint8Array =>
      Uint8Array.from([...all.subarray(0, at), ...what, ...all.subarray(to)]);
    switch (randomIndex(random, 8)) {
      case 0:
        all = all.slice(0, at);
        break;
      case 1:
        all = insert(new Uint8Array(0), end);
        break;
      case 2:
        all = insert(all.subarray(at, end));
        break;
      case 3:
        all = insert(TOKENS[randomIndex(random, TOKENS.length)]!);
        break;
      case 4:
        all = insert(TOKENS[randomIndex(random, TOKENS.length)]!, end);
        break;
      case 5:
        all = insert(Uint8Array.of(BYTES[randomIndex(random, BYTES.length)]!), Math.min(all.length, at + 1));
        break;
      case 6:
        all = insert(new Uint8Array(end - at).fill(randomIndex(random, 2) * 255), end);
        break;
      default:
        if (all.length > 0) all = damage(all, random, 0);
    }
  }
  return all;
}

type AnyResult = Partial<DenseDataset & SparseDataset & Ratings & WordVectors & ShapedArray>;

/** What of the promises of its type a result does not keep, if it is of one that makes any. */
function brokenPromise(result: unknown): string | undefined {
  if (typeof result === 'string') return undefined;
  const set = result as AnyResult;
  if ('train' in set) return brokenPromise(set.train);
  if (set.rows !== undefined && set.classes !== undefined) {
    try {
      checkDataset(set as DenseDataset);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  }
  if (set.users !== undefined) {
    const { offsets = [], ids = [], values = [], userNames = [], users } = set;
    const fits =
      offsets.length === users + 1 && offsets[users] === ids.length && values.length === ids.length;
    const named = new Set<number | string>(userNames).size === users;
    return fits && named && Array.from(values).every(Number.isFinite) ? undefined : 'ratings that do not fit';
  }
  if (set.words !== undefined) {
    const { words, vectors = [], dimensions = 0 } = set;
    const fits = vectors.length === words.length * dimensions && !words.includes('');
    return fits && Array.from(vectors).every(Number.isFinite) ? undefined : 'word vectors that do not fit';
  }
  if (set.data !== undefined) {
    const size = set.shape!.reduce((product, length) => product * length, 1);
    return size === set.data.length ? undefined : 'an array that is not of its shape';
  }
  return undefined;
}

/** What is wrong with an error, if anything is. */
function brokenMessage(message: string): string | undefined {
  const line = /^(?:f|extreme classification data|LIBSVM data)[^\p{Cc}]+$/u;
  return line.test(message) && message.length <= 200 ? undefined : `the error "${message.slice(0, 300)}"`;
}

/** What is wrong with what a mutated file is read as, if anything is. */
async function problemOf(
  { load }: Subject,
  mutated: Uint8Array,
  expected: unknown,
): Promise<{ readonly isSet: boolean; readonly problem: string | undefined }> {
  try {
    const result = await load(mutated, { source: 'f', maxBytes: LIMIT });
    const silent = expected !== undefined && !isDeepStrictEqual(result, expected);
    return { isSet: true, problem: silent ? 'other data, without an error' : brokenPromise(result) };
  } catch (error) {
    return { isSet: false, problem: brokenMessage((error as Error).message) };
  }
}

it(
  `gives a data set or an error of one line for each of ${RUNS} mutated files`,
  { timeout: 3_600_000 },
  async () => {
    const random = randomSource(1, 'fuzz');
    const subjects = [...FORMATS, ...PACKINGS];
    const whole = new Map<Subject, unknown>();
    for (const subject of subjects) {
      whole.set(
        subject,
        await subject.load(subject.bytes, { source: 'f' }).catch((error: Error) => error.message),
      );
    }
    const before = process.memoryUsage.rss();
    const problems: string[] = [];
    let [most, slowest, sets] = [0, 0, 0];
    for (let run = 0; run < RUNS && problems.length < 5; run++) {
      const subject = subjects[run % subjects.length]!;
      const onlyDamage = subject.checked === true && randomIndex(random, 2) === 0;
      const mutated = onlyDamage ? damage(subject.bytes, random, MARK) : mutate(subject.bytes, random);
      const start = performance.now();
      const { isSet, problem } = await problemOf(
        subject,
        mutated,
        onlyDamage ? whole.get(subject) : undefined,
      );
      if (problem !== undefined) {
        const file = Buffer.from(mutated).toString('base64').slice(0, 2_000);
        problems.push(`${subject.name}, run ${run}: ${problem}, of ${file}`);
      }
      if (isSet) sets++;
      slowest = Math.max(slowest, performance.now() - start);
      if (run % 50 === 0) most = Math.max(most, process.memoryUsage.rss() - before);
    }
    expect(problems).toEqual([]);
    expect(slowest / 1_000).toBeLessThan(MOST_SECONDS);
    expect(most).toBeLessThan(MOST_MEMORY);
    // Neither all nor none are refused.
    expect(sets).toBeGreaterThan(RUNS / 50);
    expect(sets).toBeLessThan(RUNS / 2);
  },
);
