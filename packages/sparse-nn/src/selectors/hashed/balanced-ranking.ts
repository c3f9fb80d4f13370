/** Ranking what hash tables find by collisions as a balance weighs them. */
import { bestOfRows } from '@hashgrad/kernels';
import type { HashTables, QueryOptions } from '@hashgrad/lsh';
import type { Balance } from '../balance.ts';
import type { SelectorContext } from '../selector.ts';

/** Where the units that were found are written: those of query s from s * limit on. */
interface Found {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  readonly candidates: Int32Array;
}

export class BalancedRanking implements Disposable {
  readonly #balance: Balance;
  readonly #context: SelectorContext;
  readonly #limit: number;
  /** All units that a query met, `units` a query, and in how many tables. */
  readonly #met: Int32Array;
  readonly #collisions: Int32Array;
  /** Scores of the units that were met, query after query. */
  readonly #scores: Float32Array;
  readonly #offsets: Int32Array;
  readonly #positions: Int32Array;

  /** For `limit` units a query. */
  constructor(balance: Balance, context: SelectorContext, limit: number) {
    const { team, units, batch } = context;
    const { arena } = team;
    this.#balance = balance;
    this.#context = context;
    this.#limit = limit;
    this.#met = arena.int32(batch * units);
    this.#collisions = arena.int32(batch * units);
    this.#scores = arena.float32(batch * units);
    this.#offsets = arena.int32(batch + 1);
    this.#positions = arena.int32(batch * limit);
  }

  /**
   * The units with the highest scores, ascending: the share of the tables in which one collides, times its scale, plus its bias.
   * Among equals those met first.
   */
  query(
    tables: HashTables,
    codes: Uint32Array,
    batch: number,
    { minCollisions, probes }: Required<Pick<QueryOptions, 'minCollisions' | 'probes'>>,
    { ids, lengths, candidates }: Found,
  ): void {
    const { team, units, counts } = this.#context;
    const limit = this.#limit;
    const [met, positions, offsets] = [this.#met, this.#positions, this.#offsets];
    tables.query(
      codes,
      batch,
      { minCollisions, probes, limit: units },
      { ids: met, lengths, candidates, collisions: this.#collisions },
    );
    this.#score(lengths, batch, tables.tables);
    counts.add('choose', { multiplyAdds: offsets[batch]! });
    const scored = { values: this.#scores, offsets, stride: 0, width: 0 };
    bestOfRows(team, { positions, lengths, ...scored, k: limit }, batch);
    for (let s = 0; s < batch; s++) {
      const best = ids.subarray(s * limit, s * limit + lengths[s]!);
      for (let i = 0; i < best.length; i++)
        best[i] = met[s * units + positions[s * limit + i]! - offsets[s]!]!;
      best.sort();
    }
  }

  [Symbol.dispose](): void {
    const views = [this.#met, this.#collisions, this.#scores, this.#offsets, this.#positions];
    for (const view of views) this.#context.team.arena.free(view);
  }

  #score(lengths: Int32Array, batch: number, tables: number): void {
    const { units } = this.#context;
    const { scales, biases } = this.#balance;
    let to = 0;
    for (let s = 0; s < batch; s++) {
      const end = s * units + lengths[s]!;
      for (let at = s * units; at < end; at++) {
        const unit = this.#met[at]!;
        this.#scores[to++] = (this.#collisions[at]! / tables) * scales[unit]! + biases[unit]!;
      }
      this.#offsets[s + 1] = to;
    }
  }
}
