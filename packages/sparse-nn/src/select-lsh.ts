/**
 * The selector that the project is about: a layer's weight vectors lie in hash tables, and the units that collide with
 * the input are its active set (Spring and Shrivastava, KDD 2017). What an input excites is found without computing it.
 */
import { randomStream } from '@hashgrad/kernels';
import { bindHasher, familyOf, HashTables, type FamilySpec, type Hasher } from '@hashgrad/lsh';
import { simpleLsh, transformOf, type Transform, type TransformSpec } from '@hashgrad/mips';
import { compactLists } from './active-set.ts';
import { correctDrawn } from './negatives.ts';
import { checkShared, RandomUnits } from './random-units.ts';
import {
  activeCount,
  type ActiveSize,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
} from './selector.ts';
import type { Signal, SparseSignal } from './signal.ts';

export interface LshSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'lsh';
  readonly family: FamilySpec;
  readonly transform: TransformSpec;
  /** 'count': most collisions first. 'union': whatever is met first. */
  readonly rank: 'count' | 'union';
  /** All weight vectors are hashed anew after so many steps. */
  readonly rehashEvery: number;
  /** Fills short lists up with random units. The share that it makes up is reported. */
  readonly pad: boolean;
  /** In a training softmax with padding: corrects the logits of random classes for their probability. */
  readonly logQ: boolean;
  /** Samples in a row that have the same padding. */
  readonly shared: number;
}

/**
 * Units found by hashing, `fraction` or `count` of them at most. By default `transform` is simpleLsh(), `rank` 'count',
 * `rehashEvery` 50, `pad` and `logQ` false, `shared` 1. The bias is hashed as one more coordinate of the weights, the
 * input's being 1.
 */
export function lsh(
  parameters: ActiveSize & { readonly family: FamilySpec } & Partial<
      Pick<LshSpec, 'transform' | 'rank' | 'rehashEvery' | 'pad' | 'logQ' | 'shared'>
    >,
): LshSpec {
  return {
    kind: 'lsh',
    transform: simpleLsh(),
    rank: 'count',
    rehashEvery: 50,
    pad: false,
    logQ: false,
    shared: 1,
    ...parameters,
  };
}

export const lshSelector: SelectorDefinition = {
  kind: 'lsh',
  check(spec, units) {
    const { family, transform, rehashEvery, rank } = spec as LshSpec;
    activeCount('lsh', spec as LshSpec, units);
    transformOf(transform, familyOf(family));
    if (!(Number.isInteger(rehashEvery) && rehashEvery >= 1)) {
      throw new RangeError(`lsh: rehashEvery is a number of steps, 1 or more; got ${rehashEvery}.`);
    }
    checkShared('lsh', (spec as LshSpec).shared);
    if ((spec as LshSpec).logQ && !(spec as LshSpec).pad) {
      throw new RangeError('lsh: logQ corrects the logits of padding; it needs pad: true.');
    }
    if (rank !== 'count' && rank !== 'union') {
      throw new RangeError(`lsh: rank is 'count' or 'union'; got '${String(rank)}'.`);
    }
  },
  bind: (spec, context) => new Lsh(spec as LshSpec, context),
};

class Lsh implements Selector {
  readonly most: number;
  readonly keep = 1;
  readonly #spec: LshSpec;
  readonly #context: SelectorContext;
  readonly #transform: Transform;
  readonly #hasher: Hasher;
  readonly #tables: HashTables;
  /** Coordinates after the weights: the bias, then the transform's. */
  readonly #tailWidth: number;
  readonly #weightTails: Float32Array;
  readonly #weightCodes: Uint32Array;
  readonly #squaredNorms: Float32Array;
  readonly #inputTails: Float32Array;
  readonly #inputCodes: Uint32Array;
  readonly #lengths: Int32Array;
  readonly #candidates: Int32Array;
  readonly #padding: RandomUnits | undefined;
  /** Units of each list that are no padding. */
  readonly #found: Int32Array;
  readonly #corrections: Float32Array | undefined;
  #active = 0;
  #padded = 0;
  #step = 0;

