/** Experts choose samples: each block takes those of a batch that have it most probable (Zhou et al., NeurIPS 2022). */
import { topK, type Team } from '@hashgrad/kernels';
import { softmaxOf } from '../router.ts';
import { denseActivations, freeActivations, type DenseActivations } from '../../layers/activations.ts';

/** How many times the mean number of blocks a sample may have. */
const MOST = 4;

export class ExpertChoice implements Disposable {
  /** Blocks that a sample may have. */
  readonly most: number;
  readonly #team: Team;
  readonly #active: number;
  readonly #groups: number;
  /** How probable a block is for each sample, groups x batch. */
  readonly #probabilities: DenseActivations;
  readonly #row: Float64Array;
  /** What blocks take, one block after the other. */
  readonly #taken: Int32Array;

  /** `active`: blocks of a sample, in the mean. `batch`: samples, at most. */
  constructor(team: Team, groups: number, active: number, batch: number) {
    this.most = Math.min(groups, MOST * active);
    this.#team = team;
    this.#active = active;
    this.#groups = groups;
    this.#probabilities = denseActivations(team.arena, groups, batch, false);
    this.#row = new Float64Array(groups);
    this.#taken = team.arena.int32(groups * this.#capacity(batch));
  }

  /**
   * Each block takes batch * active / groups samples, rounded down, or 1: those with the highest probabilities of it in a softmax over the
   * blocks; among equals the first. Sample s has its blocks from s * most on, ascending; of more than `most` the most probable.
   */
  choose(
    { values, stride }: Pick<DenseActivations, 'values' | 'stride'>,
    batch: number,
    lists: Int32Array,
    lengths: Int32Array,
  ): void {
    const groups = this.#groups;
    const { values: p, stride: row } = this.#probabilities;
    for (let s = 0; s < batch; s++) {
      softmaxOf(values, s * stride, this.#row);
      for (let g = 0; g < groups; g++) p[g * row + s] = this.#row[g]!;
    }
    const k = this.#capacity(batch);
    const ids = this.#taken;
    topK(this.#team, { ids, values: p, stride: row, width: batch, k }, groups);
    lengths.fill(0, 0, batch);
    for (let g = 0; g < groups; g++) {
      for (let i = g * k; i < (g + 1) * k; i++) this.#give(ids[i]!, g, lists, lengths);
    }
  }

  [Symbol.dispose](): void {
    const { arena } = this.#team;
    freeActivations(arena, this.#probabilities);
    arena.free(this.#taken);
  }

  #capacity(batch: number): number {
    return Math.max(1, Math.floor((batch * this.#active) / this.#groups));
  }

  /** Appends a block to the list of a sample, or where that is full puts it into the place of a less probable one. */
  #give(sample: number, group: number, lists: Int32Array, lengths: Int32Array): void {
    const first = sample * this.most;
    const length = lengths[sample]!;
    if (length < this.most) {
      lists[first + length] = group;
      lengths[sample]!++;
      return;
    }
    const { values, stride } = this.#probabilities;
    const probabilityOf = (g: number): number => values[g * stride + sample]!;
    let least = first;
    for (let i = first + 1; i < first + length; i++) {
      if (probabilityOf(lists[i]!) < probabilityOf(lists[least]!)) least = i;
    }
    if (probabilityOf(lists[least]!) >= probabilityOf(group)) return;
    lists.copyWithin(least, least + 1, first + length);
    lists[first + length - 1] = group;
  }
}
