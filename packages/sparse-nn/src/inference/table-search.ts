/** Candidates of a frozen layer: the units whose codes collide with the input's. */
import { familyOf, HashTables } from '@hashgrad/lsh';
import { TransformedHasher, transformOf } from '@hashgrad/mips';
import type { Team } from '@hashgrad/kernels';
import { compactLists } from '../selectors/unit-lists.ts';
import type { FrozenTables } from './frozen-tables.ts';
import {
  freeActivations,
  sparseActivations,
  type DenseActivations,
  type SparseActivations,
} from '../layers/activations.ts';

export class TableSearch implements Disposable {
  readonly model: FrozenTables;
  readonly #team: Team;
  readonly #hasher: TransformedHasher;
  readonly #tables: HashTables;
  readonly #codes: Uint32Array;
  readonly #lengths: Int32Array;
  readonly #candidates: Int32Array;
  readonly #found: SparseActivations;

  /** @throws {Error} if the codes are not those of its family's tables. */
  constructor(team: Team, model: FrozenTables, units: number, inputs: number, batch: number) {
    const { arena } = team;
    const { family, transform: transformSpec, seed, limit } = model;
    this.#team = team;
    this.model = model;
    const transform = transformOf(transformSpec, familyOf(family));
    const shape = { dimensions: inputs, bias: true, room: batch };
    this.#hasher = new TransformedHasher({ family, transform, ...shape, seed, team });
    const { tables, buckets } = this.#hasher;
    if (model.codes.length !== tables * units) {
      throw new Error(
        `${tables} tables of ${units} units have ${tables * units} codes; the model has ${model.codes.length}.`,
      );
    }
    this.#tables = new HashTables({ items: units, tables, buckets, team });
    const codes = arena.uint32(tables * units);
    codes.set(model.codes);
    this.#tables.build(codes);
    arena.free(codes);
    const { mostProbes } = this.#hasher;
    if (model.probes > mostProbes) {
      throw new Error(`${family.kind} has up to ${mostProbes} probes here; the model has ${model.probes}.`);
    }
    this.#codes = arena.uint32(batch * tables * model.probes);
    this.#lengths = arena.int32(batch);
    this.#candidates = arena.int32(batch);
    this.#found = sparseActivations(arena, batch, units, batch * limit, true);
  }

  /** The candidates of a batch, ids ascending; their values are for the caller to compute. */
  find(input: DenseActivations, batch: number): SparseActivations {
    const { limit, rank, minCollisions, probes } = this.model;
    this.#hasher.hashQueries(input, batch, { codes: this.#codes, stride: batch }, { probes });
    const result = { ids: this.#found.ids, lengths: this.#lengths, candidates: this.#candidates };
    const options = { limit, rank, minCollisions, probes, ascending: true };
    this.#tables.query(this.#codes, batch, options, result);
    compactLists(this.#found, limit, this.#lengths, batch);
    return this.#found;
  }

  [Symbol.dispose](): void {
    const { arena } = this.#team;
    this.#hasher[Symbol.dispose]();
    this.#tables[Symbol.dispose]();
    freeActivations(arena, this.#found);
    for (const view of [this.#codes, this.#lengths, this.#candidates]) arena.free(view);
  }
}
