import { requireNodeModule } from '../node.ts';
import { lineEnd, parseNumber, parseWhole, textOf } from './text-numbers.ts';
import { readBytes } from '../unpack/unpack.ts';

/** Who rated what, as compressed sparse rows: user u's ratings are those from offsets[u] to offsets[u + 1]. */
export interface Ratings {
  readonly name: string;
  readonly users: number;
  readonly items: number;
  readonly offsets: Int32Array;
  /** Ascending in each user's row; from 0 to items - 1. */
  readonly ids: Int32Array;
  readonly values: Float32Array;
  /** What the file calls each user and each item, ascending. */
  readonly userNames: Int32Array;
  readonly itemNames: Int32Array;
}

/** Ratings, with the films' titles. */
export interface MovieLens extends Ratings {
  /** By item; empty where `movies.csv` has none, or is not there. */
  readonly titles: readonly string[];
}

/** What a file of ratings is called, in the data set and in error messages. */
export interface RatingsOptions {
  /** What the data set is called; 'ratings' by default. */
  readonly name?: string;
  /** What error messages call the data; a path, say. */
  readonly source?: string;
}

const COMMA = 0x2c;
const HEADER = 'userId,movieId,rating';

/**
 * Reads MovieLens' `ratings.csv`: a header, then "user,movie,rating,timestamp" a line, in any order. Users and movies get
 * numbers from 0 in the order of theirs; times are left out.
 *
 * @throws Error saying in which line and column (from 1) what was expected and found: another header, a user or movie that is
 *   no whole number, a rating that is no finite number, or one user's two ratings of a movie.
 */
export function parseRatings(bytes: Uint8Array, options: RatingsOptions = {}): Ratings {
  const { name = 'ratings', source = 'ratings' } = options;
  const header = textOf(bytes, 0, lineEnd(bytes, 0)).trim();
  if (!header.startsWith(HEADER)) {
    throw new Error(`${source}: line 1: expected the header "${HEADER},timestamp", found "${header}".`);
  }
  const entries: { user: number; item: number; value: number; line: number }[] = [];
  for (let start = lineEnd(bytes, 0) + 1, line = 2; start < bytes.length; line++) {
    const end = lineEnd(bytes, start);
    const fields = [0, 1, 2].map(() => 0);
    let position = start;
    for (let f = 0; f < 3; f++) {
      const comma = bytes.indexOf(COMMA, position);
      let fieldEnd = comma < 0 || comma > end ? end : comma;
      if (bytes[fieldEnd - 1] === 0x0d) fieldEnd--;
      const value = f < 2 ? parseWhole(bytes, position, fieldEnd) : parseNumber(bytes, position, fieldEnd);
      if (!(f < 2 ? value >= 0 : Number.isFinite(value))) {
        const expected = ['a user, a whole number', 'a movie, a whole number', 'a rating, a finite number'][
          f
        ];
        throw new Error(
          `${source}: line ${line}, column ${position - start + 1}: expected ${expected}, found "${textOf(bytes, position, fieldEnd)}".`,
        );
      }
      fields[f] = value;
      position = Math.min(fieldEnd + 1, end);
    }
    entries.push({ user: fields[0]!, item: fields[1]!, value: fields[2]!, line });
    start = end + 1;
  }
  return compress(entries, name, source);
}

/**
 * MovieLens from a folder that has `ratings.csv` and, for titles, `movies.csv`: as they are, gzipped or packed by brotli
 * (`ratings.csv.gz`, `ratings.csv.br`). The sets may not be passed on with a package: https://grouplens.org/datasets/movielens.
 *
 * @throws Error naming the file if there is none, or as {@link parseRatings}.
 */
export function movieLens(folder: string): MovieLens {
  const path = findFile(folder, 'ratings.csv');
  if (path === undefined)
    throw new Error(`There is no ratings.csv, nor ratings.csv.gz or .br, in ${folder}.`);
  const ratings = parseRatings(readBytes(path), { name: 'movielens', source: path });
  const movies = findFile(folder, 'movies.csv');
  const titles = movies === undefined ? new Map<number, string>() : parseTitles(readBytes(movies));
  return { ...ratings, titles: Array.from(ratings.itemNames, (item) => titles.get(item) ?? '') };
}

function compress(
  entries: readonly {
    readonly user: number;
    readonly item: number;
    readonly value: number;
    readonly line: number;
  }[],
  name: string,
  source: string,
): Ratings {
  const userNames = Int32Array.from(new Set(entries.map(({ user }) => user))).toSorted();
  const itemNames = Int32Array.from(new Set(entries.map(({ item }) => item))).toSorted();
  const users = new Map(Array.from(userNames, (user, u) => [user, u]));
  const items = new Map(Array.from(itemNames, (item, i) => [item, i]));
  const sorted = entries.toSorted((a, b) => a.user - b.user || a.item - b.item || a.line - b.line);
  const offsets = new Int32Array(userNames.length + 1);
  for (const [i, { user, item, line }] of sorted.entries()) {
    const before = sorted[i - 1];
    if (before?.user === user && before.item === item) {
      throw new Error(
        `${source}: line ${line}: user ${user} rated movie ${item} in line ${before.line} already.`,
      );
    }
    offsets[users.get(user)! + 1] = i + 1;
  }
  return {
    name,
    users: userNames.length,
    items: itemNames.length,
    offsets,
    ids: Int32Array.from(sorted, ({ item }) => items.get(item)!),
    values: Float32Array.from(sorted, ({ value }) => value),
    userNames,
    itemNames,
  };
}

function findFile(folder: string, file: string): string | undefined {
  const { join } = requireNodeModule('node:path');
  const { existsSync } = requireNodeModule('node:fs');
  return ['', '.gz', '.br'].map((end) => join(folder, `${file}${end}`)).find((path) => existsSync(path));
}

/** Titles by movie from "movie,title,genres", where a title with a comma stands in quotes, its own quotes doubled. */
function parseTitles(bytes: Uint8Array): Map<number, string> {
  const titles = new Map<number, string>();
  for (const line of textOf(bytes, 0, bytes.length).split(/\r?\n/)) {
    const found = /^(\d+),(?:"((?:[^"]|"")*)"|([^,]*)),/.exec(line);
    if (found) titles.set(Number(found[1]), (found[2]?.replaceAll('""', '"') ?? found[3]!).trim());
  }
  return titles;
}
