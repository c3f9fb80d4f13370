/** Weights of samples and outputs for the tests of losses. */
import { WeightingRecord } from '../src/index.ts';
import type { SampleWeighting } from '../src/reference/index.ts';
import { floats, type Random } from './data.ts';
import type { Placer } from './layers.ts';

/** Weights of a batch, as references take them for each sample, and laid for kernels. */
export interface BatchWeighting {
  readonly record: WeightingRecord;
  of(sample: number): SampleWeighting;
}

/** Random weights; one of the samples and one of the outputs weigh nothing. Targets are smoothed by `smoothing`. */
export function randomWeighting(
  memory: Placer,
  random: Random,
  batch: number,
  units: number,
  smoothing: number,
): BatchWeighting {
  const samples = floats(random, batch, 0, 3);
  const outputs = floats(random, units, 0, 3);
  const positives = floats(random, units, 0, 3);
  samples[random.integer(batch + 1)] = 0;
  outputs[random.integer(units + 1)] = 0;
  const placed = {
    samples: memory.float32(samples),
    outputs: memory.float32(outputs),
    positives: memory.float32(positives),
    smoothing: Math.fround(smoothing),
  };
  const record = new WeightingRecord(memory.arena, placed, memory.int32(WeightingRecord.WORDS));
  return {
    record,
    of: (sample) => ({ sample: samples[sample]!, outputs, positives, smoothing: Math.fround(smoothing) }),
  };
}
