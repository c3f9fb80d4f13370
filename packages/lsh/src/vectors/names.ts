/** Names for the ids of an index: a two-way table of strings and integers. */
import { checkIdList, described } from './check-flat.ts';

/** Names that a message lists, and characters that it shows of one, at most. */
const MOST_LISTED = 5;
const MOST_SHOWN = 60;

/** Ids are below this. */
const END = 2 ** 32;

/** What `Names.toJSON` gives and `Names.from` takes: `ids[i]` is the id of `names[i]`; ids ascend. */
export interface NamesJson {
  readonly names: readonly string[];
  readonly ids: readonly number[];
  /** The id that the next name gets: above every id there ever was. */
  readonly next: number;
}

/**
 * A table of different strings and the integer ids that indexes take. It knows no index: it stands beside one, and every
 * vector of that index has its id from here. Names are compared by their code units, and any string is one, '' too.
 * A call that throws has changed nothing. A table holds about 16 million names, as many as a `Map` does.
 *
 * ```ts
 * const names = new Names();
 * index.add(vectors, names.take(['ant', 'bee', 'cat']));
 * names.of(index.search(query, 2).ids); // ['bee', 'ant']
 * index.update(names.ids(['bee']), vector);
 * index.remove(names.drop(['ant']));
 * ```
 */
export class Names implements Iterable<[name: string, id: number]> {
  // Both hold ids in ascending order: names are only ever put at the end, with a greater id.
  readonly #ids = new Map<string, number>();
  readonly #names = new Map<number, string>();
  #next = 0;

  /**
   * The table that `toJSON` was called of.
   * @param json An object of JSON.parse, not its text.
   * @throws {TypeError | RangeError} if it is no such object: names are different strings, ids ascending integers below
   *   `next`, as many as names, and `next` is at most 2^32.
   */
  static from(json: NamesJson): Names {
    if (typeof json !== 'object' || json === null) {
      throw new TypeError(`A table of names is read from an object; got ${described(json)}.`);
    }
    const { names, ids, next } = json;
    if (!Array.isArray(names) || !Array.isArray(ids)) {
      throw new TypeError(
        `A table of names has arrays \`names\` and \`ids\`; got ${described(names)} and ${described(ids)}.`,
      );
    }
    if (names.length !== ids.length) {
      throw new RangeError(`${names.length} names have as many ids; got ${ids.length}.`);
    }
    if (!(Number.isInteger(next) && next >= 0 && next <= END)) {
      throw new RangeError(`\`next\` is an integer from 0 to ${END}; got ${described(next)}.`);
    }
    let least = 0;
    for (const [i, id] of ids.entries()) {
      if (!(Number.isInteger(id) && id >= least && id < next)) {
        throw new RangeError(`Id ${i} is an integer from ${least} to ${next - 1}; got ${described(id)}.`);
      }
      least = id + 1;
    }
    const table = new Names();
    table.#put(differentNames(names), ids);
    table.#next = next;
    return table;
  }

  /** How many names there are. */
  get size(): number {
    return this.#ids.size;
  }

  /** Whether there is such a name. */
  has(name: string): boolean {
    return this.#ids.has(name);
  }

  /** The id of a name, undefined if there is none. */
  id(name: string): number | undefined {
    return this.#ids.get(name);
  }

  /**
   * The ids of names, in their order; for `update` of an index, for instance.
   * @throws {RangeError} that says which are missing. @throws {TypeError} if one is no string.
   */
  ids(names: Iterable<string>): Uint32Array {
    return this.#idsOf(listOf(names));
  }

  /**
   * The names of ids, in their order; for the ids that a search gives.
   * @throws {RangeError} if an id has no name. @throws {TypeError} if ids are no array of integers.
   */
  of(ids: ArrayLike<number>): string[] {
    checkIdList(ids);
    return Array.from(ids, (id) => {
      const name = this.#names.get(id);
      if (name === undefined) throw new RangeError(`The id ${id} has no name.`);
      return name;
    });
  }

