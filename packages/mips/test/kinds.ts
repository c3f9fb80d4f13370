/** The kinds of index that tests go through: those that models run, and those whose files are attacked. */
import type { Team } from '@hashgrad/kernels';
import { pStable, simHash } from '@hashgrad/lsh';
import {
  ExactIndex,
  MipsIndex,
  type MipsIndexOptions,
  normRanging,
  qnf,
  saAlsh,
  type SearchOptions,
} from '../src/index.ts';

export type Index = ExactIndex | MipsIndex;

/** A kind of index, and what its searches are told so that all vectors are scored, or as many as the tables give. */
export interface Kind {
  readonly name: string;
  readonly make: (dimensions: number, team: Team) => Index;
  readonly all: SearchOptions;
  /** Whether all that there is must be found. Else what is found must be among it. */
  readonly complete: boolean;
  /** Whether lower ids come first among equal scores, also where only some of them are wanted. */
  readonly ordered: boolean;
  /** Whether vectors are kept in 8 bits alone: these lose nothing of those of the model then, but queries are rounded. */
  readonly int8?: boolean;
  /** Bytes of a memory that is full now and then. */
  readonly tight: number;
}

const bits = simHash({ bits: 4, tables: 6 });

function tables(name: string, options: Partial<MipsIndexOptions>): Kind {
  return {
    name,
    make: (dimensions, team) =>
      new MipsIndex({ dimensions, team, method: 'tables', family: bits, ...options }),
    all: { candidates: 100_000 },
    complete: false,
    ordered: true,
    // Hashing by a matrix takes most of a mebibyte before there is anything.
    tight: 3 * 2 ** 19,
  };
}

function exact(name: string, int8: boolean): Kind {
  return {
    name,
    make: (dimensions, team) => new ExactIndex({ dimensions, team, int8 }),
    all: {},
    complete: true,
    ordered: true,
    tight: 2 ** 19,
  };
}

export const KINDS: readonly Kind[] = [
  exact('exact', false),
  exact('exact, int8', true),
  {
    name: 'signatures',
    make: (dimensions, team) => new MipsIndex({ dimensions, team }),
    all: { slack: 1000, reach: 1000, share: 1 },
    complete: true,
    ordered: true,
    tight: 2 ** 19,
  },
  {
    name: 'signatures, int8',
    make: (dimensions, team) => new MipsIndex({ dimensions, team, vectors: 'int8' }),
    all: { slack: 1000, reach: 1000, share: 1 },
    complete: false,
    ordered: true,
    int8: true,
    tight: 2 ** 18,
  },
  tables('tables', {}),
  tables('tables of qnf', {
    transform: qnf({ most: 900, scan: 60 }),
    family: pStable({ hashes: 1, tables: 4, width: 3 }),
  }),
  tables('tables of saAlsh', { transform: saAlsh({ most: 900, scan: 60 }) }),
  tables('tables of normRanging', { transform: normRanging({ blocks: 5 }) }),
];
