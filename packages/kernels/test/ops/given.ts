/**
 * The kernels' jobs of jobs.ts, done by ops: with the arrays that are needed, with one that is too small, and where every access
 * outside of them is seen.
 */
import { describe, expect, test } from 'vitest';
import type { KernelArguments } from '../../src/generated/kernels.ts';
import { Arena, hasRelaxedSimd, Team, type View } from '../../src/index.ts';
import { CheckedArena } from '../checked/arena.ts';
import { type KernelName, outputsOf } from '../jobs.ts';

/**
 * Makes the arrays that an op is given: each has exactly the elements that are needed, but for the one that is `short`. They
 * are views of the job's own arrays; copies in a checked arena, so that nothing lies behind them.
 */
export class Given {
  /** How many elements each array needs, by its name in the op's messages. */
  readonly needed: Map<string, number> = new Map();
  readonly #arena: Arena;
  readonly #buffer: ArrayBuffer;
  readonly #short: string | undefined;

  constructor(arena: Arena, short?: string) {
    this.#arena = arena;
    this.#buffer = arena.memory.buffer;
    this.#short = short;
  }

  float32(name: string, address: number, length: number): Float32Array {
    return this.#own(new Float32Array(this.#buffer, address, this.length(name, length)));
  }

  float64(name: string, address: number, length: number): Float64Array {
    return this.#own(new Float64Array(this.#buffer, address, this.length(name, length)));
  }

  int32(name: string, address: number, length: number): Int32Array {
    return this.#own(new Int32Array(this.#buffer, address, this.length(name, length)));
  }

  uint32(name: string, address: number, length: number): Uint32Array {
    return this.#own(new Uint32Array(this.#buffer, address, this.length(name, length)));
  }

  int8(name: string, address: number, length: number): Int8Array {
    return this.#own(new Int8Array(this.#buffer, address, this.length(name, length)));
  }

  /** Lists of `count` samples, and how many elements these have together. */
  lists(
    names: readonly [offsets: string, ids: string],
    [offsetsAt, idsAt]: readonly [number, number],
    count: number,
  ): { readonly offsets: Int32Array; readonly ids: Int32Array; readonly total: number } {
    const [total] = new Int32Array(this.#buffer, offsetsAt + 4 * count, 1) as unknown as [number];
    const offsets = this.int32(names[0], offsetsAt, count + 1);
    return { offsets, ids: this.int32(names[1], idsAt, total), total };
  }

  #own<V extends View>(view: V): V {
    const arena = this.#arena;
    if (!(arena instanceof CheckedArena)) return view;
    const copy = COPIES[view.constructor.name as keyof typeof COPIES](arena, view.length) as V;
    copy.set(view as never);
    return copy;
  }

  /** The length that an array is given where `needed` elements are needed. */
  length(name: string, needed: number): number {
    this.needed.set(name, needed);
    return name === this.#short ? needed - 1 : needed;
  }
}

const COPIES = {
  Float32Array: (arena: Arena, length: number) => arena.float32(length),
  Float64Array: (arena: Arena, length: number) => arena.float64(length),
  Int32Array: (arena: Arena, length: number) => arena.int32(length),
  Uint32Array: (arena: Arena, length: number) => arena.uint32(length),
  Int8Array: (arena: Arena, length: number) => arena.int8(length),
} as const;

/** How an op does its kernel's job: from the kernel's arguments, addresses among them, to the op's. */
type Call<K extends KernelName> = (team: Team, args: KernelArguments[K], items: number, given: Given) => void;

/** The tests of an op. Its messages call it as its kernel. */
export function describeOp<K extends KernelName>(kernel: K, call: Call<K>): void {
  describe(`the op ${kernel}`, () => {
    test('gives what the kernel gives', () => {
      using arena = new Arena();
      using team = Team.single(arena);
      const byOp = outputsOf(arena, kernel, ({ args, items }) => call(team, args, items, new Given(arena)));
      const byKernel = outputsOf(arena, kernel, ({ args, items, scratch = 0 }) =>
        team.run(kernel, args, items, { scratch }),
      );
      expect(byOp).toEqual(byKernel);
    });

    test.each(hasRelaxedSimd() ? [false, true] : [false])(
      'touches nothing beyond what it asks for (relaxed: %s)',
      async (relaxed) => {
        using arena = await CheckedArena.create(relaxed);
        using team = Team.single(arena);
        const given = new Given(arena);
        expect(() =>
          outputsOf(arena, kernel, ({ args, items }) => call(team, args, items, given)),
        ).not.toThrow();
      },
    );

    test('refuses each array that is one element too small, and computes nothing', () => {
      using arena = new Arena();
      using team = Team.single(arena);
      const enough = new Given(arena);
      outputsOf(arena, kernel, ({ args, items }) => call(team, args, items, enough));
      expect(enough.needed.size).toBeGreaterThan(0);
      for (const [name, needed] of enough.needed) {
        const untouched = outputsOf(arena, kernel, () => {});
        const refused = outputsOf(arena, kernel, ({ args, items }) => {
          const message = `${kernel}: ${name} has ${needed - 1} elements, and ${needed} are needed.`;
          const short = new Given(arena, name);
          expect(() => call(team, args, items, short)).toThrow(new RangeError(message));
        });
        expect([name, refused]).toEqual([name, untouched]);
      }
    });
  });
}
