/** Typed arrays whose length is not known beforehand. */
type TypedArray = Uint8Array | Int32Array | Float32Array | Float64Array;

interface Constructor<T extends TypedArray> {
  new (length: number): T;
}

/** Elements of the first segment, and of the largest. */
const [FIRST, LARGEST] = [2 ** 10, 2 ** 20];

/**
 * Elements one after the other, in segments: nothing is copied while they become more, and where they are brought together
 * each segment is given back as soon as it is copied, so that hardly more memory is held than the elements take.
 */
export class GrowingArray<T extends TypedArray> {
  readonly #type: Constructor<T>;
  readonly #full: T[] = [];
  /** Elements in the full segments. */
  #before = 0;
  #segment: T;
  #used = 0;

  constructor(type: Constructor<T>) {
    this.#type = type;
    this.#segment = new type(FIRST);
  }

  get length(): number {
    return this.#before + this.#used;
  }

  push(value: number): void {
    if (this.#used === this.#segment.length) this.#next();
    this.#segment[this.#used++] = value;
  }

  append(values: T): void {
    for (let from = 0; from < values.length;) {
      if (this.#used === this.#segment.length) this.#next();
      const count = Math.min(values.length - from, this.#segment.length - this.#used);
      this.#segment.set(
        from === 0 && count === values.length ? values : values.subarray(from, from + count),
        this.#used,
      );
      this.#used += count;
      from += count;
    }
  }

  /** All elements in an array of their own; this is empty then. */
  finish(): T {
    const all = new this.#type(this.length);
    let at = 0;
    for (const segment of this.#full) {
      all.set(segment, at);
      at += segment.length;
      // Gives the memory back now, not when garbage is collected.
      (segment.buffer as ArrayBuffer).transfer(0);
    }
    all.set(this.#segment.subarray(0, this.#used), at);
    this.#full.length = 0;
    this.#before = 0;
    this.#segment = new this.#type(FIRST);
    this.#used = 0;
    return all;
  }

  #next(): void {
    this.#full.push(this.#segment);
    this.#before += this.#segment.length;
    this.#used = 0;
    this.#segment = new this.#type(Math.min(2 * this.#segment.length, LARGEST));
  }
}
