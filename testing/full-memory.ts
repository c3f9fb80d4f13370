/** Memory that runs out: allocations of an arena fail, one after the other, or all that are too large for what is left. */

const METHODS = ['float32', 'float64', 'int32', 'uint32', 'uint16', 'uint8', 'int8'] as const;

/** What allocates: an arena. */
export type Allocating = Readonly<Record<(typeof METHODS)[number], (length: number) => object>>;

export interface Failing extends Disposable {
  /** Whether the allocation was asked for, and failed. */
  readonly failed: boolean;
}

/** Makes the allocation that comes after `before` others fail, as if the arena were full, until it is disposed. */
export function failAllocation(arena: Allocating, before: number): Failing {
  const methods = arena as Record<string, unknown>;
  let [asked, failed] = [0, false];
  for (const method of METHODS) {
    const allocate = arena[method].bind(arena);
    methods[method] = (length: number) => {
      if (asked++ !== before) return allocate(length);
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
