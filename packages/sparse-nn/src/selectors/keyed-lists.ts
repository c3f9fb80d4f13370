/** Lists that belong to what a sample is known by, drawn once for all: by a hash of the layer's input, or by the sample itself. */
import { drawKeyed, randomStream, sortIds } from '@hashgrad/kernels';
import type { FamilySpec } from '@hashgrad/lsh';
import { identity, TransformedHasher, transformOf } from '@hashgrad/mips';
import { hashInput } from './hash-input.ts';
import type { Selection, SelectorContext } from './selector.ts';
import { writeForced } from './unit-lists.ts';

/** What lists are drawn of, and how many of a sample. */
interface ListSize {
  /** What there is to draw: units, or blocks of them. */
  readonly items: number;
  readonly limit: number;
}

/** Writes a code for each sample of a batch. */
type WriteCodes = (selection: Selection, codes: Uint32Array) => void;

export class KeyedLists implements Disposable {
  readonly #context: SelectorContext;
  readonly #size: ListSize;
  readonly #hasher: TransformedHasher | undefined;
  readonly #write: WriteCodes;
  readonly #codes: Uint32Array;
  /** Of the lists. */
  readonly #seed: number;

  /**
   * `by`: the family that hashes the layer's input, each table of which gives an equal share of a list; 'sample'; or what writes the
   * codes. `kind`, of the selector, names the random numbers.
   */
  constructor(
    by: FamilySpec | 'sample' | WriteCodes,
    size: ListSize,
    kind: string,
    context: SelectorContext,
  ) {
    const { team, inputs, batch, seed, name } = context;
    const random = randomStream(seed, `${name} ${kind}`);
    const hashSeed = random.integer(2 ** 31);
    this.#context = context;
    this.#size = size;
    if (typeof by === 'function') this.#write = by;
    else if (by === 'sample') this.#write = writeSamples;
    else {
      const hasher = new TransformedHasher({
        family: by,
        transform: transformOf(identity()),
        dimensions: inputs,
        room: batch,
        seed: hashSeed,
        team,
      });
      this.#hasher = hasher;
      this.#write = ({ input, batch: samples }, codes) =>
        hashInput(hasher, input, samples, codes, context.counts);
    }
    this.#seed = random.integer(2 ** 32);
    this.#codes = team.arena.uint32(batch * this.#tables);
  }

  /**
   * Writes a list of `limit` different items for each sample from s * limit on: ascending; where there are forced ones, these
   * first and then the drawn.
   */
  draw(selection: Selection, ids: Int32Array, lengths: Int32Array): void {
    const { counts, team } = this.#context;
    const { items, limit } = this.#size;
    const { batch, forced } = selection;
    this.#write(selection, this.#codes);
    counts.time('choose', () => {
      writeForced(forced, ids, lengths, limit, batch);
      const lists = { ids, lengths, limit, units: items };
      const keys = { codes: this.#codes, codeStride: batch, tables: this.#tables };
      drawKeyed(team, { ...lists, seed: this.#seed, ...keys }, batch);
      if (!forced) sortIds(team, { ids, stride: limit, lengths, items }, batch);
    });
    counts.add('choose', { comparisons: batch * limit });
  }

  [Symbol.dispose](): void {
    this.#hasher?.[Symbol.dispose]();
    this.#context.team.arena.free(this.#codes);
  }

  get #tables(): number {
    return this.#hasher?.tables ?? 1;
  }
}

function writeSamples({ samples }: Selection, codes: Uint32Array): void {
  codes.set(samples());
}
