/** A small call of each op on rows and tables, with outputs that just fit, by op. */
import {
  buildTables,
  copyRows,
  transposeRows,
  distanceRows,
  dotRows,
  drawNormals,
  editSlots,
  editTables,
  feedBuckets,
  gatherRows,
  gemm,
  lookup,
  randomStream,
  sortIds,
  squaredNorms,
  Team,
  type View,
} from '../../src/index.ts';
import type { CheckedArena } from './arena.ts';

/** The outputs of a call, by the names that messages have for them, and the call with these or others. */
export interface OpCase<Outputs extends Readonly<Record<string, View>> = Readonly<Record<string, View>>> {
  readonly outputs: Outputs;
  run(outputs: Outputs): void;
}

/** Arrays of a checked arena, filled. */
export class Inputs {
  readonly arena: CheckedArena;
  readonly team: Team;

  constructor(arena: CheckedArena) {
    this.arena = arena;
    this.team = Team.single(arena);
  }

  floats(length: number): Float32Array {
    const array = this.arena.float32(length);
    for (let i = 0; i < length; i++) array[i] = Math.sin(1 + 1.7 * i);
    return array;
  }

  /** Rows of `width` floats, 0 from there to the stride. */
  rows(count: number, width: number, stride: number): Float32Array {
    const array = this.floats(count * stride);
    for (let row = 0; row < count; row++) array.fill(0, row * stride + width, (row + 1) * stride);
    return array;
  }

  ints(...values: readonly number[]): Int32Array {
    const array = this.arena.int32(values.length);
    array.set(values);
    return array;
  }

  words(...values: readonly number[]): Uint32Array {
    const array = this.arena.uint32(values.length);
    array.set(values);
    return array;
  }

  /** `length` integers below a bound. */
  below(bound: number, length: number): number[] {
    return Array.from({ length }, (_, i) => (i * 7 + 3) % bound);
  }
}

export function one<Outputs extends Readonly<Record<string, View>>>(
  outputs: Outputs,
  run: (outputs: Outputs) => void,
): OpCase {
  return { outputs, run: run as OpCase['run'] };
}

/** Three samples, with 2, 0 and 5 of six rows of 7 numbers. */
const listedRows = (i: Inputs) => ({
  offsets: i.ints(0, 2, 2, 7),
  ids: i.ints(1, 3, 0, 2, 3, 4, 5),
  rows: i.rows(6, 7, 8),
  stride: 8,
  width: 7,
  x: i.rows(3, 7, 8),
  xStride: 8,
});

export const ROW_CASES: Readonly<Record<string, (inputs: Inputs) => OpCase>> = {
  dotRows(i) {
    const lists = listedRows(i);
    return one({ out: i.floats(7) }, ({ out }) => dotRows(i.team, { ...lists, bias: i.floats(6), out }, 3));
  },
  distanceRows(i) {
    const lists = listedRows(i);
    return one({ out: i.floats(7) }, ({ out }) => distanceRows(i.team, { ...lists, out }, 3));
  },
  copyRows(i) {
    const list = { from: i.floats(6 * 8), stride: 8, width: 7, list: i.ints(5, 1, 3) };
    return one({ out: i.floats(2 * 9 + 7) }, ({ out }) =>
      copyRows(i.team, { ...list, out, outStride: 9 }, 3),
    );
  },
  transposeRows(i) {
    const x = { x: i.floats(4 * 8 + 7), stride: 8, rows: 5 };
    return one({ out: i.floats(6 * 6 + 5) }, ({ out }) =>
      transposeRows(i.team, { ...x, out, outStride: 6 }, 7),
    );
  },
  squaredNorms(i) {
    const rows = { x: i.rows(3, 7, 8), stride: 8, width: 7 };
    return one({ norms: i.floats(3) }, ({ norms }) => squaredNorms(i.team, { ...rows, norms }, 3));
  },
  drawNormals(i) {
    const rows = { stride: 9, width: 7, deviation: 2 };
    return one({ out: i.arena.float32(4 * 9 + 2) }, ({ out }) =>
      drawNormals(i.team, { ...rows, out, first: 0, stream: randomStream(1, 'normals') }, 30),
    );
  },
  gatherRows(i) {
    const { offsets, ids, rows, stride, width } = listedRows(i);
    const lists = { offsets, ids, rows, stride, width, coefficients: i.floats(7), bias: i.floats(7) };
    return one({ out: i.floats(2 * 12 + 8) }, ({ out }) =>
      gatherRows(i.team, { ...lists, out, outStride: 12 }, 3),
    );
  },
  gemm(i) {
    const a = { values: i.floats(3 * 5), row: 5, column: 1 };
    const b = { values: i.floats(5 * 9), row: 1, column: 5 };
    return one({ out: i.floats(2 * 11 + 9) }, ({ out }) =>
      gemm(i.team, { out, outStride: 11, a, b, rows: 3, columns: 9, depth: 5 }),
    );
  },
};

