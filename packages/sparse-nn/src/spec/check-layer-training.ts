/** Which layers of a spec are trained, and how fast. */
import type { LayerTraining } from '../optimizers/layer-training.ts';
import type { OptimizerSpec } from '../optimizers/optimizers.ts';
import { shown, type Known } from './options.ts';

/** All that there are. */
export const TRAINING_OPTIONS: Known<LayerTraining> = { trainable: true, rateScale: true };

/** The options as JSON; defaults are left out. */
export function trainingSpec({ trainable = true, rateScale = 1 }: LayerTraining): LayerTraining {
  return { ...(trainable !== true && { trainable }), ...(rateScale !== 1 && { rateScale }) };
}

/** Refuses layers of which none is trained, or one at no rate. @throws {RangeError} */
export function checkLayerTraining(layers: readonly LayerTraining[], optimizer: OptimizerSpec): void {
  for (const [index, { trainable = true, rateScale = 1 }] of layers.entries()) {
    const name = `Layer ${index + 1}`;
    if (typeof trainable !== 'boolean') {
      throw new RangeError(`${name}: trainable is true or false; got ${shown(trainable)}.`);
    }
    const rate = Math.fround(rateScale * optimizer.rate);
    if (!(Number.isFinite(rateScale) && rateScale > 0 && rate > 0 && rate < Infinity)) {
      throw new RangeError(
        `${name}: rateScale is above 0, and so is the rate ${optimizer.rate} times it; got ${shown(rateScale)}` +
          `${rateScale === 0 ? ' (a layer that stays as it is has trainable: false)' : ''}.`,
      );
    }
    const decay = rateScale * optimizer.rate * (optimizer.weightDecay ?? 0);
    if (!(decay < 1)) {
      throw new RangeError(`${name}: rateScale * rate * weightDecay is below 1; got ${decay}.`);
    }
  }
  if (layers.some(({ trainable = true }) => trainable)) return;
  throw new RangeError('No layer is trainable: there would be nothing to train.');
}
