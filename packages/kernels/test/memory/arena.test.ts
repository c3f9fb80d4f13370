import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { occupyMemory } from '../../src/memory/memory-pool.ts';
import { ALIGNMENT, Arena } from '../../src/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';

const KINDS = ['float32', 'float64', 'int32', 'uint32', 'uint16', 'uint8'] as const;
const MEBIBYTE = 2 ** 20;

describe.each(BUILDS)('an arena, $name', (build) => {
  test.each(KINDS)('gives out %s arrays that are aligned, zeroed and its own', (kind) => {
    const arena = arenaOf(build);
    for (const length of [0, 1, 3, 17, 1000]) {
      const used = arena[kind](length).fill(7);
      arena.free(used);
      const array = arena[kind](length);
      expect(array).toHaveLength(length);
      expect(array.every((x) => x === 0)).toBe(true);
      expect(array.byteOffset % ALIGNMENT).toBe(0);
      expect(arena.owns(array)).toBe(true);
      expect(arena.address(array)).toBe(array.byteOffset);
    }
  });

  test('zeroes what was given out as it was, and came back', () => {
    const arena = arenaOf(build);
    const used = arena.uint8(5000, false).fill(7);
    arena.free(used);
    expect(arena.uint8(5000).every((x) => x === 0)).toBe(true);
  });

  test('is what was asked for, and its constants lie below the arrays', () => {
    const arena = arenaOf(build);
    expect(arena.shared).toBe(build.shared);
    expect(arena.relaxed).toBe(build.relaxed);
    expect(arena.memory.buffer instanceof SharedArrayBuffer).toBe(build.shared);
    expect(arena.kernels.firstFreeByte()).toBeLessThanOrEqual(arena.address(arena.uint8(1)));
    // An unshared arena holds its capacity although the constants take some: see CONSTANTS in arena.ts.
    expect(arena.kernels.firstFreeByte()).toBeLessThan(16384);
  });

  test('does not grow where arrays are made and freed in a loop', () => {
    const arena = arenaOf(build);
    const bytes = arena.bytes;
    for (let i = 0; i < 2000; i++) {
      const arrays = [arena.float32(1000 + i), arena.int32(i), arena.uint16(7)];
      for (const array of arrays) arena.free(array);
    }
    expect(arena.usedBytes).toBe(0);
    expect(arena.bytes).toBe(bytes);
  });

  test.each([-1, 1.5, NaN, Infinity])('refuses an array of %d elements', (length) => {
    const message = `An array has 0 or more elements; got ${length}.`;
    expect(() => arenaOf(build).float32(length)).toThrow(message);
  });

  test('refuses to free twice, and arrays of others', () => {
    const arena = arenaOf(build);
    const array = arena.float32(3);
    arena.free(array);
    expect(() => arena.free(array)).toThrow(
      `Nothing that is in use starts at byte ${array.byteOffset}: freed twice, or not allocated here.`,
    );
    const message = 'This array is not in the arena: allocate it there, or copy it.';
    for (const foreign of [new Float32Array(3), arenaOf(build).float32(3)]) {
      expect(arena.owns(foreign)).toBe(false);
      expect(() => arena.free(foreign)).toThrow(message);
      expect(() => arena.address(foreign)).toThrow(message);
    }
  });

  test('gives out nothing once disposed', () => {
    const arena = arenaOf(build);
    const array = arena.float32(3);
    arena[Symbol.dispose]();
    expect(() => arena.float32(3)).toThrow('This arena is closed.');
    arena.free(array);
  });
});

describe('a shared arena', () => {
  test('grows, and arrays from before stay valid', () => {
    const arena = new Arena({ shared: true });
    const [bytes, early] = [arena.bytes, arena.float32(4)];
    early.set([-1, 2, -3, 4]);
    const large = arena.uint8(3 * MEBIBYTE);
    expect(arena.bytes).toBeGreaterThan(bytes);
    expect(arena.owns(early)).toBe(true);
    arena.kernels.relu(arena.address(early), 0, 4);
    expect(early).toEqual(Float32Array.of(0, 2, 0, 4));
    expect(new Float32Array(large.buffer, early.byteOffset, 4)).toEqual(early);
    early[0] = 9;
    expect(new Float32Array(arena.memory.buffer, early.byteOffset, 4)[0]).toBe(9);
  });

  // V8 makes new buffer objects for all shared memories of a thread when one of them grows.
  test('still knows its arrays when another one grew', () => {
    const [arena, other] = [new Arena({ shared: true }), new Arena({ shared: true })];
    const before = arena.float32(4);
    other.uint8(3 * MEBIBYTE);
    const after = arena.float32(4);
    expect([before, after].map((array) => arena.owns(array))).toEqual([true, true]);
    expect([before, after].map((array) => other.owns(array))).toEqual([false, false]);
    arena.free(before);
    arena.free(after);
  });

  test('grows by what the free bytes at its end lack', () => {
    const arena = new Arena({ shared: true });
    const bytes = arena.bytes;
    arena.free(arena.uint8(bytes / 2));
    arena.uint8(bytes);
    expect(arena.bytes).toBeLessThan(1.5 * bytes);
  });

  test('says at 4 GiB what would fit', () => {
    const arena = new Arena({ shared: true });
    const first = arena.uint8(64).byteOffset;
    const fits = 2 ** 32 - first - 64;
    expect(() => arena.float64(2 ** 29)).toThrow(
      `No room for an array of 4294967296 bytes: the arena holds 64 bytes, and at most ${fits} more fit in one piece ` +
        '(32-bit WebAssembly addresses 4 GiB).',
    );
    expect(arena.uint8(64)).toHaveLength(64);
  });
});

