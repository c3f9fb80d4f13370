/** Records at addresses, as the jobs of jobs.ts have them, for ops: laid anew, with the elements that are needed. */
import {
  type Arena,
  MOMENT_FORMATS,
  OPTIMIZER_KINDS,
  OptimizerRecord,
  RowPairs,
  RowsRecord,
  SparseRecord,
  type Team,
} from '../../src/index.ts';
import { readField, type RecordName, recordWords } from '../../src/ops/record.ts';
import type { Given } from './given.ts';

/** The words of a record. */
export function wordsAt(arena: Arena, name: RecordName, address: number): Int32Array {
  return new Int32Array(arena.memory.buffer, address, recordWords(name));
}

/** Rows of which `count` are needed, with all that Adam keeps where `updated`. */
export function rowsAt(
  arena: Arena,
  given: Given,
  address: number,
  count: number,
  updated: boolean,
): RowsRecord {
  const words = wordsAt(arena, 'Rows', address);
  const at = (field: Parameters<typeof readField<'Rows'>>[1]): number =>
    readField('Rows', field, words) >>> 0;
  const stride = at('stride');
  const held = {
    weights: given.float32('weights', at('weights'), count * stride),
    stride,
    width: at('width'),
    bias: at('bias') ? given.float32('bias', at('bias'), count) : undefined,
  };
  if (!updated) return new RowsRecord(arena, held);
  return new RowsRecord(arena, {
    ...held,
    first: given.float32('first', at('first'), count * stride),
    biasFirst: given.float32('biasFirst', at('biasFirst'), count),
    second: given.float32('second', at('second'), count * stride),
    biasSecond: given.float32('biasSecond', at('biasSecond'), count),
    steps: given.int32('steps', at('steps'), count),
    touched: given.int32('touched', at('touched'), count),
  });
}

/** `count` sparse samples. */
export function sparseAt(arena: Arena, given: Given, address: number, count: number): SparseRecord {
  const words = wordsAt(arena, 'Sparse', address);
  const at = [readField('Sparse', 'offsets', words), readField('Sparse', 'ids', words)] as const;
  const { offsets, ids, total } = given.lists(['offsets of x', 'ids of x'], at, count);
  const values = given.float32('values of x', readField('Sparse', 'values', words), total);
  return new SparseRecord(arena, { offsets, ids, values });
}

/** The pairs of `batch` samples, of which `visited` rows have some: sorted again. */
export function pairsAt(team: Team, address: number, visited: number, batch: number): RowPairs {
  const { arena } = team;
  const words = wordsAt(arena, 'Pairs', address);
  const array = (field: Parameters<typeof readField<'Pairs'>>[1], length: number): Int32Array =>
    new Int32Array(arena.memory.buffer, readField('Pairs', field, words), length);
  const rows = array('rows', visited);
  const starts = array('starts', visited + 1);
  const total = starts.at(-1)!;
  const [positions, samples] = [array('positions', total), array('samples', total)];
  const [offsets, ids] = [arena.int32(batch + 1), arena.int32(total)];
  for (const [v, row] of rows.entries()) {
    for (let i = starts[v]!; i < starts[v + 1]!; i++) {
      ids[positions[i]!] = row;
      offsets[samples[i]! + 1]!++;
    }
  }
  for (let s = 0; s < batch; s++) offsets[s + 1]! += offsets[s]!;
  const pairs = new RowPairs(team, rows.at(-1)! + 1, total);
  pairs.sort(offsets, ids, batch);
  return pairs;
}

/** The pairs of `batch` sparse samples. */
export function pairsOf(team: Team, address: number, batch: number): RowPairs {
  const { arena } = team;
  const words = wordsAt(arena, 'Sparse', address);
  const array = (field: 'offsets' | 'ids', length: number): Int32Array =>
    new Int32Array(arena.memory.buffer, readField('Sparse', field, words), length);
  const offsets = array('offsets', batch + 1);
  const ids = array('ids', offsets[batch]!);
  const pairs = new RowPairs(
    team,
    ids.reduce((most, id) => Math.max(most, id + 1), 0),
    ids.length,
  );
  pairs.sort(offsets, ids, batch);
  return pairs;
}

/** An optimizer of which nothing is made good for. */
export function optimizerAt(arena: Arena, given: Given, address: number): OptimizerRecord {
  const words = wordsAt(arena, 'Optimizer', address);
  const read = (field: Parameters<typeof readField<'Optimizer'>>[1]): number =>
    readField('Optimizer', field, words);
  const kinds = Object.keys(OPTIMIZER_KINDS) as (keyof typeof OPTIMIZER_KINDS)[];
  const formats = Object.keys(MOMENT_FORMATS) as ('float32' | 'bfloat16')[];
  // Of the pairs the op knows only that there is one: which is read, only rows tell.
  const pairs = given.length('biasCorrections', 2) < 2 ? 0 : read('correctionCount');
  return new OptimizerRecord(arena, {
    kind: kinds[read('kind')]!,
    rate: read('rate'),
    beta1: read('beta1'),
    beta2: read('beta2'),
    epsilon: read('epsilon'),
    biasCorrections: new Float32Array(arena.memory.buffer, read('biasCorrections'), Math.max(1, 2 * pairs)),
    firstFormat: formats[read('firstFormat')]!,
    secondFormat: formats[read('secondFormat')]!,
    step: read('step'),
  });
}
