import { checkOptions, type Known } from '../check-options.ts';
import { complaint, quote } from '../complaint.ts';
import type { Split } from '../types.ts';
import type { ByteInput } from '../unpack/input.ts';
import { FOLDER_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { sourceOf, type FileOptions } from './file-options.ts';
import { LineParser } from './line-parser.ts';
import type { Ratings } from './ratings.ts';
import { parseBytes, parseInput } from './stream-parser.ts';
import { cursor, isBlank, scanWhole, skipBlanks, skipToBlank } from './text-numbers.ts';

/** Numbers for each one that is used. */
const MOST_GAPS = 1_000;

/** How lists of items are read. */
export interface ItemListsOptions extends FileOptions {
  /** What is done where a user has an item twice: 'refuse', by default, or 'drop' the second. */
  readonly duplicates?: 'refuse' | 'drop';
}

/** All of them, but for those of reading a file. */
const OPTIONS: Known<ItemListsOptions> = {
  duplicates: true,
  name: true,
  source: true,
};

/**
 * Reads lists of items: a line "user item item ..." each, whole numbers from 0, as LightGCN has Gowalla, Yelp2018 and
 * Amazon-book. Users and items keep their numbers: one that is not there has no items. Every value is 1.
 *
 * @param bytes Text, not packed; {@link loadItemLists} unpacks.
 * @throws Error naming the line and column (from 1) where no number stands, a user who has a line already, or an item that the
 *   user has twice; or that there are no lists.
 */
export function parseItemLists(bytes: Uint8Array, options: ItemListsOptions = {}): Ratings {
  checkOptions('parseItemLists', options, OPTIONS);
  const source = options.source ?? 'lists of items';
  return parseBytes(new ItemListsParser(source, options), source, bytes)(0, 0);
}

/**
 * Reads a training and a test file of lists of items, packed or not: both have all users and items of the two.
 *
 * @throws Error naming the file, as {@link parseItemLists}.
 */
export async function loadItemLists(
  files: { readonly train: ByteInput; readonly test: ByteInput; readonly name?: string },
  options: Omit<ItemListsOptions & ReadOptions, 'source' | 'entry' | 'name'> = {},
): Promise<Split<Ratings>> {
  checkOptions('loadItemLists', options, { ...FOLDER_OPTIONS, ...OPTIONS });
  const name = files.name ?? 'lists';
  const read = async (input: ByteInput): Promise<Finish> => {
    const source = sourceOf(input, 'lists of items');
    return parseInput(new ItemListsParser(source, { ...options, name }), source, input, options);
  };
  const [train, test] = [await read(files.train), await read(files.test)];
  const users = Math.max(train.users, test.users);
  const items = Math.max(train.items, test.items);
  return { name, train: train(users, items), test: test(users, items) };
}

/** The lists, with so many users and items at least. */
interface Finish {
  (users: number, items: number): Ratings;
  readonly users: number;
  readonly items: number;
}

class ItemListsParser extends LineParser<Finish> {
  readonly #name: string;
  readonly #drop: boolean;
  readonly #lists = new Map<number, Int32Array>();
  #items: Int32Array = new Int32Array(256);
  #highestUser = -1;
  #highestItem = -1;
  /** Items of all lists. */
  #total = 0;

  constructor(source: string, { name = 'lists', duplicates = 'refuse' }: ItemListsOptions) {
    super(source, 'lists of items');
    if (duplicates !== 'refuse' && duplicates !== 'drop') {
      throw new RangeError(`duplicates is 'refuse' or 'drop'; got ${String(duplicates)}.`);
    }
    this.#name = name;
    this.#drop = duplicates === 'drop';
  }

  protected override line(bytes: Uint8Array, start: number, end: number): void {
    let position = skipBlanks(bytes, start, end);
    if (position === end) return;
    let [user, count] = [-1, 0];
    while (position < end) {
      const number = scanWhole(bytes, position, end);
      const tokenEnd = cursor.at;
      if (number < 0 || (tokenEnd < end && !isBlank(bytes[tokenEnd]))) {
        const expected = user < 0 ? 'a user, a whole number' : 'an item, a whole number';
        throw this.refusal(bytes, start, position, skipToBlank(bytes, position, end), expected);
      }
      if (user < 0) {
        user = number;
      } else {
        if (count === this.#items.length) this.#grow();
        this.#items[count++] = number;
      }
      position = skipBlanks(bytes, tokenEnd, end);
    }
    if (this.#lists.has(user))
      throw this.at(undefined, `user ${user} has a line already: found ${quote(bytes, start, end)}.`);
    this.#lists.set(user, this.#sorted(user, count));
    this.#highestUser = Math.max(this.#highestUser, user);
  }

  #grow(): void {
    const grown = new Int32Array(2 * this.#items.length);
    grown.set(this.#items);
    this.#items = grown;
  }

  #sorted(user: number, count: number): Int32Array {
    const sorted = this.#items.subarray(0, count).toSorted();
    this.#highestItem = Math.max(this.#highestItem, sorted.at(-1) ?? -1);
    let kept = 0;
    for (const item of sorted) {
      if (kept > 0 && sorted[kept - 1] === item) {
        if (this.#drop) continue;
        throw this.at(undefined, `user ${user} has item ${item} twice: say duplicates to drop one.`);
      }
      sorted[kept++] = item;
    }
    this.#total += kept;
    return sorted.slice(0, kept);
  }

  override finish(): Finish {
    if (this.#lists.size === 0) throw complaint(this.source, 'expected lists of items, found none.');
    const lists = this.#lists;
    const own = { users: this.#highestUser + 1, items: this.#highestItem + 1 };
    // They keep their numbers, and have an entry each: a number in a file must not decide how much memory is taken.
    const total = this.#lists.size + this.#total;
    for (const [what, count] of Object.entries(own)) {
      if (count <= MOST_GAPS * (total + 1_000)) continue;
      throw complaint(
        this.source,
        `expected ${what} numbered from 0 without many gaps, found number ${count - 1} among ${total} in all.`,
      );
    }
    const finish = (users: number, items: number): Ratings => {
      const all = Math.max(users, own.users);
      const offsets = new Int32Array(all + 1);
      for (let user = 0; user < all; user++)
        offsets[user + 1] = offsets[user]! + (lists.get(user)?.length ?? 0);
      const ids = new Int32Array(offsets[all]!);
      for (const [user, list] of lists) ids.set(list, offsets[user]);
      const itemCount = Math.max(items, own.items);
      return {
        name: this.#name,
        users: all,
        items: itemCount,
        offsets,
        ids,
        values: new Float32Array(ids.length).fill(1),
        userNames: numbersBelow(all),
        itemNames: numbersBelow(itemCount),
      };
    };
    return Object.assign(finish, own);
  }
}

/** 0, 1, ... count - 1. */
function numbersBelow(count: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}
