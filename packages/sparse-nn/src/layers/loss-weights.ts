/** What counts how much in a network's loss, in the arena. */
import { type Arena, WeightingRecord } from '@hashgrad/kernels';
import type { LossSpec } from '../spec/loss-options.ts';

export class LossWeights implements Disposable {
  /** What ops take. */
  readonly record: WeightingRecord;
  readonly #arena: Arena;
  readonly #arrays: readonly Float32Array[];

  /** `samples`: the weights of a batch's samples, see BatchBuffers. */
  constructor(arena: Arena, last: LossSpec, samples: Float32Array) {
    const { classWeights, outputWeights, positiveWeights, labelSmoothing = 0 } = last;
    const outputs = placed(arena, classWeights ?? outputWeights);
    const positives = placed(arena, positiveWeights);
    this.#arena = arena;
    this.#arrays = [outputs, positives].filter((array) => array !== undefined);
    this.record = new WeightingRecord(arena, { samples, outputs, positives, smoothing: labelSmoothing });
  }

  [Symbol.dispose](): void {
    this.record[Symbol.dispose]();
    for (const array of this.#arrays) this.#arena.free(array);
  }
}

/** Where all weigh 1 there are none: so the bits are those of none. */
function placed(arena: Arena, weights: readonly number[] | undefined): Float32Array | undefined {
  if (weights === undefined || weights.every((weight) => weight === 1)) return undefined;
  const array = arena.float32(weights.length);
  array.set(weights);
  return array;
}
