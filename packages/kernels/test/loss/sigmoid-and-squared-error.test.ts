import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sigmoidCrossEntropy, squaredError } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, magnitudes, seeds } from '../check.ts';
import { floats, lists, pad4, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';
import { randomWeighting } from '../weightings.ts';

const cases = fc.record({
  seed: seeds,
  batch: fc.integer({ min: 1, max: 6 }),
  units: dimensions,
  spread: fc.constantFrom(1, 30, 100),
  scale: fc.constantFrom(1, 0.25),
  corrected: fc.boolean(),
  /** Smoothing, where there are weights. */
  weighted: fc.constantFrom(undefined, 0, 0.2),
  sparse: fc.boolean(),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** A batch of outputs, dense or of chosen units, in guarded memory. */
function setUp(memory: Memory, { seed, batch, units, spread, sparse }: Case) {
  const random = randomOf(seed);
  const stride = pad4(units) + 4;
  const choices = sparse ? lists(random, batch, units) : undefined;
  const length = choices ? choices.ids.length : batch * stride;
  const outputs = floats(random, length, -spread, spread);
  const gradients = memory.float32(new Float32Array(length).fill(7));
  const losses = memory.float32(new Float32Array(batch).fill(7));
  const range = (s: number): [number, number] =>
    choices ? [choices.offsets[s], choices.offsets[s + 1]] : [s * stride, s * stride + units];
  const args = [
    memory.at(gradients),
    memory.at(losses),
    memory.at(memory.float32(outputs)),
    memory.at(choices && memory.int32(choices.offsets)),
    memory.at(choices && memory.int32(choices.ids)),
    choices ? 0 : stride,
    units,
  ] as const;
  const idsOf = (s: number): Int32Array | undefined => choices?.ids.subarray(...range(s));
  return { random, outputs, gradients, losses, range, idsOf, args };
}

describe.each(BUILDS)('losses, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('sigmoidCrossEntropy follows the reference', () => {
    check(cases, (given) => {
      using memory = new Memory(arena);
      const { random, outputs, gradients, losses, range, idsOf, args } = setUp(memory, given);
      const { batch, units, scale, corrected, weighted } = given;
      const weighting =
        weighted === undefined ? undefined : randomWeighting(memory, random, batch, units, weighted);
      const labels = lists(random, batch, units, 5);
      const corrections = corrected ? floats(random, outputs.length, 0, 4) : undefined;
      const [offsets, ids] = [memory.int32(labels.offsets), memory.int32(labels.ids)];
      const correctionsAt = memory.at(corrections && memory.float32(corrections));
      kernels.sigmoidCrossEntropy(
        ...args,
        memory.at(offsets),
        memory.at(ids),
        correctionsAt,
        memory.at(weighting?.record.record),
        scale,
        0,
        batch,
      );
      memory.check();
      for (let s = 0; s < batch; s++) {
        const own = labels.ids.subarray(labels.offsets[s], labels.offsets[s + 1]);
        const of = corrections?.subarray(...range(s));
        const { gradient, loss } = sigmoidCrossEntropy(
          outputs.subarray(...range(s)),
          idsOf(s),
          own,
          scale,
          of,
          weighting?.of(s),
        );
        // e^4 is the largest correction, and 3 the largest weight; where the target is 1, p - 1 has the rounding of 1.
        const largest = (corrected ? 55 : 1) * (weighting ? 27 : 1);
        const magnitude = gradient.map(() => scale * largest);
        expect(gradients.subarray(...range(s))).toBeWithinRoundings(24, gradient, magnitude);
        const bound = 1e-5 * Math.max(1, loss) + 1e-6 * own.length * 100 * largest;
        expect(Math.abs(losses[s] - loss)).toBeLessThan(bound);
      }
    });
  });

  test.each([false, true])(
    'sigmoidCrossEntropy of many outputs has no overflow, and of extreme ones no infinity (weighted: %s)',
    (weighted) => {
      using memory = new Memory(arena);
      const units = 5003;
      for (const logit of [0, 1e-3, -12, -80, 120]) {
        const outputs = new Float32Array(units).fill(logit);
        const weighting = weighted ? randomWeighting(memory, randomOf(1), 1, units, 0) : undefined;
        weighting?.record.fields.samples!.fill(1);
        const [gradients, losses] = [memory.float32(units), memory.float32(1)];
        const labels = [memory.at(memory.int32([0, 1])), memory.at(memory.int32([17]))] as const;
        const to = [memory.at(gradients), memory.at(losses), memory.at(memory.float32(outputs))] as const;
        const record = memory.at(weighting?.record.record);
        kernels.sigmoidCrossEntropy(...to, 0, 0, units, units, ...labels, 0, record, 1, 0, 1);
        const own = weighting && { ...weighting.of(0), sample: 1 };
        const { gradient, loss } = sigmoidCrossEntropy(
          outputs,
          undefined,
          Int32Array.of(17),
          1,
          undefined,
          own,
        );
        expect(Math.abs(losses[0] - loss)).toBeLessThan(1e-5 * loss);
        expect(gradients).toBeWithinRoundings(
          16,
          gradient,
          magnitudes(gradient).map((x) => x + 2 ** -100),
        );
      }
    },
  );

  test('what is tiny of gradients is 0: of other outputs, of labels, and of errors', () => {
    using memory = new Memory(arena);
    const units = 5;
    const weighting = randomWeighting(memory, randomOf(1), 1, units, 0.1);
    const { samples, outputs: weights, positives } = weighting.record.fields;
    for (const array of [samples, weights]) array!.fill(1);
    positives!.fill(0);
    const gradients = memory.float32(new Float32Array(units).fill(7));
    const losses = memory.float32(1);
    const logits = memory.at(memory.float32(new Float32Array(units).fill(-90)));
    const to = [memory.at(gradients), memory.at(losses), logits] as const;
    const labels = [memory.at(memory.int32([0, 1])), memory.at(memory.int32([2]))] as const;
    const [record, scale] = [memory.at(weighting.record.record), 1 / 256];
    kernels.sigmoidCrossEntropy(...to, 0, 0, units, units, ...labels, 0, record, scale, 0, 1);
    expect(gradients).toEqual(new Float32Array(units));
    const errors = memory.at(memory.float32(new Float32Array(units).fill(1e-39)));
    const targets = memory.at(memory.float32(units));
    kernels.squaredError(to[0], to[1], errors, 0, 0, units, units, targets, units, 0, 1, 0, 1);
    expect(gradients).toEqual(new Float32Array(units));
  });

  test('squaredError follows the reference', () => {
    check(cases, (given) => {
      using memory = new Memory(arena);
      const { random, outputs, gradients, losses, range, idsOf, args } = setUp(memory, given);
      const { batch, units, scale, weighted } = given;
      const weighting = weighted === undefined ? undefined : randomWeighting(memory, random, batch, units, 0);
      const targets = floats(random, batch * (units + 3));
      const wanted = [memory.at(memory.float32(targets)), units + 3] as const;
      kernels.squaredError(...args, ...wanted, memory.at(weighting?.record.record), scale, 0, batch);
      memory.check();
      for (let s = 0; s < batch; s++) {
        const own = targets.subarray(s * (units + 3), s * (units + 3) + units);
        const { gradient, loss } = squaredError(
          outputs.subarray(...range(s)),
          idsOf(s),
          own,
          scale,
          weighting?.of(s),
        );
        expect(gradients.subarray(...range(s))).toBeWithinRoundings(7, gradient, magnitudes(gradient));
        expect(Math.abs(losses[s] - loss)).toBeLessThanOrEqual(1e-6 * loss);
      }
    });
  });
});
