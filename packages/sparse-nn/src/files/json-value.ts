/** JSON of a file's metadata: read field by field, since a file may come from anywhere. */

/** A part of the metadata; each method gives it as what it has to be. @throws {Error} naming the file and the field. */
export class JsonValue {
  readonly given: unknown;
  readonly #file: string;
  readonly #path: string;

  constructor(file: string, path: string, given: unknown) {
    this.#file = file;
    this.#path = path;
    this.given = given;
  }

  /**
   * The JSON of one key of a file's metadata; `name` is the file's.
   * @throws {Error} if it is none.
   */
  static of(metadata: Readonly<Record<string, string>>, key: string, name: string): JsonValue {
    try {
      return new JsonValue(name, key, JSON.parse(metadata[key] ?? ''));
    } catch (error) {
      throw new Error(`${name}: the metadata '${key}' is no JSON: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  }

  field(key: string): JsonValue {
    return new JsonValue(this.#file, `${this.#path}.${key}`, this.object()[key]);
  }

  object(): Record<string, unknown> {
    const { given } = this;
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
      return given as Record<string, unknown>;
    }
    throw this.#wrong('an object');
  }

  array(): unknown[] {
    if (Array.isArray(this.given)) return this.given;
    throw this.#wrong('a list');
  }

  /** The elements of a list of 1 or more. */
  elements(): JsonValue[] {
    const list = this.array();
    if (list.length === 0) throw this.#wrong('a list of 1 or more');
    return list.map((each, i) => new JsonValue(this.#file, `${this.#path}[${i}]`, each));
  }

  oneOf<T extends string>(known: readonly T[]): T {
    if (known.includes(this.given as T)) return this.given as T;
    throw this.#wrong(known.map((each) => `'${each}'`).join(' or '));
  }

  /** What `read` makes of it; its error gets the names of the file and the field. */
  by<T>(read: (given: unknown) => T): T {
    try {
      return read(this.given);
    } catch (error) {
      throw new Error(`${this.#file}: the metadata '${this.#path}': ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  boolean(): boolean {
    if (typeof this.given === 'boolean') return this.given;
    throw this.#wrong('true or false');
  }

  number(): number {
    if (typeof this.given === 'number' && Number.isFinite(this.given)) return this.given;
    throw this.#wrong('a finite number');
  }

  integer(): number {
    if (Number.isSafeInteger(this.given)) return this.given as number;
    throw this.#wrong('a whole number');
  }

  count(from: number = 0, to: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.integer();
    if (value >= from && value <= to) return value;
    throw this.#wrong(to === Number.MAX_SAFE_INTEGER ? `${from} or more` : `from ${from} to ${to}`);
  }

  counts(length: number): number[] {
    const list = this.array();
    if (list.length !== length) throw this.#wrong(`${length} numbers`);
    return list.map((each, i) => new JsonValue(this.#file, `${this.#path}[${i}]`, each).count());
  }

  /** The position of a stream of random numbers. */
  stream(): number[] {
    const list = this.array();
    if (list.length >= 4 && list.every((word) => Number.isFinite(word))) return list as number[];
    throw this.#wrong('the state of a random stream');
  }

  /** Whatever it is, with numbers of 0 or more for all that is no object or list. */
  numbers(): Record<string, unknown> {
    const isNumbers = (value: unknown): boolean =>
      typeof value === 'object' && value !== null
        ? Object.values(value).every(isNumbers)
        : typeof value === 'number' && value >= 0 && value < Infinity;
    if (isNumbers(this.object())) return this.object();
    throw this.#wrong('an object of numbers of 0 or more');
  }

  states(layers: number): (Record<string, unknown> | null)[] {
    const list = this.array();
    if (list.length !== layers) throw this.#wrong(`a list of ${layers}, one a layer`);
    return list.map((each, l) =>
      each === null ? null : new JsonValue(this.#file, `${this.#path}[${l}]`, each).object(),
    );
  }

  nullOr<T>(read: (value: this) => T): T | null {
    return this.given === null ? null : read(this);
  }

  #wrong(expected: string): Error {
    const got = this.given === undefined ? 'nothing' : (JSON.stringify(this.given) ?? String(this.given));
    const short = got.length > 80 ? `${got.slice(0, 80)}...` : got;
    return new Error(`${this.#file}: the metadata '${this.#path}' is to be ${expected}; got ${short}.`);
  }
}
