/** The (sample, row) pairs of a batch, sorted by row: the order in which a layer's weights are walked. */
import { layPairs, type PairsFields, type Team } from '@hashgrad/kernels';

export class RowPairs implements Disposable {
  /** The record that kernels read. */
  readonly record: Int32Array;
  readonly #team: Team;
  readonly #rows: number;
  readonly #pairs: PairsFields;

  /** Room for `capacity` pairs with rows 0 to `rows` - 1. */
  constructor(team: Team, rows: number, capacity: number) {
    const { arena } = team;
    this.#team = team;
    this.#rows = rows;
    this.#pairs = {
      starts: arena.int32(rows + 1),
      positions: arena.int32(capacity),
      samples: arena.int32(capacity),
    };
    this.record = layPairs(arena, this.#pairs);
  }

  /** rows + 1: row r has pairs, if starts[r] < starts[r + 1]. */
  get starts(): Int32Array {
    return this.#pairs.starts;
  }

  /** Rows that have a pair. */
  get visited(): number {
    const { starts } = this.#pairs;
    let rows = 0;
    let start = 0;
    for (let r = 1; r <= this.#rows; r++) {
      const stop = starts[r]!;
      // The sign bit, and no branch, which would be mispredicted at every other row.
      rows += (start - stop) >>> 31;
      start = stop;
    }
    return rows;
  }

  /**
   * Sorts the lists of rows, sample s having ids[offsets[s]] ... ids[offsets[s + 1] - 1]. One thread does it: each of
   * several would read all pairs to find its own, which takes as long.
   */
  sort(offsets: Int32Array, ids: Int32Array, batch: number): void {
    const { arena } = this.#team;
    const lists = [arena.address(offsets), arena.address(ids), batch] as const;
    this.#team.run('sortPairs', [arena.address(this.record), ...lists], this.#rows, { grain: this.#rows });
  }

  [Symbol.dispose](): void {
    const { arena } = this.#team;
    const { starts, positions, samples } = this.#pairs;
    for (const view of [starts, positions, samples, this.record]) arena.free(view);
  }
}
