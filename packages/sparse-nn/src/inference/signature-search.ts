/** Candidates of a frozen layer: the units with the greatest sums, found by their signatures. */
import type { Team } from '@hashgrad/kernels';
import { MipsIndex, type TuneResult } from '@hashgrad/mips';
import {
  freeActivations,
  sparseActivations,
  type DenseActivations,
  type SparseActivations,
} from '../layers/activations.ts';
import type { FrozenLayerModel } from './frozen-model.ts';
import type { FrozenSignatures, SignatureGoal } from './frozen-signatures.ts';

/**
 * An index of a layer's rows of weights with their biases as one more coordinate. They are centred: every inner product with
 * a query changes by the same, so that their order does not, and signatures tell apart what is left.
 */
export class SignatureSearch implements Disposable {
  readonly #team: Team;
  readonly #index: MipsIndex;
  readonly #seed: number;
  readonly #units: number;
  readonly #batch: number;
  /** Room for as many units a sample as were asked for last. */
  #found: SparseActivations | undefined;
  #k = 0;

  /** @throws {RangeError} if the layer's weights do not fit into memory. */
  constructor(
    team: Team,
    { bits, seed, ...effort }: FrozenSignatures,
    layer: FrozenLayerModel,
    inputs: number,
    batch: number,
  ) {
    const vectors = layer.scales ? 'int8' : 'float32';
    this.#team = team;
    this.#seed = seed;
    this.#units = layer.units;
    this.#batch = batch;
    this.#index = new MipsIndex({ dimensions: inputs + 1, bits, seed, vectors, team });
    try {
      this.#index.defaults = effort;
      this.#index.add(centredRows(layer, inputs));
    } catch (error) {
      this.#index.close();
      throw error;
    }
  }

  /** What makes the same again, with how thorough searches are now. */
  get model(): FrozenSignatures {
    const { hashing, defaults } = this.#index;
    const { bits } = hashing as Extract<typeof hashing, { method: 'signatures' }>;
    return { bits, seed: this.#seed, ...defaults };
  }

  /** Up to `k` units for each sample of a batch, ids ascending; their values are for the caller to compute. */
  find(input: DenseActivations, batch: number, k: number): SparseActivations {
    const found = this.#room(k);
    let to = 0;
    for (const [s, { ids }] of this.#index.searchBatch(this.queriesOf(input, batch), k).entries()) {
      found.offsets[s] = to;
      found.ids.set(ids.toSorted(), to);
      to += ids.length;
    }
    found.offsets[batch] = to;
    return found;
  }

  /** Samples as queries, flat: each with 1 where units have their bias. */
  queriesOf({ values, stride, width }: DenseActivations, batch: number): Float32Array {
    const made = new Float32Array(batch * (width + 1)).fill(1);
    for (let s = 0; s < batch; s++) {
      made.set(values.subarray(s * stride, s * stride + width), s * (width + 1));
    }
    return made;
  }

  /** See `FrozenNetwork.tune`. */
  tune(queries: Float32Array, goal: SignatureGoal): TuneResult {
    return this.#index.tune({ ...goal, queries });
  }

  [Symbol.dispose](): void {
    if (this.#found) freeActivations(this.#team.arena, this.#found);
    this.#index.close();
  }

  #room(k: number): SparseActivations {
    if (this.#found && this.#k === k) return this.#found;
    const { arena } = this.#team;
    if (this.#found) freeActivations(arena, this.#found);
    this.#found = undefined;
    this.#found = sparseActivations(arena, this.#batch, this.#units, this.#batch * k, true);
    this.#k = k;
    return this.#found;
  }
}

/** Rows of weights and biases, flat, less their mean. */
function centredRows(
  { units, weights, scales, stride, bias }: FrozenLayerModel,
  inputs: number,
): Float32Array {
  const dimensions = inputs + 1;
  const made = new Float32Array(units * dimensions);
  const means = new Float64Array(dimensions);
  for (let u = 0; u < units; u++) {
    const scale = scales?.[u] ?? 1;
    for (let i = 0; i < dimensions; i++) {
      const value = i < inputs ? scale * weights[u * stride + i]! : bias[u]!;
      made[u * dimensions + i] = value;
      means[i]! += value / units;
    }
  }
  for (let u = 0; u < units; u++) {
    for (let i = 0; i < dimensions; i++) made[u * dimensions + i]! -= means[i]!;
  }
  return made;
}
