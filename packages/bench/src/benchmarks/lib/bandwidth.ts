/** How fast this machine's memory streams: what the bytes that a step moves are held against. */
import { Arena, reluGradient, sumPartials, Team } from '@hashgrad/kernels';

/** Bytes of one array by default: three of them are more than the caches of most machines hold. */
const ARRAY_BYTES = 128 * 2 ** 20;
const ROUNDS = 10;

/** Bytes a second of the streaming passes, by name and number of threads. */
export interface Bandwidth {
  readonly passes: readonly {
    readonly name: string;
    readonly oneThread: number;
    readonly twoThreads: number;
  }[];
  /** The fastest pass of each. */
  readonly oneThread: number;
  readonly twoThreads: number;
}

/**
 * Streams through arrays of an arena with our own kernels, on one thread and on two by turns, and takes the fastest of
 * ten rounds, as the STREAM benchmark does. Two passes: `add` is STREAM's a = b + c; `update` is a = f(a, b), in place, as
 * an optimizer works. Bytes are those that the program reads and writes.
 *
 * @param arrayBytes size of each of three arrays, a multiple of 64.
 */
export async function measureBandwidth(arrayBytes: number = ARRAY_BYTES): Promise<Bandwidth> {
  const arena = new Arena();
  const one = Team.single(arena);
  const two = await Team.create(arena, { threads: 2 });
  try {
    const length = arrayBytes / 4;
    const target = arena.float32(length);
    const sources = arena.float32(2 * length);
    const sums = { out: target, partials: sources, stride: length, parts: 2 };
    const slopes = { gradients: target, values: sources };
    const passes = [
      { name: 'add', run: (team: Team) => sumPartials(team, sums, length) },
      { name: 'update', run: (team: Team) => reluGradient(team, slopes, length) },
    ];
    const bytes = 3 * arrayBytes;
    const measured = passes.map(({ name, run }) => {
      const best = { oneThread: Infinity, twoThreads: Infinity };
      for (let round = 0; round < ROUNDS; round++) {
        best.oneThread = Math.min(
          best.oneThread,
          seconds(() => run(one)),
        );
        best.twoThreads = Math.min(
          best.twoThreads,
          seconds(() => run(two)),
        );
      }
      return { name, oneThread: bytes / best.oneThread, twoThreads: bytes / best.twoThreads };
    });
    return {
      passes: measured,
      oneThread: Math.max(...measured.map(({ oneThread }) => oneThread)),
      twoThreads: Math.max(...measured.map(({ twoThreads }) => twoThreads)),
    };
  } finally {
    two[Symbol.dispose]();
    one[Symbol.dispose]();
    arena[Symbol.dispose]();
  }
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}
