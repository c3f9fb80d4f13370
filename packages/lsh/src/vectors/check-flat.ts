/** What indexes check of the arrays that they are given: kernels check nothing. */

/** The greatest inner product that 32-bit floats hold, with room for rounding. */
const GREATEST = 3.4e38;

/** How many vectors a flat array holds. @throws {TypeError | RangeError} if it is no array of such vectors. */
export function countOf(flat: Float32Array, dimensions: number, what: string): number {
  if (!(flat instanceof Float32Array)) {
    throw new TypeError(`${what} come as a Float32Array; got ${typeNameOf(flat)}.`);
  }
  if (flat.length % dimensions !== 0) {
    throw new RangeError(
      `${what} of ${dimensions} dimensions have a multiple of as many coordinates; got ${flat.length}.`,
    );
  }
  return flat.length / dimensions;
}

/** The lengths of the vectors. @throws {RangeError} if a coordinate is NaN or infinite. */
export function lengthsOf(flat: Float32Array, dimensions: number, what: string): Float64Array {
  const lengths = new Float64Array(flat.length / dimensions);
  for (let v = 0, i = 0; v < lengths.length; v++) {
    let sum = 0;
    for (const end = i + dimensions; i < end; i++) sum += (flat[i] as number) * (flat[i] as number);
    // Squares of 32-bit floats are finite in 64 bits, and so is their sum.
    if (!Number.isFinite(sum)) {
      const k = flat.subarray(i - dimensions, i).findIndex((x) => !Number.isFinite(x));
      throw new RangeError(`${what} ${v} has ${flat[i - dimensions + k]} at coordinate ${k}.`);
    }
    lengths[v] = Math.sqrt(sum);
  }
  return lengths;
}

/** @throws {RangeError} if `dimensions` is not an integer of 1 or more. */
export function checkDimensions(dimensions: number): void {
  if (!(Number.isSafeInteger(dimensions) && dimensions >= 1)) {
    throw new RangeError(`An index has 1 or more dimensions; got ${dimensions}.`);
  }
}

/** @throws {RangeError} if `k` is not an integer of 1 or more. */
export function checkK(k: number): void {
  if (!(Number.isInteger(k) && k >= 1)) {
    throw new RangeError(`The number of results, k, is an integer of 1 or more; got ${k}.`);
  }
}

/** @throws {RangeError} if arrays of the caller's have no room for the results of a search among `size` vectors. */
export function checkRoom(ids: Uint32Array, scores: Float32Array, k: number, size: number): void {
  const most = Math.min(k, size);
  if (Math.min(ids.length, scores.length) < most) {
    throw new RangeError(
      `${most} results do not fit into arrays of ${ids.length} ids and ${scores.length} scores.`,
    );
  }
}

/** @throws {TypeError | RangeError} if it is not one query of so many coordinates. */
export function checkQuery(query: Float32Array, dimensions: number): void {
  if (!(query instanceof Float32Array)) {
    throw new TypeError(`Queries come as a Float32Array; got ${typeNameOf(query)}.`);
  }
  if (query.length !== dimensions) {
    throw new RangeError(`A query has ${dimensions} coordinates here; got ${query.length}.`);
  }
}

/**
 * @throws {TypeError} if the ids are no list, or one is not a number.
 * @throws {RangeError} if there are not `count` ids, or one is no integer from 0 to 2^32 - 1.
 */
export function checkIds(ids: ArrayLike<number>, count: number): void {
  if (!(typeof ids === 'object' && ids !== null && typeof ids.length === 'number')) {
    throw new TypeError(`Ids come as an array of integers; got ${typeNameOf(ids)}.`);
  }
  if (ids.length !== count) throw new RangeError(`${count} vectors need as many ids; got ${ids.length}.`);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (typeof id !== 'number') {
      throw new TypeError(`Ids are integers, as numbers; vector ${i} has ${shown(id)}.`);
    }
    if (!(Number.isInteger(id) && id >= 0 && id < 2 ** 32)) {
      throw new RangeError(`Ids are integers from 0 to ${2 ** 32 - 1}; vector ${i} has ${id}.`);
    }
  }
}

/** @throws {RangeError} if 32-bit floats might not hold an inner product of a query and a vector of these lengths. */
export function checkProducts(query: number, vector: number): void {
  if (query * vector > GREATEST) {
    throw new RangeError(
      `A query of length ${query.toPrecision(3)} and a vector of length ${vector.toPrecision(3)} ` +
        'can have an inner product that 32-bit floats do not hold: scale one of them down.',
    );
  }
}

/** A value and its type, for messages. */
function shown(value: unknown): string {
  return value === undefined || value === null ? String(value) : `${typeNameOf(value)}, ${String(value)}`;
}

/** What a value is, for messages: its type, or the class of an object. */
export function typeNameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? (value.constructor?.name ?? 'an object') : `a ${typeof value}`;
}

/** The greatest of some lengths; 0 of none. */
export function greatest(lengths: Float64Array): number {
  let most = 0;
  for (const length of lengths) if (length > most) most = length;
  return most;
}
