import { checkOptions, type Known } from '../check-options.ts';
import { complaint, quote } from '../complaint.ts';
import { GrowingArray } from '../growing-array.ts';
import type { ByteInput } from '../unpack/input.ts';
import { READ_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { sourceOf, type FileOptions } from './file-options.ts';
import { NumberTable, TextTable, type IdTable, type Names } from './id-table.ts';
import { LineParser } from './line-parser.ts';
import { byUser, placeInFile, type Runs, sortRows } from './rating-rows.ts';
import { placesOf, separatorOf, type Columns, type Places } from './rating-columns.ts';
import { parseBytes, parseInput } from './stream-parser.ts';
import { cursor, isBlank, scanFloat, scanWhole } from './text-numbers.ts';

/** Who rated what, as compressed sparse rows: user u's ratings are those from offsets[u] to offsets[u + 1]. */
export interface Ratings {
  readonly name: string;
  readonly users: number;
  readonly items: number;
  /** users + 1 positions in `ids` and `values`. */
  readonly offsets: Int32Array;
  /** The item of each rating, ascending within a user. */
  readonly ids: Int32Array;
  readonly values: Float32Array;
  /** What user u is called in the file, ascending: whole numbers, or texts. */
  readonly userNames: Names;
  /** What item i is called in the file. */
  readonly itemNames: Names;
}

/** How a table of ratings is read, and what it is called. */
export interface RatingsOptions extends FileOptions {
  /** What stands between columns: ',', ';', '::' or a tab. By default what the first line has. */
  readonly separator?: ',' | ';' | '::' | '\t';
  /**
   * Where the columns are: their places, from 0, or their names in the header. By default by the header's names where these
   * are usual ("userId", "item_id", "rating", ...); without a header the first is the user, then the item and the rating.
   */
  readonly columns?: Columns;
  /** What users and items are called: whole numbers below 2^31, by default, or any 'texts'. */
  readonly ids?: 'numbers' | 'texts';
  /** What is done with a second rating of an item by a user: 'refuse', by default; or the 'first' or 'last' in the file stays. */
  readonly duplicates?: 'refuse' | 'first' | 'last';
}

const QUOTE = 0x22;

/** All of them, but for those of reading a file. */
const OPTIONS: Known<RatingsOptions> = {
  separator: true,
  columns: true,
  ids: true,
  duplicates: true,
  name: true,
  source: true,
};

/**
 * Reads a table of ratings: a line each, columns for a user, an item and a number, others passed over; with a header or
 * without. MovieLens' `ratings.csv`, `ratings.dat` (with ::) and `u.data` (with tabs) are read as they are. Users and items
 * get numbers in ascending order of what the file calls them. Blanks around fields, and quotes, are passed
 * over; a field cannot hold the separator.
 *
 * @param bytes Text, not packed; {@link loadRatings} unpacks.
 * @throws Error naming the line and column (from 1) where something else stands, or the second line that rates an item twice
 *   for a user; or that there are no ratings.
 */
export function parseRatings(bytes: Uint8Array, options: RatingsOptions = {}): Ratings {
  checkOptions('parseRatings', options, OPTIONS);
  const source = options.source ?? 'ratings';
  return parseBytes(new RatingsParser(source, options), source, bytes);
}

/**
 * Reads a table of ratings, packed or not, as {@link parseRatings} does.
 *
 * @throws Error naming the file, as {@link parseRatings}.
 */
export function loadRatings(input: ByteInput, options: RatingsOptions & ReadOptions = {}): Promise<Ratings> {
  checkOptions('loadRatings', options, { ...READ_OPTIONS, ...OPTIONS });
  const source = sourceOf(input, 'ratings', options.source);
  return parseInput(new RatingsParser(source, options), source, input, options);
}

/** Reads a table of ratings line by line. */
export class RatingsParser extends LineParser<Ratings> {
  readonly #options: RatingsOptions;
  readonly #users: IdTable;
  readonly #items: IdTable;
  /** Lines of one user that follow each other: who it is, and the rating that is the first. */
  readonly #runUsers = new GrowingArray<Int32Array>(Int32Array);
  readonly #runStarts = new GrowingArray<Int32Array>(Int32Array);
  #lastUser = -1;
  /** One a line. */
  readonly #itemOf = new GrowingArray<Int32Array>(Int32Array);
  readonly #valueOf = new GrowingArray<Float32Array>(Float32Array);
  #separator: string = ',';
  #places: Places = { user: 0, item: 1, rating: 2, last: 2 };
  /** Whether lines may be of the usual kind: numbers, in the usual order. */
  #plain = false;
  #firstLine = 1;
  #emptyLine = 0;
  /** Where the field last found begins and ends, without blanks and quotes; and where the next begins. */
  #from = 0;
  #to = 0;

  constructor(source: string, options: RatingsOptions) {
    super(source, 'ratings');
    this.#options = options;
    const { ids = 'numbers', duplicates = 'refuse' } = options;
    if (ids !== 'numbers' && ids !== 'texts')
      throw new RangeError(`ids are 'numbers' or 'texts'; got ${String(ids)}.`);
    if (!['refuse', 'first', 'last'].includes(duplicates)) {
      throw new RangeError(`duplicates is 'refuse', 'first' or 'last'; got ${String(duplicates)}.`);
    }
    const table = (): IdTable => (ids === 'numbers' ? new NumberTable() : new TextTable());
    this.#users = table();
    this.#items = table();
  }

  protected override line(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) {
      // Only at the end: between ratings something is missing.
      this.#emptyLine ||= this.number;
      return;
    }
    if (this.#emptyLine > 0) {
      throw complaint(this.source, `line ${this.#emptyLine}: expected a rating, found an empty line.`);
    }
    if (this.number === 1 && this.#readHeader(bytes, start, end)) return;
    if (this.#plain && this.#readPlain(bytes, start, end)) return;
    const { user, item, rating, last } = this.#places;
    const width = this.#separator.length;
    let [userNumber, itemNumber, value] = [-1, -1, 0];
    let position = start;
    for (let column = 0; column <= last; column++) {
      const fieldEnd = this.#fieldEnd(bytes, position, end);
      if (column === user || column === item || column === rating) {
        this.#trim(bytes, position, fieldEnd);
        const [from, to] = [this.#from, this.#to];
        if (column === user) {
          userNumber = this.#users.add(bytes, from, to);
          if (userNumber < 0) throw this.#refuse(bytes, start, from, to, `a user, ${this.#idKind()}`);
        } else if (column === item) {
          itemNumber = this.#items.add(bytes, from, to);
          if (itemNumber < 0) throw this.#refuse(bytes, start, from, to, `an item, ${this.#idKind()}`);
        } else {
          value = scanFloat(bytes, from, to);
          if (value - value !== 0 || cursor.at !== to) {
            throw this.#refuse(bytes, start, from, to, 'a rating, a finite number');
          }
        }
      }
      position = Math.min(end, fieldEnd + width);
    }
    this.#add(userNumber, itemNumber, value);
  }

  #add(user: number, item: number, value: number): void {
    if (user !== this.#lastUser) {
      this.#runUsers.push(user);
      this.#runStarts.push(this.#itemOf.length);
      this.#lastUser = user;
    }
    this.#itemOf.push(item);
    this.#valueOf.push(value);
  }

  /**
   * Reads a line of the usual kind: two whole numbers and a rating come first. Says whether it is one; else nothing is read.
   */
  #readPlain(bytes: Uint8Array, start: number, end: number): boolean {
    const separator = this.#separator.charCodeAt(0);
    const user = scanWhole(bytes, start, end);
    const userEnd = cursor.at;
    if (user < 0 || userEnd >= end || bytes[userEnd] !== separator) return false;
    const item = scanWhole(bytes, userEnd + 1, end);
    const itemEnd = cursor.at;
    if (item < 0 || itemEnd >= end || bytes[itemEnd] !== separator) return false;
    const value = scanFloat(bytes, itemEnd + 1, end);
    if (value - value !== 0 || (cursor.at < end && bytes[cursor.at] !== separator)) return false;
    this.#add(
      (this.#users as NumberTable).numberOf(user),
      (this.#items as NumberTable).numberOf(item),
      value,
    );
    return true;
  }

  /** Finds columns, and says whether the line is a header. */
  #readHeader(bytes: Uint8Array, start: number, end: number): boolean {
    const text = new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 2_000)));
    this.#separator = this.#options.separator ?? separatorOf(text);
    const fields = text.split(this.#separator).map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
    const found = placesOf(fields, this.#options.columns);
    if (typeof found === 'string') {
      throw this.at(undefined, `${found}, found ${quote(bytes, start, end)}: say columns.`);
    }
    this.#places = found.places;
    const { user, item, rating } = found.places;
    this.#plain =
      user === 0 &&
      item === 1 &&
      rating === 2 &&
      this.#separator.length === 1 &&
      this.#options.ids !== 'texts';
    this.#firstLine = found.isHeader ? 2 : 1;
    return found.isHeader;
  }

  /** Where the separator is that ends the field from `start` on, or `end`. */
  #fieldEnd(bytes: Uint8Array, start: number, end: number): number {
    const code = this.#separator.charCodeAt(0);
    let at = start;
    while (at < end && bytes[at] !== code) at++;
    // Two colons part columns, one does not.
    if (this.#separator.length === 2) {
      while (at < end && !(bytes[at] === code && bytes[at + 1] === code)) at++;
    }
    return at;
  }

  /** Takes blanks and quotes off a field. */
  #trim(bytes: Uint8Array, start: number, end: number): void {
    let [from, to] = [start, end];
    while (from < to && isBlank(bytes[from])) from++;
    while (to > from && isBlank(bytes[to - 1])) to--;
    if (to - from >= 2 && bytes[from] === QUOTE && bytes[to - 1] === QUOTE) {
      from++;
      to--;
    }
    this.#from = from;
    this.#to = to;
  }

  #idKind(): string {
    return this.#options.ids === 'texts'
      ? 'a text in UTF-8'
      : "a whole number up to 2147483647 (or say ids: 'texts')";
  }

  #refuse(bytes: Uint8Array, start: number, from: number, to: number, expected: string): Error {
    return this.at(from - start + 1, `expected ${expected}, found ${quote(bytes, from, to)}.`);
  }

  expect(times: number): void {
    for (const column of [this.#itemOf, this.#valueOf]) column.expect(times * column.length);
  }

  override finish(): Ratings {
    const count = this.#valueOf.length;
    if (count === 0) throw complaint(this.source, 'expected ratings, found none.');
    const users = this.#users.finish();
    const items = this.#items.finish();
    const runs: Runs = { users: this.#runUsers.finish(), starts: this.#runStarts.finish() };
    for (let run = 0; run < runs.users.length; run++) runs.users[run] = users.ranks[runs.users[run]!]!;
    const [ids, values] = [this.#itemOf.finish(), this.#valueOf.finish()];
    for (let i = 0; i < count; i++) ids[i] = items.ranks[ids[i]!]!;
    const rows = byUser(runs, ids, values, users.ranks.length);
    const { duplicates = 'refuse', name = 'ratings' } = this.#options;
    const kept = sortRows(rows, duplicates === 'last', (user, item, places) => {
      if (duplicates !== 'refuse') return;
      const lines = places.map((place) => placeInFile(runs, user, place, count) + this.#firstLine);
      throw complaint(
        this.source,
        `line ${lines[1]}: user ${users.names[user]} rated item ${items.names[item]} in line ${lines[0]} already: say duplicates to keep one.`,
      );
    });
    return {
      name,
      users: users.ranks.length,
      items: items.ranks.length,
      ...kept,
      userNames: users.names,
      itemNames: items.names,
    };
  }
}
