/** What indexes check of the arrays that they are given: kernels check nothing. */

/** The greatest length of a vector, and the greatest inner product, that 32-bit floats hold, with room for rounding. */
const GREATEST = 3.4e38;

/** Characters of a value that messages show, at most. */
const MOST_SHOWN = 60;

/** How many vectors a flat array holds. @throws {TypeError | RangeError} if it is no array of such vectors. */
export function countOf(flat: Float32Array, dimensions: number, what: string): number {
  if (!(flat instanceof Float32Array)) {
    throw new TypeError(`${what} come as a Float32Array; got ${described(flat)}.`);
  }
  if (flat.length % dimensions !== 0) {
    throw new RangeError(
      `${what} of ${dimensions} dimensions have a multiple of as many coordinates; got ${flat.length}.`,
    );
  }
  return flat.length / dimensions;
}

/** The lengths of the vectors. @throws {RangeError} if a coordinate is NaN or infinite, or a length above 3.4e38. */
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
    const length = Math.sqrt(sum);
    if (length > GREATEST) {
      throw new RangeError(
        `${what} ${v} has a length of ${length.toPrecision(3)}; 32-bit floats hold ${GREATEST}: scale it down.`,
      );
    }
    lengths[v] = length;
  }
  return lengths;
}

/** @throws {RangeError} if `dimensions` is not an integer of 1 or more. */
export function checkDimensions(dimensions: number): void {
  if (!(Number.isSafeInteger(dimensions) && dimensions >= 1)) {
    throw new RangeError(`An index has 1 or more dimensions; got ${described(dimensions)}.`);
  }
}

/** @throws {RangeError} if `k` is not an integer of 1 or more, or Infinity, which asks for all. */
export function checkK(k: number): void {
  if (!((Number.isInteger(k) && k >= 1) || k === Infinity)) {
    throw new RangeError(
      `The number of results, k, is an integer of 1 or more, or Infinity; got ${described(k)}.`,
    );
  }
}

/** @throws {RangeError} if arrays of the caller's have no room for the results of a search among `size` vectors. */
export function checkRoom(ids: Uint32Array, scores: Float32Array, k: number, size: number): void {
  if (!(ids instanceof Uint32Array && scores instanceof Float32Array)) {
    throw new TypeError(
      `Results go into a Uint32Array and a Float32Array; got ${described(ids)} and ${described(scores)}.`,
    );
  }
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
    throw new TypeError(`Queries come as a Float32Array; got ${described(query)}.`);
  }
  if (query.length !== dimensions) {
    throw new RangeError(`A query has ${dimensions} coordinates here; got ${query.length}.`);
  }
}

/** @throws {TypeError | RangeError} if it is no array of integers from 0 to 2^32 - 1. */
export function checkIdList(ids: ArrayLike<number>): void {
  if (!(Array.isArray(ids) || (ArrayBuffer.isView(ids) && !(ids instanceof DataView)))) {
    throw new TypeError(`Ids come as an array of integers; got ${described(ids)}.`);
  }
  for (let i = 0; i < ids.length; i++) {
    const id: unknown = ids[i];
    if (typeof id !== 'number') {
      throw new TypeError(`Ids are integers from 0 to ${2 ** 32 - 1}; id ${i} is ${described(id)}.`);
    }
    if (!(Number.isInteger(id) && id >= 0 && id < 2 ** 32)) {
      throw new RangeError(`Ids are integers from 0 to ${2 ** 32 - 1}; id ${i} is ${id}.`);
    }
  }
}

/** @throws {TypeError | RangeError} if there are not `count` ids, or one is no integer from 0 to 2^32 - 1. */
export function checkIds(ids: ArrayLike<number>, count: number): void {
  checkIdList(ids);
  if (ids.length === count) return;
  const longer = ids.length === 1 ? ' Has this vector more coordinates than the index has dimensions?' : '';
  throw new RangeError(`${count} vectors need as many ids; got ${ids.length}.${longer}`);
}

/** Whether 32-bit floats hold every inner product of a query and a vector of these lengths. */
export function productsFit(query: number, vector: number): boolean {
  return query * vector <= GREATEST;
}

/** @throws {RangeError} if 32-bit floats might not hold an inner product of a query and a vector of these lengths. */
export function checkProducts(query: number, vector: number): void {
  if (!productsFit(query, vector)) {
    throw new RangeError(
      `A query of length ${query.toPrecision(3)} and a vector of length ${vector.toPrecision(3)} ` +
        'can have an inner product that 32-bit floats do not hold: scale one of them down.',
    );
  }
}

/**
 * @throws {RangeError} if the options are no object, or one is none of those that there are: a name that is mistyped would
 * have no effect.
 */
export function checkNames(what: string, options: object, known: readonly string[]): void {
  checkObject(what, options);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      const others = known.length === 0 ? 'it has none' : `there are ${known.join(', ')}`;
      throw new RangeError(`There is no option ${name} of ${what}; ${others}.`);
    }
  }
}

/** @throws {TypeError} unless `spec` is an object with a kind; one that was forgotten, or its maker without a call, is none. */
export function checkSpec(what: string, spec: { readonly kind: string }): void {
  if (typeof spec === 'object' && spec !== null && spec.kind !== undefined) return;
  throw new TypeError(
    `${what} is given as the spec of one, such as { kind: '...' }; got ${described(spec)}.`,
  );
}

/** @throws {RangeError} if the options are no object, or a list, a Set or another that is gone through. */
function checkObject(what: string, options: object): void {
  if (typeof options === 'object' && options !== null && !(Symbol.iterator in options)) return;
  throw new RangeError(`The options of ${what} come as an object; got ${described(options)}.`);
}

/** A value as messages say it: its type unless it is a number, and the beginning of what is long. */
export function described(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'number' || value === undefined || value === null) return String(value);
  if (typeof value === 'object') return `the object ${Object.prototype.toString.call(value).slice(8, -1)}`;
  if (typeof value === 'function') return 'a function';
  return `the ${typeof value} ${typeof value === 'string' ? quoted(value) : beginning(String(value))}`;
}

/** A name as messages say it: in quotes, or what it is if it is no string. */
export function quoted(name: unknown): string {
  return typeof name === 'string' ? `'${beginning(name)}'` : described(name);
}

function beginning(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
}

/** The greatest of some lengths; 0 of none. */
export function greatest(lengths: Float64Array): number {
  let most = 0;
  for (const length of lengths) if (length > most) most = length;
  return most;
}
