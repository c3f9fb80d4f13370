/** Searching by signatures, in bands of alike lengths and blocks of alike directions. */
import type { Team } from '@hashgrad/kernels';
import type { IdTable } from '@hashgrad/lsh/vectors';
import type { QueryBlock } from '../index/query-block.ts';
import { BlockMemory } from './block-memory.ts';
import { Signer } from './signer.ts';
import { VectorBlocks } from './vector-blocks.ts';

export class SignatureSearcher {
  readonly #team: Team;
  readonly #places: IdTable;
  readonly #signer: Signer;
  readonly blocks: VectorBlocks;
  #projections: Float32Array;
  #scored: Int32Array;

  constructor(team: Team, places: IdTable, specs: { dimensions: number; bits: number; seed: number; rows: boolean }) {
    this.#team = team;
    this.#places = places;
    this.#signer = new Signer(specs.bits, specs.dimensions, specs.seed, team);
    this.blocks = new VectorBlocks(new BlockMemory(team, specs.dimensions, specs.rows, this.#signer), places);
    this.#projections = team.arena.float32(0);
    this.#scored = team.arena.int32(0);
  }

  search(
    block: QueryBlock,
    count: number,
    k: number,
    { slack = 1, reach = 3, share = 1 }: { slack?: number; reach?: number; share?: number },
    listed?: Uint32Array,
  ): Int32Array {
    const { arena } = this.#team;
    const { memory } = this.blocks;
    this.#reserve(count);
    this.#signer.project(block.queries, memory.stride, count, this.#projections);
    const { best, queries, planes, terms } = block.addresses;
    const most = Math.min(2 ** 31 - 1, Math.max(1, Math.ceil(share * this.#places.size)));
    this.#team.run(
      'searchBlocks',
      [
        best,
        arena.address(this.#scored),
        listed ? arena.address(listed) : 0,
        arena.address(memory.record),
        queries,
        planes,
        terms,
        arena.address(this.#projections),
        k,
        most,
        slack,
        reach,
        this.#signer.deviation,
        -Infinity,
        0,
      ],
      count,
      { scratch: arena.kernels.searchBlocksScratchBytes(memory.stride, this.#signer.words, k, this.blocks.count), grain: 1 },
    );
    return this.#scored;
  }

  #reserve(count: number): void {
    const { arena } = this.#team;
    if (this.#scored.length >= count) return;
    const projections = arena.float32(Math.ceil(count / 4) * 4 * this.#signer.bits);
    const scored = arena.int32(count);
    arena.free(this.#projections);
    arena.free(this.#scored);
    this.#projections = projections;
    this.#scored = scored;
  }
}
