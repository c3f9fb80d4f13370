/** Building a MipsIndex: how long it takes, and the memory. */
import { Arena, Team } from '@hashgrad/kernels';
import { MipsIndex } from '@hashgrad/mips';
import type { Corpus } from '../../tasks/task.ts';
import { residentBytes, secondsOf } from '../lib/clock.ts';

/** A MipsIndex of a corpus, with the threads that it uses. */
export interface BuiltIndex extends Disposable {
  readonly index: MipsIndex;
  /** Seconds that adding all vectors took. */
  readonly seconds: number;
  /** `memoryUsage()`. */
  readonly bytes: number;
  /** By how many bytes the resident memory of the process grew. */
  readonly residentBytes: number;
}

/** Builds an index with its default options, on the given number of threads. */
export async function buildIndex({ dimensions, vectors }: Corpus, threads: number): Promise<BuiltIndex> {
  const before = residentBytes();
  const arena = threads > 1 ? new Arena() : undefined;
  const team = arena && (await Team.create(arena, { threads }));
  const index = new MipsIndex({ dimensions, team });
  const seconds = secondsOf(() => void index.add(vectors));
  return {
    index,
    seconds,
    bytes: index.memoryUsage(),
    residentBytes: residentBytes() - before,
    [Symbol.dispose]() {
      index[Symbol.dispose]();
      team?.[Symbol.dispose]();
      arena?.[Symbol.dispose]();
    },
  };
}
