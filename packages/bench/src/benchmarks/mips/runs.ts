/** What the benchmark `mips` times, each as a function that gives calls a second. */
import type { ExactIndex, MipsIndex } from '@hashgrad/mips';
import type { Corpus } from '../../tasks/task.ts';
import { callRate, secondsOf } from '../lib/clock.ts';
import type { Queries } from './queries.ts';
import type { Setting } from './recall.ts';
import type { EditableGraph } from '../../arms/usearch.ts';

export const FEW = 10;
/** Of the many best, with the smallest expansion that can give them. */
export const MANY = 1000;
/** Queries of a batch of the exact index. */
const BATCH = 64;
/** Replacements that a pause is looked for in. */
const FIRST = 1000;

/** Calls `use` with an id, and with the vector that is to replace its own. */
type Replacer = (use: (id: number, vector: Float32Array) => void) => void;

/** Goes through the ids of a corpus. Vectors are replaced by others of it, so that it stays of its kind. */
export function replacer({ dimensions, vectors }: Corpus): Replacer {
  const size = vectors.length / dimensions;
  let turn = 0;
  return (use) => {
    const i = turn++;
    const from = ((i * 61 + 11) % size) * dimensions;
    use((i * 37) % size, vectors.subarray(from, from + dimensions));
  };
}

/** Milliseconds of the slowest of the first replacements: what a caller may have to wait for one. */
export function slowestReplacement(replace: Replacer, index: MipsIndex): number {
  let slowest = 0;
  for (let i = 0; i < FIRST; i++) {
    replace((id, vector) => {
      slowest = Math.max(
        slowest,
        secondsOf(() => index.update([id], vector)),
      );
    });
  }
  return 1000 * slowest;
}

/** Queries a second: one by one on one thread, in batches on more. */
export function searchRun(
  setting: Setting,
  { each, measured }: Queries,
  threads: number,
  seconds: number,
): () => number {
  if (threads > 1) {
    return () => each.length * callRate(() => setting.searchBatch(measured), seconds, 1);
  }
  let i = 0;
  const search = (): void => setting.search(each[i++ % each.length] as Float32Array);
  return () => callRate(search, seconds, Math.min(20, each.length));
}

/** What {@link otherRuns} times. */
export interface OtherRuns {
  readonly queries: Queries;
  readonly exact: ExactIndex;
  readonly int8: ExactIndex;
  readonly index: MipsIndex;
  readonly replace: Replacer;
  /** Graphs whose vectors are replaced, and that are searched besides for the many best. */
  readonly edited: EditableGraph | undefined;
  readonly mixed: EditableGraph | undefined;
  /** Of the index, for the many best. */
  readonly many: Setting;
  /** For which each is timed. */
  readonly seconds: number;
}

/** Everything that is timed beside the curves, by name. */
export function otherRuns(runs: OtherRuns): Record<string, () => number> {
  const { queries, exact, int8, index, replace, edited, mixed, many, seconds } = runs;
  const rate = (call: () => void): number => callRate(call, seconds, 10);
  let asked = 0;
  const query = (): Float32Array => queries.each[asked++ % queries.each.length] as Float32Array;
  const update = (id: number, vector: Float32Array): void => index.update([id], vector);
  const batch = queries.measured.subarray(0, BATCH * exact.dimensions);
  const batched = batch.length / exact.dimensions;
  const own: Record<string, () => number> = {
    exact: () => rate(() => void exact.search(query(), FEW)),
    'exact, batches of 64': () => batched * callRate(() => void exact.searchBatch(batch, FEW), seconds, 1),
    'exact, int8 first': () => rate(() => void int8.search(query(), FEW)),
    'MipsIndex, replacements': () => rate(() => replace(update)),
    'MipsIndex, mix': () =>
      rate(() => {
        replace(update);
        many.search(query());
      }),
  };
  if (edited) {
    own['usearch, replacements'] = () => rate(() => replace((id, vector) => edited.replace(id, vector)));
  }
  if (mixed) {
    own['usearch, mix'] = () =>
      rate(() => {
        replace((id, vector) => mixed.replace(id, vector));
        mixed.search(query(), MANY);
      });
  }
  return own;
}
