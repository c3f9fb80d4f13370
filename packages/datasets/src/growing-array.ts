/** Typed arrays whose length is not known beforehand. */
type TypedArray = Uint8Array | Int32Array | Float32Array | Float64Array;

interface Constructor<T extends TypedArray> {
  new (length: number): T;
}

/** Elements of the first segment, and of the largest. */
const [FIRST, LARGEST] = [2 ** 10, 2 ** 20];

/** Elements that are copied one by one: a call costs as much as some dozens of them. */
const FEW = 128;

/** Room beyond what is expected, and the most that is left unused at the end, both as shares. */
const [MARGIN, MOST_UNUSED] = [1 / 32, 1 / 8];

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
  #expected = 0;

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
    this.appendFirst(values, values.length);
  }

  /** Appends the first `count` of the values. */
  appendFirst(values: T, count: number): void {
    const at = this.#used;
    if (count < FEW && at + count <= this.#segment.length) {
      const segment = this.#segment;
      for (let i = 0; i < count; i++) segment[at + i] = values[i]!;
      this.#used += count;
      return;
    }
    this.#appendMany(count === values.length ? values : (values.subarray(0, count) as T));
  }

  #appendMany(values: T): void {
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

  /**
   * Makes room at once for about so many elements in all, so that they need not be brought together. Room that is never used
   * takes no memory: systems give pages when they are first written. Does nothing where there is no such room.
   */
  expect(length: number): void {
    const capacity = Math.ceil(length * (1 + MARGIN)) + FIRST;
    if (this.#expected > 0 || capacity <= this.length) return;
    let room: T;
    try {
      room = new this.#type(capacity);
    } catch {
      return;
    }
    const used = this.length;
    this.#gather(room);
    this.#segment = room;
    this.#used = used;
    this.#expected = length;
  }

  /**
   * All elements in one array; this is empty then. Where their number was expected well, the array is a view of a buffer
   * that is a little longer; else the buffer is as long as the elements are.
   */
  finish(): T {
    let all: T;
    if (this.#expected > 0 && this.#full.length === 0 && this.#isFull()) {
      all = this.#segment.subarray(0, this.#used) as T;
    } else {
      all = new this.#type(this.length);
      this.#gather(all);
    }
    this.#segment = new this.#type(FIRST);
    this.#used = 0;
    this.#expected = 0;
    return all;
  }

  #isFull(): boolean {
    return this.#used >= (1 - MOST_UNUSED) * this.#segment.length;
  }

  /** Copies all elements, and gives back the memory of the full segments. */
  #gather(all: T): void {
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
  }

  #next(): void {
    this.#full.push(this.#segment);
    this.#before += this.#segment.length;
    this.#used = 0;
    this.#segment = new this.#type(Math.min(2 * this.#segment.length, LARGEST));
  }
}
