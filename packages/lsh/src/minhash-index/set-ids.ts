/** The ids of sets, integers and strings, and the place of each. */
import { described } from '../vectors/check-flat.ts';

/** An integer from 0 to 2^53 - 1, or a string. The integer 7 and the string '7' are two ids. */
export type SetId = number | string;

/** Bytes of an id in a map and an array, about; strings take what they have besides. */
const ID_BYTES = 48;

export class SetIds {
  readonly #places = new Map<SetId, number>();
  readonly #ids: (SetId | undefined)[] = [];
  /** Places that were given back, the last to be given out again first. */
  readonly #free: number[] = [];
  /** One above the greatest integer that was ever an id. */
  #next = 0;

  get size(): number {
    return this.#places.size;
  }

  /** The integer that the next set gets if it is given none: above all that there ever were. */
  get next(): number {
    return this.#next;
  }

  /** Places are below this once `count` ids more are here. */
  placesWith(count: number): number {
    return this.#ids.length + Math.max(0, count - this.#free.length);
  }

  get bytes(): number {
    return ID_BYTES * this.#ids.length;
  }

  has(id: SetId): boolean {
    return this.#places.has(id);
  }

  /** The place of an id that there is. @throws {RangeError} if there is none. */
  placeOf(id: SetId): number {
    checkId(id, 'An id');
    const place = this.#places.get(id);
    if (place === undefined) throw new RangeError(`There is no set ${JSON.stringify(id)}.`);
    return place;
  }

  /** The id in a place that is taken. */
  idAt(place: number): SetId {
    return this.#ids[place] as SetId;
  }

  /**
   * Gives new ids places, in their order.
   * @throws {RangeError} if there is no room for them; nothing is changed then.
   */
  add(ids: readonly SetId[]): number[] {
    const { size } = this;
    const used = this.#free.length;
    const places = ids.map((_, i) =>
      i < used ? (this.#free[used - 1 - i] as number) : this.#ids.length + i - used,
    );
    try {
      for (const [i, id] of ids.entries()) this.#places.set(id, places[i] as number);
    } catch (cause) {
      // A Map that is full throws half-way.
      for (const id of ids) this.#places.delete(id);
      throw new RangeError(`There is no room for ${ids.length} sets beside the ${size} there are.`, {
        cause,
      });
    }
    this.#free.length -= Math.min(used, ids.length);
    for (const [i, id] of ids.entries()) {
      this.#ids[places[i] as number] = id;
      if (typeof id === 'number') this.raiseNext(id + 1);
    }
    return places;
  }

  /** Takes an id that there is out, and gives its place back. */
  remove(id: SetId): number {
    const place = this.#places.get(id) as number;
    this.#places.delete(id);
    this.#ids[place] = undefined;
    this.#free.push(place);
    return place;
  }

  /** From now on ids that are not given are `next` or above. */
  raiseNext(next: number): void {
    if (next > this.#next) this.#next = next;
  }

  /** All ids, in their order. */
  sorted(): SetId[] {
    return [...this.#places.keys()].toSorted(compareIds);
  }

  /**
   * The ids of `count` new sets: those given, or the next integers.
   * @throws {TypeError | RangeError} if one is no id, taken or given twice, or there are not `count`.
   */
  newIds(count: number, given: Iterable<SetId> | undefined): SetId[] {
    if (!given) {
      const first = this.#next;
      if (count > 2 ** 53 - first) {
        throw new RangeError(
          `There are no ${count} integers above ${first - 1}: give the sets ids of your own.`,
        );
      }
      return Array.from({ length: count }, (_, i) => first + i);
    }
    if (typeof given === 'string' || typeof given[Symbol.iterator] !== 'function') {
      throw new TypeError(`Ids come as an array, one for each set; got ${described(given)}.`);
    }
    const ids = [...given];
    if (ids.length !== count) throw new RangeError(`${count} sets need as many ids; got ${ids.length}.`);
    const seen = new Set<SetId>();
    for (const [i, id] of ids.entries()) {
      checkId(id, `The id of set ${i}`);
      if (seen.has(id)) throw new RangeError(`The id ${JSON.stringify(id)} comes twice.`);
      if (this.has(id)) {
        throw new RangeError(`There is a set ${JSON.stringify(id)} already: \`update\` replaces it.`);
      }
      seen.add(id);
    }
    return ids;
  }
}

/** Integers come before strings, both ascending, strings by their code units. */
export function compareIds(a: SetId, b: SetId): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  if (typeof b === 'number') return 1;
  return a < b ? -1 : Number(a > b);
}

/** @throws {TypeError | RangeError} if it is neither a string nor an integer from 0 to 2^53 - 1. */
function checkId(id: unknown, what: string): void {
  if (typeof id === 'string') return;
  if (typeof id !== 'number') {
    throw new TypeError(`${what} is an integer or a string; got ${described(id)}.`);
  }
  if (!(Number.isSafeInteger(id) && id >= 0 && !Object.is(id, -0))) {
    throw new RangeError(`${what} is an integer from 0 to ${Number.MAX_SAFE_INTEGER}; got ${described(id)}.`);
  }
}
