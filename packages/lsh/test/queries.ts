/** What queries of HashTables take and give, put into an arena. */
import type { Arena } from '@hashgrad/kernels';
import type { QueryResult } from '../src/index.ts';

/** Item or query codes by row, laid out by table. */
export function byTable(arena: Arena, codes: readonly number[][], tables: number): Uint32Array {
  const flat = arena.uint32(codes.length * tables);
  for (const [i, row] of codes.entries()) {
    for (const [t, code] of row.entries()) flat[t * codes.length + i] = code;
  }
  return flat;
}

/** Several codes of each query in each table, codes[s][t][p], laid out as queries take them. */
export function withProbes(
  arena: Arena,
  codes: readonly (readonly number[][])[],
  tables: number,
  probes: number,
): Uint32Array {
  const flat = arena.uint32(codes.length * tables * probes);
  for (const [s, byTables] of codes.entries()) {
    for (const [row, code] of byTables.flat().entries()) flat[row * codes.length + s] = code;
  }
  return flat;
}

/** A result whose cells are -7 until a query writes them. */
export function emptyResult(arena: Arena, count: number, limit: number, collisions = true): QueryResult {
  return {
    ids: arena.int32(count * limit).fill(-7),
    lengths: arena.int32(count).fill(-7),
    candidates: arena.int32(count).fill(-7),
    collisions: collisions ? arena.int32(count * limit).fill(-7) : undefined,
    visited: collisions ? arena.int32(count).fill(-7) : undefined,
  };
}

export function free(arena: Arena, result: QueryResult): void {
  for (const view of [result.ids, result.lengths, result.candidates, result.collisions, result.visited]) {
    if (view) arena.free(view);
  }
}

/** Lists in an arena, as forced ids are given. */
export function lists(
  arena: Arena,
  rows: readonly (readonly number[])[],
): { offsets: Int32Array; ids: Int32Array } {
  const offsets = arena.int32(rows.length + 1);
  const ids = arena.int32(rows.flat().length);
  ids.set(rows.flat());
  for (const [i, row] of rows.entries()) offsets[i + 1] = (offsets[i] ?? 0) + row.length;
  return { offsets, ids };
}