describe('an unshared arena', () => {
  test('holds its capacity, never moves, and says what would fit when it is full', () => {
    const arena = new Arena({ shared: false, capacity: MEBIBYTE });
    const buffer = arena.memory.buffer;
    const array = arena.uint8(MEBIBYTE - 64);
    const error =
      /^No room for an array of (\d+) bytes: the arena holds (\d+) bytes, and at most (\d+) more fit in one/;
    let message = '';
    try {
      arena.uint8(MEBIBYTE);
    } catch (thrown) {
      message = String((thrown as Error).message);
    }
    expect(message).toMatch(/piece \(a larger `capacity` gives more\)\.$/);
    const [, asked, holds, fits] = (error.exec(message) ?? []).map(Number);
    expect([asked, holds]).toEqual([MEBIBYTE, MEBIBYTE - 64]);
    expect(() => arena.uint8(fits + 1)).toThrow(RangeError);
    expect(arena.uint8(fits)).toHaveLength(fits);
    expect(() => arena.uint8(0)).toThrow(RangeError);
    expect(arena.memory.buffer).toBe(buffer);
    expect(array).toHaveLength(MEBIBYTE - 64);
  });

  test.each([false, true])(
    'holds its capacity and no more, shared: %s, also in a memory that is used again',
    (shared) => {
      // It leaves a memory of several mebibytes behind.
      const before = new Arena({ shared });
      before.uint8(5 * MEBIBYTE);
      before.close();
      for (const capacity of [100_000, 3 * MEBIBYTE]) {
        const arena = new Arena({ shared, capacity });
        let bytes = 0;
        const fill = (): never => {
          for (;;) {
            arena.uint8(10_000);
            bytes += 10_000;
          }
        };
        expect(fill).toThrow('(a larger `capacity` gives more)');
        expect(bytes).toBeGreaterThan(capacity - 20_000);
        expect(arena.bytes).toBeLessThan(capacity + 3 * 65_536);
        arena.close();
      }
    },
  );

  test.each([0, -1, NaN, 2 ** 32 + 1])('refuses a capacity of %d', (capacity) => {
    const message = `An arena's capacity is from 1 byte to 4 GiB; got ${capacity}.`;
    expect(() => new Arena({ shared: false, capacity })).toThrow(message);
  });
});

describe('what the platform lacks', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  test('no shared memory: unshared by default, and refused where it is asked for', () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(new Arena().shared).toBe(false);
    expect(() => new Arena({ shared: true })).toThrow(
      'Memory cannot be shared here: SharedArrayBuffer is missing: in a browser the page must be cross-origin isolated ' +
        '(COOP and COEP headers).',
    );
    vi.stubGlobal('crossOriginIsolated', true);
    expect(() => new Arena({ shared: true })).toThrow(
      'Memory cannot be shared here: the page is cross-origin isolated, but this engine has no SharedArrayBuffer.',
    );
  });

  test('no relaxed SIMD: without by default, and refused where it is asked for', () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    expect(new Arena().relaxed).toBe(false);
    const message = 'This engine has no relaxed SIMD (fused multiply-add).';
    expect(() => new Arena({ relaxed: true })).toThrow(message);
  });
});

/** An engine that lets shared memory grow to so many pages. */
function engineOf(most: number): void {
  const { Memory } = WebAssembly;
  class Limited extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (descriptor.shared && descriptor.maximum! > most) throw new RangeError('Out of memory');
      super(descriptor);
    }
  }
  vi.stubGlobal('WebAssembly', Object.assign(Object.create(WebAssembly) as object, { Memory: Limited }));
}

/** Takes away the memories that closed arenas have left, which would serve without the engine being asked. */
function takeIdleMemories(): void {
  engineOf(0);
  try {
    for (;;) occupyMemory(true, 1, 1);
  } catch {
    vi.unstubAllGlobals();
  }
}

describe('where the engine refuses shared memory that may become large', () => {
  beforeEach(takeIdleMemories);

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test.each([
    [16384, 1024],
    [5000, 256],
  ])('of more than %d pages, an arena has up to %d MiB, and says so when it is full', (most, mebibytes) => {
    engineOf(most);
    const arena = new Arena({ shared: true });
    const array = arena.uint8(100 * MEBIBYTE);
    expect(arena.owns(array)).toBe(true);
    expect(() => arena.uint8(mebibytes * MEBIBYTE)).toThrow(
      `more fit in one piece (this engine lets shared memory grow to ${mebibytes} MiB).`,
    );
  });

  test('an engine that refuses all is reported as it says', () => {
    engineOf(0);
    expect(() => new Arena({ shared: true })).toThrow('Out of memory');
  });
});

test('options of an arena that there are not are refused by name', () => {
  expect(() => new Arena({ capasity: 1 } as object)).toThrow(
    "An arena has no option 'capasity'; its options are shared, relaxed, capacity.",
  );
  expect(() => new Arena(5 as never)).toThrow('An arena takes an object of options; got 5.');
});