  constructor(spec: LshSpec, context: SelectorContext) {
    const { team, units, inputs, batch, seed, name, weights } = context;
    const { arena } = team;
    this.#spec = spec;
    this.#context = context;
    this.most = activeCount('lsh', spec, units);
    this.#transform = transformOf(spec.transform, familyOf(spec.family));
    const biasWidth = weights.bias ? 1 : 0;
    this.#tailWidth = biasWidth + this.#transform.tailWidth;
    this.#hasher = bindHasher(spec.family, {
      dimensions: inputs,
      tailWidth: this.#tailWidth,
      // Streams of random numbers are told apart by name; hashers of two layers by seed.
      seed: seedOf(seed, name),
      team,
    });
    const { tables, buckets } = this.#hasher;
    this.#tables = new HashTables({ items: units, tables, buckets, team });
    this.#weightTails = arena.float32(units * this.#tailWidth);
    this.#weightCodes = arena.uint32(units * tables);
    this.#squaredNorms = arena.float32(units);
    this.#inputTails = arena.float32(batch * this.#tailWidth);
    this.#inputCodes = arena.uint32(batch * tables);
    this.#lengths = arena.int32(batch);
    this.#candidates = arena.int32(batch);
    this.#padding = spec.pad ? new RandomUnits(team, units, seed, `${name} padding`, spec.shared) : undefined;
    this.#found = new Int32Array(batch);
    this.#corrections = spec.pad && spec.logQ ? arena.float32(batch * this.most) : undefined;
    // An input's tail never changes: 1 for the bias, then what the transform's Q appends.
    if (biasWidth === 1) {
      for (let s = 0; s < batch; s++) this.#inputTails[s * this.#tailWidth] = 1;
    }
    this.#transform.query(batch, { tails: this.#inputTails, stride: this.#tailWidth, offset: biasWidth });
    this.#rehash();
  }

  get paddedShare(): number {
    return this.#padded === 0 ? 0 : this.#padded / this.#active;
  }

  select(selection: Selection, output: SparseSignal): void {
    const { counts } = this.#context;
    const { batch, forced } = selection;
    counts.time('hashing', () => this.#hashInput(selection.input, batch));
    counts.time('lookup', () => {
      const result = { ids: output.ids, lengths: this.#lengths, candidates: this.#candidates };
      const { rank } = this.#spec;
      const ascending = forced === undefined;
      this.#tables.query(this.#inputCodes, batch, { limit: this.most, rank, forced, ascending }, result);
      this.#pad(selection, output);
      compactLists(output, this.most, this.#lengths, batch);
    });
    let met = 0;
    for (let s = 0; s < batch; s++) met += this.#candidates[s]!;
    counts.add('lookup', met);
  }

  #pad({ batch, training, forced }: Selection, output: SparseSignal): void {
    output.corrections = undefined;
    if (!this.#padding) return;
    const { team, units } = this.#context;
    const { arena } = team;
    const lengths = this.#lengths;
    const found = this.#found;
    found.set(lengths.subarray(0, batch));
    this.#padding.fill(output.ids, lengths, this.most, batch, training);
    if (!forced) {
      const lists = [arena.address(output.ids), this.most, arena.address(lengths), units] as const;
      team.run('sortIds', [...lists], batch, { scratch: arena.kernels.drawScratchBytes(units) });
    } else if (this.#corrections) {
      correctDrawn(this.#corrections, found, lengths, units, batch);
      output.corrections = this.#corrections;
    }
    if (!training) return;
    for (let s = 0; s < batch; s++) this.#padded += this.most - found[s]!;
    this.#active += batch * this.most;
  }

  updated(): void {
    this.#step++;
    if (this.#step % this.#spec.rehashEvery === 0) this.#rehash();
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#hasher[Symbol.dispose]();
    this.#tables[Symbol.dispose]();
    for (const view of [
      this.#weightTails,
      this.#weightCodes,
      this.#squaredNorms,
      this.#inputTails,
      this.#inputCodes,
      this.#lengths,
      this.#candidates,
      this.#corrections,
    ]) {
      if (view) arena.free(view);
    }
  }

  #hashInput(input: Signal, batch: number): void {
    const { counts } = this.#context;
    const target = { codes: this.#inputCodes, stride: batch };
    const tail = { tail: this.#inputTails, tailWidth: this.#tailWidth };
    if (input.kind === 'dense') {
      this.#hasher.hash({ ...input, ...tail }, batch, target);
      counts.add('hashing', batch * this.#hasher.multiplyAdds(input.width));
    } else {
      this.#hasher.hashSparse({ ...input, ...tail }, batch, target);
      const nonZeros = input.offsets[batch]!;
      const perInput = this.#hasher.multiplyAdds(0);
      counts.add('hashing', (batch - 1) * perInput + this.#hasher.multiplyAdds(nonZeros));
    }
  }

  #rehash(): void {
    const { counts, weights, units, inputs, team } = this.#context;
    const { arena } = team;
    counts.time('rehash', () => {
      const { values, stride, width, bias } = weights;
      const biasWidth = bias ? 1 : 0;
      if (this.#transform.tailWidth > 0) {
        const norms = this.#squaredNorms;
        team.run('squaredNorms', [arena.address(norms), arena.address(values), stride, width], units);
        let bound = 0;
        for (let u = 0; u < units; u++) {
          if (bias) norms[u]! += bias[u]! * bias[u]!;
          bound = Math.max(bound, norms[u]!);
        }
        const target = { tails: this.#weightTails, stride: this.#tailWidth, offset: biasWidth };
        this.#transform.data(norms, units, bound, target);
      }
      if (bias) for (let u = 0; u < units; u++) this.#weightTails[u * this.#tailWidth] = bias[u]!;
      this.#hasher.hash(
        { values, stride, width, tail: this.#weightTails, tailWidth: this.#tailWidth },
        units,
        { codes: this.#weightCodes, stride: units },
      );
      this.#tables.build(this.#weightCodes);
    });
    counts.add('rehash', units * (this.#hasher.multiplyAdds(inputs) + 2 * this.#hasher.tables));
  }
}

/** A seed for a layer's hasher, from the network's seed and the layer's name. */
function seedOf(seed: number, name: string): number {
  return randomStream(seed, `${name} hasher`).integer(2 ** 31);
}