  /**
   * The ids of names as a Set: the `filter` of a search that is to find no others. A name may come twice.
   * @throws {RangeError} that says which are missing: leave those out by `has`. @throws {TypeError} if one is no string.
   */
  filter(names: Iterable<string>): Set<number> {
    return new Set(this.ids(names));
  }

  /**
   * Gives new names the next ids, for `add` of an index. Ids ascend, and one that was dropped is never given again. If `add`
   * then throws, `drop` the names.
   * @throws {RangeError} that says which names are there already or come twice, or if there is no room for so many.
   * @throws {TypeError} if one is no string.
   */
  take(names: Iterable<string>): Uint32Array {
    const list = differentNames(names);
    const taken = list.filter((name) => this.#ids.has(name));
    if (taken.length > 0) throw new RangeError(`These names are there already: ${listed(taken)}.`);
    const first = this.#next;
    if (first + list.length > END) {
      throw new RangeError(`${list.length} names need as many ids; ${END - first} of ${END} are left.`);
    }
    const ids = Uint32Array.from(list, (_, i) => first + i);
    this.#put(list, ids);
    this.#next = first + list.length;
    return ids;
  }

  /**
   * Forgets names, and gives the ids that they had, in their order, for `remove` of an index.
   * @throws {RangeError} that says which are missing or come twice. @throws {TypeError} if one is no string.
   */
  drop(names: Iterable<string>): Uint32Array {
    const list = differentNames(names);
    const ids = this.#idsOf(list);
    for (const name of list) this.#ids.delete(name);
    for (const id of ids) this.#names.delete(id);
    return ids;
  }

  /** Names with their ids, by ascending ids. */
  [Symbol.iterator](): IterableIterator<[name: string, id: number]> {
    return this.#ids.entries();
  }

  /** What `JSON.stringify` writes, to be saved beside the index. */
  toJSON(): NamesJson {
    return { names: [...this.#ids.keys()], ids: [...this.#ids.values()], next: this.#next };
  }

  #idsOf(names: readonly string[]): Uint32Array {
    const missing = names.filter((name) => !this.#ids.has(name));
    if (missing.length > 0) throw new RangeError(`These names are missing: ${listed(missing)}.`);
    return Uint32Array.from(names, (name) => this.#ids.get(name) as number);
  }

  /** Puts in new names with new ids. A Map that is full throws half-way, so what is in is taken out again. */
  #put(names: readonly string[], ids: ArrayLike<number>): void {
    const { size } = this;
    try {
      for (const [i, name] of names.entries()) {
        this.#ids.set(name, ids[i] as number);
        this.#names.set(ids[i] as number, name);
      }
    } catch (cause) {
      for (const [i, name] of names.entries()) {
        this.#ids.delete(name);
        this.#names.delete(ids[i] as number);
      }
      throw new RangeError(`There is no room for ${names.length} names beside the ${size} there are.`, {
        cause,
      });
    }
  }
}

/** @throws {TypeError} if they are no strings, or are one. */
function listOf(names: Iterable<string>): string[] {
  if (typeof names !== 'object' || names === null || typeof names[Symbol.iterator] !== 'function') {
    throw new TypeError(`Names come as an array of strings; got ${described(names)}.`);
  }
  const list = [...names];
  for (const [i, name] of list.entries()) {
    if (typeof name !== 'string') throw new TypeError(`Names are strings; name ${i} is ${described(name)}.`);
  }
  return list;
}

/** As `listOf`. @throws {RangeError} if a name comes twice. */
function differentNames(names: Iterable<string>): string[] {
  const list = listOf(names);
  const seen = new Set<string>();
  for (const name of list) {
    if (seen.has(name)) throw new RangeError(`The name ${listed([name])} comes twice.`);
    seen.add(name);
  }
  return list;
}

/** The first few names, and how many more there are. */
function listed(names: readonly string[]): string {
  const first = names
    .slice(0, MOST_LISTED)
    .map((name) => JSON.stringify(name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN)}...` : name));
  const more = names.length - first.length;
  return first.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
