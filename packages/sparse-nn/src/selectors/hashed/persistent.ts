/** A hash of the input picks a fixed random subset: what lsh would be if it did not look at the weights. */
import { drawKeyed, randomStream, sortIds } from '@hashgrad/kernels';
import { simHash, untaughtFamilyOf, type FamilySpec } from '@hashgrad/lsh';
import { identity, TransformedHasher, transformOf } from '@hashgrad/mips';
import { compactLists, writeForced } from '../unit-lists.ts';
import { hashInput } from './hash-input.ts';
import {
  activeCount,
  type ActiveSize,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
} from '../selector.ts';
import type { SparseActivations } from '../../layers/activations.ts';

/** Subsets by a hash of the input as plain JSON, see `persistent`. */
export interface PersistentSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'persistent';
  readonly family: FamilySpec;
}

/**
 * Each code of the input has a random subset of the units, drawn once for all: an input that comes again has the same
 * units active in every epoch, and near inputs have many in common, but which ones they are has nothing to do with the
 * weights. The gain of lsh over this is what similarity to the weights is worth; the gain of this over random() is what
 * persistence is worth (as in Hash Layers, Roller et al., NeurIPS 2021). `family` is simHash({ bits: 8, tables: 1 }) by default: 256 subsets. With
 * several tables each gives an equal share of the units, and so inputs share units in the measure in which codes agree.
 */
export function persistent(parameters: ActiveSize & { readonly family?: FamilySpec }): PersistentSpec {
  return { kind: 'persistent', family: simHash({ bits: 8, tables: 1 }), ...parameters };
}

export const persistentSelector: SelectorDefinition = {
  kind: 'persistent',
  check(spec, units) {
    const { family } = spec as PersistentSpec;
    const count = activeCount('persistent', spec as PersistentSpec, units);
    untaughtFamilyOf(family);
    if (family.tables > count) {
      throw new RangeError(
        `persistent: each of its ${family.tables} tables gives some of the ${count} active units; have fewer tables.`,
      );
    }
  },
  bind: (spec, context) => new Persistent(spec as PersistentSpec, context),
};

class Persistent implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #hasher: TransformedHasher;
  readonly #codes: Uint32Array;
  readonly #lengths: Int32Array;
  /** Of the subsets. */
  readonly #seed: number;

  constructor(spec: PersistentSpec, context: SelectorContext) {
    const { team, units, inputs, batch, seed, name } = context;
    const random = randomStream(seed, `${name} persistent`);
    this.maxActive = activeCount('persistent', spec, units);
    this.#context = context;
    this.#hasher = new TransformedHasher({
      family: spec.family,
      transform: transformOf(identity()),
      dimensions: inputs,
      room: batch,
      seed: random.integer(2 ** 31),
      team,
    });
    this.#seed = random.integer(2 ** 32);
    this.#codes = team.arena.uint32(batch * this.#hasher.tables);
    this.#lengths = team.arena.int32(batch);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts, team, units } = this.#context;
    const { input, batch, forced } = selection;
    const { ids } = output;
    hashInput(this.#hasher, input, batch, this.#codes, counts);
    counts.time('choose', () => {
      const lengths = this.#lengths;
      writeForced(forced, ids, lengths, this.maxActive, batch);
      const lists = { ids, lengths, limit: this.maxActive, units };
      const keys = { codes: this.#codes, codeStride: batch, tables: this.#hasher.tables };
      drawKeyed(team, { ...lists, seed: this.#seed, ...keys }, batch);
      if (!forced) sortIds(team, { ids, stride: this.maxActive, lengths, items: units }, batch);
      compactLists(output, this.maxActive, lengths, batch);
    });
    counts.add('choose', { comparisons: batch * this.maxActive });
  }

  updated(): void {}

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#hasher[Symbol.dispose]();
    arena.free(this.#codes);
    arena.free(this.#lengths);
  }
}
