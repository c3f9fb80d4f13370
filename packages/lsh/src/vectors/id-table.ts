/** Where each id's vector is: an array while ids are small integers, as they mostly are, a hash table once they are not. */

/** Arrays have places plus 1, and 0 where there is none: memory that is not written to yet takes no room. */
const NOWHERE = 0;

/** Ids are integers from 0 to 2^32 - 1, places from 0 to 2^31 - 1. Only `reserve` needs memory. */
export class IdTable {
  /** One an id, until they spread. */
  #dense: Uint32Array | undefined = new Uint32Array(1024);
  /** Linear probing: ids, and where there is one its place, else NOWHERE. At most half of the slots are taken. */
  #keys = new Uint32Array(0);
  #places = new Uint32Array(0);
  #size = 0;
  #next = 0;

  get size(): number {
    return this.#size;
  }

  /** The id that the next vector gets if it is given none: one above the greatest that there ever was. */
  get next(): number {
    return this.#next;
  }

  /** Gives no id below `next` by default. Of a table that was saved. */
  skipTo(next: number): void {
    this.#next = Math.max(this.#next, next);
  }

  /** Gives ids from `next` on again by default: those that were here since are not, and nobody has seen them. */
  backTo(next: number): void {
    this.#next = next;
  }

  /** The ids that the next vectors get if they are given none. @throws {RangeError} if there are no so many. */
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
    const entry = this.#dense ? this.#dense[id] : this.#places[this.#slot(id)];
    return entry ? entry - 1 : undefined;
  }

  /** Makes room for new ids, so that `set` of them cannot fail. */
  reserve(ids: ArrayLike<number>): void {
    const count = this.#size + ids.length;
    if (this.#dense) {
      let greatest = 0;
      for (let i = 0; i < ids.length; i++) greatest = Math.max(greatest, ids[i] as number);
      const { length } = this.#dense;
      if (greatest < length) return;
      if (greatest >= 4 * count + 4096) {
        this.#spread(count);
        return;
      }
      const dense = new Uint32Array(Math.max(2 * length, greatest + 1));
      dense.set(this.#dense);
      this.#dense = dense;
    } else if (2 * count > this.#keys.length) this.#spread(count);
  }

  /** Notes the place of an id that is here, or was given to `reserve`. */
  set(id: number, place: number): void {
    if (id >= this.#next) this.#next = id + 1;
    const places = this.#dense ?? this.#places;
    const slot = this.#dense ? id : this.#slot(id);
    if (!this.#dense) this.#keys[slot] = id;
    if (places[slot] === NOWHERE) this.#size++;
    places[slot] = place + 1;
  }

  /** Forgets an id that is here. */
  delete(id: number): void {
    this.#size--;
    if (this.#dense) this.#dense[id] = NOWHERE;
    else this.#vacate(this.#slot(id));
  }

  /** All ids, ascending. */
  ids(): Uint32Array {
    const ids = new Uint32Array(this.#size);
    const places = this.#dense ?? this.#places;
    let count = 0;
    for (let slot = 0; slot < places.length; slot++) {
      if (places[slot] !== NOWHERE) ids[count++] = this.#dense ? slot : (this.#keys[slot] as number);
    }
    return this.#dense ? ids : ids.toSorted();
  }

  get bytes(): number {
    return (this.#dense?.byteLength ?? 0) + this.#keys.byteLength + this.#places.byteLength;
  }

  /** The slot of an id, or the empty one where it would go. */
  #slot(id: number): number {
    const last = this.#keys.length - 1;
    let slot = spreadBits(id) & last;
    while (this.#places[slot] !== NOWHERE && this.#keys[slot] !== id) slot = (slot + 1) & last;
    return slot;
  }

  /** Empties a slot, and moves those up that would not be found across the gap (Knuth 6.4, algorithm R). */
  #vacate(gap: number): void {
    const last = this.#keys.length - 1;
    for (let slot = (gap + 1) & last; this.#places[slot] !== NOWHERE; slot = (slot + 1) & last) {
      const home = spreadBits(this.#keys[slot] as number) & last;
      if (((slot - home) & last) < ((slot - gap) & last)) continue;
      this.#keys[gap] = this.#keys[slot] as number;
      this.#places[gap] = this.#places[slot] as number;
      gap = slot;
    }
    this.#places[gap] = NOWHERE;
  }

  /** Makes a hash table for `count` ids of what is here. */
  #spread(count: number): void {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(1024, 3 * count)));
    const [keys, places] = [this.#keys, this.#places];
    const dense = this.#dense;
    const [newKeys, newPlaces] = [new Uint32Array(slots), new Uint32Array(slots)];
    this.#keys = newKeys;
    this.#places = newPlaces;
    this.#dense = undefined;
    const old = dense ?? places;
    for (let i = 0; i < old.length; i++) {
      if (old[i] === NOWHERE) continue;
      const id = dense ? i : (keys[i] as number);
      const slot = this.#slot(id);
      newKeys[slot] = id;
      newPlaces[slot] = old[i] as number;
    }
  }
}

/** Mixes the bits of an id, so that ids in steps of a power of two do not share slots. */
function spreadBits(id: number): number {
  const mixed = Math.imul(id ^ (id >>> 16), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
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
export function knownPlaces(table: IdTable, ids: ArrayLike<number>): Int32Array {
  const places = new Int32Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    const place = table.get(ids[i] as number);
    if (place === undefined) throw new RangeError(`There is no vector ${ids[i]}.`);
    places[i] = place;
  }
  if (ids.length > 1) checkDistinct(Uint32Array.from(ids));
  return places;
}

function checkDistinct(ids: Uint32Array): void {
  const sorted = ids.toSorted();
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) throw new RangeError(`Vector ${sorted[i]} comes twice.`);
  }
}
