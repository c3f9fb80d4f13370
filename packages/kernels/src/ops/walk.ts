/**
 * Walks over the (sample, row) pairs of a batch, sorted by row: each row that has pairs is visited once. Forward it is
 * multiplied with every sample that chose it; backward it collects its gradient from them and is updated at once.
 */
import type { Team } from '../threads/team.ts';
import { checkRows, checkSparse, type RowsRecord, type SparseRecord } from './layout.ts';
import { sumPartials } from './dense.ts';
import { checkUpdate, type OptimizerRecord } from './optimizer.ts';
import { addressOf } from './record.ts';
import { checkRoom, rowsSpan, whole } from './room.ts';
import type { RowPairs } from './row-pairs.ts';

/** What every walk is over. */
interface Walk {
  readonly rows: RowsRecord;
  /** As last sorted. Their rows are rows of `rows`, their samples those of the input. */
  readonly pairs: RowPairs;
}

/** A dense input: samples are `xStride` floats apart, and 0 from the rows' width up to a multiple of 4. */
interface DenseSamples {
  readonly x: Float32Array;
  readonly xStride: number;
}

/** A sparse input; its ids, which are below the rows' width, are not checked. */
interface SparseSamples {
  readonly x: SparseRecord;
}

/** Where gradients with respect to the samples are collected. */
interface Partials {
  /** Laid out like the samples of the batch, one such sum after the other. */
  readonly sums: Float32Array;
  /** Visited rows that go into one sum: bits depend on it, and not on the number of threads. */
  readonly grain: number;
}

/** A walk back. */
interface Backward extends Walk {
  /** Of each pair, laid out like the batch's lists: the gradient with respect to its output. */
  readonly coefficients: Float32Array;
  readonly optimizer: OptimizerRecord;
}

/**
 * out[position] = row . sample + bias, for all pairs.
 * @throws {RangeError} if an array has too few elements.
 */
export function walkForward(team: Team, walk: Walk & DenseSamples & { readonly out: Float32Array }): void {
  const { arena } = team;
  const { out, rows, pairs, x, xStride } = walk;
  checkRows('walkForward', rows, pairs.bound);
  checkRoom('walkForward', 'out', out, pairs.count);
  checkDense('walkForward', walk);
  const over = [arena.address(rows.record), arena.address(pairs.record)] as const;
  const scratch = arena.kernels.walkForwardScratchBytes();
  team.run('walkForward', [arena.address(out), ...over, arena.address(x), xStride], pairs.visited, {
    scratch,
  });
}

/**
 * out row s = the bias and the sum of value * row over the ids of sample s of `x`, which ascend: as gatherRows, but summed by parts
 * of the visited rows, so that threads read the rows that the walk back has them update.
 * @throws {RangeError} if an array has too few elements.
 */
export function gatherInParts(
  team: Team,
  gathered: Walk &
    SparseSamples & {
      /** Samples are `stride` floats apart, here and in the partial sums, which a team of one thread has no need of. */
      readonly out: Float32Array;
      readonly stride: number;
      readonly bias?: Float32Array | undefined;
      readonly partials: Partials;
    },
): void {
  const { arena } = team;
  const { out, rows, pairs, x, bias, stride, partials } = gathered;
  const { batch, visited } = pairs;
  const { sums, grain } = partials;
  const { width } = rows.fields;
  checkRows('gatherInParts', rows, pairs.bound);
  checkSparse('gatherInParts', x, batch);
  checkRoom('gatherInParts', 'out', out, rowsSpan(batch, stride, whole(width)));
  if (bias) checkRoom('gatherInParts', 'bias', bias, width);
  const from = [arena.address(rows.record), arena.address(pairs.rows), arena.address(x.record)] as const;
  const how = [addressOf(arena, bias), ...from, visited, grain] as const;
  if (team.threads === 1) {
    const scratch = 4 * whole(width);
    return team.run('gatherInParts', [arena.address(out), stride, ...how], batch, { scratch });
  }
  const parts = Math.max(1, Math.ceil(visited / grain));
  const floats = rowsSpan(batch, stride, whole(width));
  checkRoom('gatherInParts', 'partials', sums, (parts - 1) * batch * stride + floats);
  team.run('gatherParts', [arena.address(sums), stride, batch, ...how], parts, { grain: 1 });
  sumPartials(team, { out, partials: sums, stride: batch * stride, parts }, floats);
}

