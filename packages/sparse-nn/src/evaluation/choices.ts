/** What a layer's selector chooses for single rows, beside what would have been best, and the buckets in which it looked. */
import type { Inputs } from '../examples/examples.ts';
import type { Passes } from '../passes/passes.ts';
import type { DenseActivations, SparseActivations } from '../layers/activations.ts';
import type { Lookup } from '../selectors/selector.ts';
import { bestUnits } from './best-units.ts';

/** What was chosen for one row. */
export interface UnitChoice {
  /** The units that fire, in the order in which the selector gave them: ascending in hidden layers. */
  readonly units: Int32Array;
  /** What they give to the next layer, in the same order; of a softmax before it is normalised. */
  readonly activations: Float32Array;
  /**
   * The units with the highest activations, ascending, as many as may fire. ReLU units of activation 0 are left out: whether they
   * are chosen changes nothing.
   */
  readonly best: Int32Array;
  /**
   * The buckets that were looked into, in the order of the tables; only of selectors that have tables. A chosen unit that is in none
   * of them was drawn to fill the list up.
   */
  readonly lookups?: readonly Lookup[];
}

/**
 * Of each row, by a sparse pass and a full one. Nothing of the network changes.
 * @throws {RangeError} if all units of the layer fire.
 */
export function choices(passes: Passes, index: number, inputs: Inputs): UnitChoice[] {
  const layer = passes.layers[index]!;
  const { selector, output } = layer;
  if (!selector || output.kind === 'dense') {
    throw new RangeError(`All units of layer ${index} fire for every row: it has no selector that chooses.`);
  }
  const { activation } = passes.spec.layers[index]!;
  return passes.counts.paused(() => {
    const made: UnitChoice[] = [];
    const permutation = Int32Array.from({ length: inputs.rows }, (_, row) => row);
    for (let row = 0; row < inputs.rows; row += passes.fullBatch) {
      const batch = Math.min(passes.fullBatch, inputs.rows - row);
      passes.buffers.loadInputs(inputs, permutation, row, batch);
      passes.forward(batch);
      const full: DenseActivations = passes.full(index);
      layer.forwardAll(passes.inputOf(index), full, batch);
      const best = bestUnits(passes.team, full, batch, selector.maxActive, activation);
      for (let s = 0; s < batch; s++) {
        const lookups = selector.lookups?.(s);
        made.push({ ...chosenFor(output, s), best: best[s]!, ...(lookups && { lookups }) });
      }
    }
    return made;
  });
}

/** Copies of a sample's part of the output. */
function chosenFor({ offsets, ids, values }: SparseActivations, sample: number): Omit<UnitChoice, 'best'> {
  const [first, stop] = [offsets[sample]!, offsets[sample + 1]!];
  return { units: ids.slice(first, stop), activations: values.slice(first, stop) };
}
