/** Memory that runs out: allocations of an arena or of the heap fail, one after the other, or all that are too large. */

const METHODS = ['float32', 'float64', 'int32', 'uint32', 'uint16', 'uint8', 'int8'] as const;

/** What allocates: an arena. */
export type Allocating = Readonly<Record<(typeof METHODS)[number], (length: number) => object>>;

export interface Failing extends Disposable {
  /** Whether the allocation was asked for, and failed. */
  readonly failed: boolean;
}

/** Makes `count` allocations that come after `before` others fail, as if the arena were full, until it is disposed. */
export function failAllocation(arena: Allocating, before: number, count: number = 1): Failing {
  const methods = arena as Record<string, unknown>;
  let [asked, failed] = [0, false];
  for (const method of METHODS) {
    const allocate = arena[method].bind(arena);
    methods[method] = (length: number) => {
      const number = asked++;
      if (number < before || number >= before + count) return allocate(length);
      failed = true;
      throw new RangeError(`No room for ${length} elements: allocation ${before} is made to fail.`);
    };
  }
  return {
    get failed() {
      return failed;
    },
    [Symbol.dispose]() {
      // The methods of the prototype are back.
      for (const method of METHODS) delete methods[method];
    },
  };
}

/**
 * Does `use` while `count` allocations that come after `before` others fail; whether one was asked for.
 * @throws what `use` throws for another reason. @throws {Error} if the allocation failed and `use` did not.
 */
export function withFailure(arena: Allocating, before: number, use: () => void, count: number = 1): boolean {
  using failing = failAllocation(arena, before, count);
  return failsFor(() => failing.failed, `allocation ${before} is made to fail`, use);
}

const ARRAYS = ['Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array', 'Uint8Array'] as const;

/** As `withFailure`, for typed arrays of the heap that are made by their length. */
export function withHeapFailure(before: number, use: () => void): boolean {
  const all = globalThis as Record<string, unknown>;
  const originals = ARRAYS.map((name) => all[name] as new (...given: unknown[]) => object);
  let [asked, failed] = [0, false];
  for (const [i, name] of ARRAYS.entries()) {
    all[name] = new Proxy(originals[i]!, {
      construct(target, given, self) {
        if (typeof given[0] !== 'number' || asked++ !== before) return Reflect.construct(target, given, self);
        failed = true;
        throw new RangeError(`Array buffer allocation failed: number ${before}.`);
      },
    });
  }
  try {
    return failsFor(() => failed, `Array buffer allocation failed: number ${before}.`, use);
  } finally {
    for (const [i, name] of ARRAYS.entries()) all[name] = originals[i];
  }
}

function failsFor(hasFailed: () => boolean, reason: string, use: () => void): boolean {
  try {
    use();
  } catch (error) {
    if (hasFailed() && (error as Error).message.includes(reason)) return true;
    throw error;
  }
  if (hasFailed()) throw new Error('An allocation failed, and nobody said so.');
  return false;
}

/** Writes to the pieces that an arena would give out next, of many sizes, and gives them back: nobody may read there. */
export function overwriteFree(arena: Pick<Allocating, 'uint8'> & { free(view: never): void }): void {
  const pieces: object[] = [];
  for (let length = 2 ** 14; length >= 64; length /= 2) {
    for (let i = 0; i < 8; i++) pieces.push((arena.uint8(length) as Uint8Array).fill(0x7e));
  }
  for (const piece of pieces) arena.free(piece as never);
}

/** Fills an arena until there is no room for 64 bytes, but for a hole of so many (64 times a power of 2, or 0). */
export function fillArena(arena: Allocating & { free(view: never): void }, hole: number): void {
  const pieces: { length: number; view: object }[] = [];
  for (let length = 2 ** 30; length >= 64; length /= 2) {
    try {
      for (;;) pieces.push({ length, view: arena.uint8(length) });
    } catch {
      // Shorter ones may fit.
    }
  }
  const piece = pieces.findLast(({ length }) => length >= hole);
  if (hole === 0 || !piece) return;
  arena.free(piece.view as never);
  if (piece.length === hole) return;
  const kept = arena.uint8(hole);
  fillArena(arena, 0);
  arena.free(kept as never);
}