/**
 * Sums each row's coefficient * sample over its pairs, in their order, and updates it by that. Where `partials` are given, they
 * collect coefficient * row for each sample, with the weights from before the update; sumPartials adds them up.
 * @throws {RangeError} if an array has too few elements. @throws {TypeError} if moments are not of the optimizer's formats.
 */
export function walkBackward(
  team: Team,
  walk: Backward &
    DenseSamples & {
      readonly partials?: Partials | undefined;
    },
): void {
  const { arena } = team;
  const { coefficients, rows, pairs, optimizer, x, xStride, partials } = walk;
  const { batch, visited } = pairs;
  checkUpdate('walkBackward', rows, optimizer, pairs.bound);
  checkRoom('walkBackward', 'coefficients', coefficients, pairs.count);
  checkDense('walkBackward', walk);
  checkPartials('walkBackward', visited, partials, batch * xStride);
  const over = [arena.address(rows.record), arena.address(pairs.record)] as const;
  const by = [arena.address(optimizer.record), arena.address(x), xStride] as const;
  // >>> 0 because WebAssembly gives sizes above 2 GiB as negative numbers.
  const scratch = arena.kernels.walkBackwardScratchBytes(batch, rows.fields.width) >>> 0;
  const summed = [addressOf(arena, partials?.sums), batch, partials?.grain ?? 1] as const;
  team.run(
    'walkBackward',
    [arena.address(coefficients), ...over, ...by, ...summed],
    visited,
    partials ? { scratch, grain: partials.grain } : { scratch },
  );
}

/**
 * As walkForward, for a sparse input: only the columns that are active in it are read.
 * @throws {RangeError} if an array has too few elements.
 */
export function walkForwardSparse(
  team: Team,
  walk: Walk & SparseSamples & { readonly out: Float32Array },
): void {
  const { arena } = team;
  const { out, rows, pairs, x } = walk;
  checkRows('walkForwardSparse', rows, pairs.bound);
  checkRoom('walkForwardSparse', 'out', out, pairs.count);
  checkSparse('walkForwardSparse', x, pairs.batch);
  const over = [arena.address(rows.record), arena.address(pairs.record)] as const;
  team.run('walkForwardSparse', [arena.address(out), ...over, arena.address(x.record)], pairs.visited);
}

/**
 * As walkBackward, for a sparse input: gradients are those with respect to its active columns.
 * @throws {RangeError} if an array has too few elements. @throws {TypeError} if moments are not of the optimizer's formats.
 */
export function walkBackwardSparse(
  team: Team,
  walk: Backward & SparseSamples & { readonly partials?: Partials | undefined },
): void {
  const { arena } = team;
  const { coefficients, rows, pairs, optimizer, x, partials } = walk;
  const nonZeros = x.fields.offsets[pairs.batch] as number;
  checkUpdate('walkBackwardSparse', rows, optimizer, pairs.bound);
  checkRoom('walkBackwardSparse', 'coefficients', coefficients, pairs.count);
  checkSparse('walkBackwardSparse', x, pairs.batch);
  const over = [arena.address(rows.record), arena.address(pairs.record)] as const;
  const by = [arena.address(optimizer.record), arena.address(x.record)] as const;
  checkPartials('walkBackwardSparse', pairs.visited, partials, nonZeros);
  const scratch = arena.kernels.walkBackwardSparseScratchBytes(rows.fields.width) >>> 0;
  const summed = [addressOf(arena, partials?.sums), nonZeros, partials?.grain ?? 1] as const;
  team.run(
    'walkBackwardSparse',
    [arena.address(coefficients), ...over, ...by, ...summed],
    pairs.visited,
    partials ? { scratch, grain: partials.grain } : { scratch },
  );
}

/** @throws {RangeError} if there is no room for the partial sums, of so many floats each. */
function checkPartials(op: string, visited: number, partials: Partials | undefined, floats: number): void {
  if (partials) checkRoom(op, 'partials', partials.sums, Math.ceil(visited / partials.grain) * floats);
}

function checkDense(op: string, { rows, pairs, x, xStride }: Walk & DenseSamples): void {
  checkRoom(op, 'x', x, rowsSpan(pairs.batch, xStride, whole(rows.fields.width)));
}