/** Two tables of four buckets over five items. */
const [TABLES, BUCKETS, ITEMS] = [2, 4, 5];

export const TABLE_CASES: Readonly<Record<string, (inputs: Inputs) => OpCase>> = {
  buildTables(i) {
    const given = { codes: i.words(...i.below(BUCKETS, 10)), codeStride: 5, items: ITEMS, buckets: BUCKETS };
    return one({ bounds: i.ints(...i.below(1, 10)), slots: i.ints(...i.below(1, 11)) }, (made) =>
      buildTables(i.team, { ...given, ...made, slotStride: 6 }, TABLES),
    );
  },
  editTables(i) {
    const slots = i.arena.int32(TABLES * editSlots(i.arena, ITEMS));
    const codes = i.words(...i.below(BUCKETS, 10));
    const edit = { ids: i.ints(4, 0), given: i.words(1, 2, 3, 0), items: ITEMS, buckets: BUCKETS };
    return one({ bounds: i.arena.int32(24), tails: i.ints(0, 0), slots, codes }, (held) => {
      editTables(i.team, { ...held, items: ITEMS, buckets: BUCKETS }, TABLES);
      editTables(i.team, { ...held, ...edit }, TABLES);
    });
  },
  feedBuckets(i) {
    const bounds = i.arena.int32(24);
    for (let b = 0; b < 8; b++) bounds.set([(b % 4) * 2, (b % 4) * 2, 0], 3 * b);
    const given = { codes: i.words(...i.below(BUCKETS, 10)), codeStride: 5, items: ITEMS };
    const how = { capacity: 2, buckets: BUCKETS, reservoir: true };
    return one({ bounds, slots: i.arena.int32(16), states: i.words(1, 2, 3, 4) }, (held) =>
      feedBuckets(i.team, { ...held, ...given, ...how }, TABLES),
    );
  },
  lookup(i) {
    const [bounds, slots] = [i.arena.int32(10), i.arena.int32(10)];
    const codes = i.words(...i.below(BUCKETS, 10));
    const build = { bounds, slots, slotStride: ITEMS, codes, codeStride: 5, items: ITEMS, buckets: BUCKETS };
    buildTables(i.team, build, TABLES);
    const tables = { bounds, boundStride: 1, tableStride: 5, slots, slotStride: ITEMS, tables: 2, items: 5 };
    const asked = { codes: i.words(0, 1, 2, 3, 1, 0), codeStride: 3, probes: 1, tables, limit: 4 };
    const found = {
      ids: i.arena.int32(12),
      lengths: i.arena.int32(3),
      collisions: i.arena.int32(12),
      candidates: i.arena.int32(3),
      visited: i.arena.int32(3),
    };
    return one(found, (made) => lookup(i.team, { ...asked, ...made, minCollisions: 1, ranked: true }, 3));
  },
  sortIds(i) {
    const sorted = { stride: 4, lengths: i.ints(4, 0, 1), items: 70 };
    return one({ ids: i.ints(5, 69, 3, 0, 0, 0, 0, 0, 66) }, ({ ids }) =>
      sortIds(i.team, { ids, ...sorted }, 3),
    );
  },
};
