/** Where each id's vector is: an array while ids are small integers, as they mostly are, a map once they are not. */

const NOWHERE = -1;

export class IdTable {
  #dense: Int32Array | undefined = new Int32Array(1024).fill(NOWHERE);
  #sparse: Map<number, number> | undefined;
  #size = 0;
  /** One above the greatest id that there ever was. */
  #next = 0;

  get size(): number {
    return this.#size;
  }

  /** The id that the next vector gets if it is given none: one above the greatest that there ever was. */
  get next(): number {
    return this.#next;
  }

  /** Gives no vector an id below `next`, as if there had been one before: files remember it. */
  startAt(next: number): void {
    this.#next = Math.max(this.#next, next);
  }

  /** The ids of so many new vectors. @throws {RangeError} if there are not as many. */
  nextIds(count: number): Uint32Array {
    const first = this.#next;
    if (first + count > 2 ** 32) {
      throw new RangeError(
        `There are no ${count} ids above ${first - 1}: give the vectors ids of your own, from 0 to ${2 ** 32 - 1}.`,
      );
    }
    return Uint32Array.from({ length: count }, (_, i) => first + i);
  }

  /** The place of an id's vector; undefined if there is none. */
  get(id: number): number | undefined {
    if (this.#sparse) return this.#sparse.get(id);
    const place = this.#dense?.[id];
    return place === NOWHERE ? undefined : place;
  }

  set(id: number, place: number): void {
    if (id >= this.#next) this.#next = id + 1;
    const dense = this.#dense;
    if (!dense) {
      this.#sparse?.set(id, place);
      this.#size = this.#sparse?.size ?? 0;
      return;
    }
    if (id >= dense.length) {
      if (id < 4 * this.#size + 4096) this.#grow(id);
      else this.#spread(dense);
      this.set(id, place);
      return;
    }
    if (dense[id] === NOWHERE) this.#size++;
    dense[id] = place;
  }

  delete(id: number): void {
    if (this.get(id) === undefined) return;
    this.#size--;
    if (this.#sparse) this.#sparse.delete(id);
    else if (this.#dense) this.#dense[id] = NOWHERE;
  }

  #grow(id: number): void {
    const old = this.#dense as Int32Array;
    this.#dense = new Int32Array(Math.max(2 * old.length, id + 1)).fill(NOWHERE);
    this.#dense.set(old);
  }

  #spread(dense: Int32Array): void {
    this.#sparse = new Map();
    for (let id = 0; id < dense.length; id++) {
      if (dense[id] !== NOWHERE) this.#sparse.set(id, dense[id] as number);
    }
    this.#dense = undefined;
  }

  /** Bytes, as far as they can be told. */
  get bytes(): number {
    return this.#dense ? this.#dense.byteLength : 40 * this.#size;
  }
}

/**
 * The ids of `count` new vectors: those given, or the next ones.
 * @throws {RangeError} if one is taken, or comes twice.
 */
export function newIds(table: IdTable, count: number, given: ArrayLike<number> | undefined): Uint32Array {
  if (!given) return table.nextIds(count);
  const ids = Uint32Array.from(given);
  for (const id of ids) {
    if (table.get(id) !== undefined) {
      throw new RangeError(`There is a vector ${id} already: \`update\` replaces it.`);
    }
  }
  checkDistinct(ids);
  return ids;
}

/** The places of vectors that there are. @throws {RangeError} if one is missing, or comes twice. */
export function knownPlaces(table: IdTable, ids: ArrayLike<number>): number[] {
  const places = Array.from(ids, (id) => {
    const place = table.get(id);
    if (place === undefined) throw new RangeError(`There is no vector ${id}.`);
    return place;
  });
  if (ids.length > 1) checkDistinct(ids);
  return places;
}

function checkDistinct(ids: ArrayLike<number>): void {
  const seen = new Set<number>();
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (seen.has(id)) throw new RangeError(`Vector ${id} comes twice.`);
    seen.add(id);
  }
}
