import * as fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { softmaxCrossEntropy, type SampleWeighting } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { UNIT, check, dimensions, magnitudes, seeds } from '../check.ts';
import { floats, lists, randomOf } from '../data.ts';
import type { Lists, Random } from '../data.ts';
import { Memory } from '../memory.ts';
import { randomWeighting, type BatchWeighting } from '../weightings.ts';

/** Logits of a batch: of chosen units, or dense of units 0, 1, ... in rows of `width`, `stride` apart. */
type Units = { readonly choices: Lists } | { readonly width: number; readonly stride: number };

/** What the reference makes of one sample, and how far from it the kernel may be. */
function expectation(
  logits: Float32Array,
  ids: Int32Array | undefined,
  labels: Int32Array,
  scale: number,
  corrections?: Float32Array,
  weighting?: SampleWeighting,
): { gradient: Float32Array; loss: number; roundings: number; magnitude: Float32Array } {
  const { gradient, loss } = softmaxCrossEntropy(logits, ids, labels, scale, corrections, weighting);
  const magnitude = softmaxCrossEntropy(logits, ids, Int32Array.of(), scale, corrections).gradient;
  for (const label of labels) {
    const at = ids ? ids.indexOf(label) : label;
    if (at >= 0) magnitude[at] += scale / labels.length;
  }
  // A gradient is what a probability and the targets weigh, none more than 3 times 3; smoothing gives all a target.
  if (weighting) {
    const even = weighting.smoothing * scale;
    for (let i = 0; i < magnitude.length; i++) magnitude[i] = 9 * (magnitude[i] + even);
  }
  // Rounding logit - highest puts an error of |difference| roundings into each exponential; its polynomial adds 2 units
  // in the last place (4 roundings), a sum of four 3. The quotient has this twice, and a few roundings of its own.
  // Corrected logits are rounded themselves, which puts an error of their size into each exponential.
  const corrected = logits.map((logit, i) => logit + (corrections ? corrections[i] : 0));
  const spread = logits.length ? Math.max(...corrected) - Math.min(...corrected) : 0;
  const size = corrections ? Math.max(0, ...magnitudes(corrected)) : 0;
  return { gradient, loss, roundings: 2 * (spread + 2 * size + 8) + 4, magnitude };
}

/** Random weights for a batch, if targets have a smoothing. */
const weightsOf =
  (random: Random, batch: number, width: number, smoothing: number | undefined) =>
  (memory: Memory): BatchWeighting | undefined =>
    smoothing === undefined ? undefined : randomWeighting(memory, random, batch, width, smoothing);

describe.each(BUILDS)('softmaxCrossEntropy, $name', (build) => {
  const arena = arenaOf(build);

  function run(
    logits: Float32Array,
    units: Units,
    labels: Lists,
    scale: number,
    corrections?: Float32Array,
    weights?: (memory: Memory) => BatchWeighting | undefined,
  ): { gradients: Float32Array; losses: Float32Array; weighting: BatchWeighting | undefined } {
    const batch = labels.offsets.length - 1;
    const { choices } = 'choices' in units ? units : {};
    const { width, stride } = 'width' in units ? units : { width: 0, stride: 0 };
    using memory = new Memory(arena);
    const weighting = weights?.(memory);
    const gradients = memory.float32(new Float32Array(logits.length).fill(7));
    const losses = memory.float32(new Float32Array(batch).fill(7));
    arena.kernels.softmaxCrossEntropy(
      memory.at(gradients),
      memory.at(losses),
      memory.at(memory.float32(logits)),
      memory.at(choices && memory.int32(choices.offsets)),
      memory.at(choices && memory.int32(choices.ids)),
      stride,
      width,
      memory.at(memory.int32(labels.offsets)),
      memory.at(memory.int32(labels.ids)),
      memory.at(corrections && memory.float32(corrections)),
      memory.at(weighting?.record.record),
      scale,
      0,
      batch,
    );
    memory.check();
    return { gradients: gradients.slice(), losses: losses.slice(), weighting };
  }

  const cases = fc.record({
    seed: seeds,
    batch: fc.oneof(fc.constant(1), fc.nat({ max: 4 })),
    width: dimensions,
    spread: fc.constantFrom(0, 1, 10, 40),
    scale: fc.constantFrom(1, 1 / 256),
    corrected: fc.boolean(),
    /** Smoothing, where there are weights. */
    weighted: fc.constantFrom(undefined, 0, 0.2),
  });

  test('over chosen units: labels share the target, those that are not active have none', () => {
    check(cases, ({ seed, batch, width, spread, scale, corrected, weighted }) => {
      const random = randomOf(seed);
      const choices = lists(random, batch, width);
      const labels = lists(random, batch, width, 4);
      const logits = floats(random, choices.ids.length, -spread, spread);
      const corrections = corrected ? floats(random, logits.length, 0, 9) : undefined;
      const weights = weightsOf(random, batch, width, weighted);
      const made = run(logits, { choices }, labels, scale, corrections, weights);
      const { gradients, losses, weighting } = made;
      for (let s = 0; s < batch; s++) {
        const [from, to] = [choices.offsets[s], choices.offsets[s + 1]];
        const own = labels.ids.subarray(labels.offsets[s], labels.offsets[s + 1]);
        const ids = choices.ids.subarray(from, to);
        const added = corrections?.subarray(from, to);
        const expected = expectation(logits.subarray(from, to), ids, own, scale, added, weighting?.of(s));
        const { gradient, loss, roundings, magnitude } = expected;
        expect(gradients.subarray(from, to)).toBeWithinRoundings(roundings, gradient, magnitude);
        expect([losses[s]]).toBeWithinRoundings(roundings, [loss], [(weighting ? 9 : 1) + loss]);
      }
    });
  });

  test('over all units of dense rows, leaving what lies between rows alone', () => {
    check(cases, ({ seed, batch, width, spread, scale, corrected, weighted }) => {
      const random = randomOf(seed);
      const stride = width + 3;
      const labels = lists(random, batch, width, 2);
      const logits = floats(random, batch * stride, -spread, spread);
      const corrections = corrected ? floats(random, logits.length, 0, 9) : undefined;
      const weights = weightsOf(random, batch, width, weighted);
      const made = run(logits, { width, stride }, labels, scale, corrections, weights);
      const { gradients, losses, weighting } = made;
      for (let s = 0; s < batch; s++) {
        const [from, to] = [s * stride, s * stride + width];
        const own = labels.ids.subarray(labels.offsets[s], labels.offsets[s + 1]);
        const added = corrections?.subarray(from, to);
        const expected = expectation(
          logits.subarray(from, to),
          undefined,
          own,
          scale,
          added,
          weighting?.of(s),
        );
        const { gradient, loss, roundings, magnitude } = expected;
        expect(gradients.subarray(from, to)).toBeWithinRoundings(roundings, gradient, magnitude);
        expect([losses[s]]).toBeWithinRoundings(roundings, [loss], [(weighting ? 9 : 1) + loss]);
        expect([...gradients.subarray(to, from + stride)]).toEqual([7, 7, 7]);
      }
    });
  });

  test('gives the bits of no weights where all weigh 1', () => {
    check(cases, ({ seed, batch, width, spread, scale, corrected }) => {
      const random = randomOf(seed);
      const choices = lists(random, batch, width);
      const labels = lists(random, batch, width, 4);
      const logits = floats(random, choices.ids.length, -spread, spread);
      const corrections = corrected ? floats(random, logits.length, 0, 9) : undefined;
      const ones = (memory: Memory): BatchWeighting => {
        const { record, of } = randomWeighting(memory, random, batch, width, 0);
        for (const array of [record.fields.samples, record.fields.outputs]) array?.fill(1);
        return { record, of };
      };
      const weighted = run(logits, { choices }, labels, scale, corrections, ones);
      const plain = run(logits, { choices }, labels, scale, corrections);
      expect([weighted.gradients, weighted.losses]).toEqual([plain.gradients, plain.losses]);
    });
  });

  test('agrees with ml-matrix', () => {
    const width = 129;
    const logits = floats(randomOf(3), width, -5, 5);
    const label = { offsets: Int32Array.of(0, 1), ids: Int32Array.of(17) };
    const { gradients, losses } = run(logits, { width, stride: width }, label, 1);
    const exponentials = Matrix.rowVector(Array.from(logits)).exp();
    const softmax = Matrix.div(exponentials, exponentials.sum()).to1DArray();
    const target = softmax.map((_, i) => (i === 17 ? 1 : 0));
    const magnitude = softmax.map((p, i) => p + target[i]);
    expect(gradients).toBeWithinRoundings(
      2 * (10 + 8) + 4,
      softmax.map((p, i) => p - target[i]),
      magnitude,
    );
    expect(Math.abs(losses[0] + Math.log(softmax[17]))).toBeLessThan(20 * UNIT);
  });

  test('has an exponential within 2 units in the last place, and no gradient where a probability is below 2^-50', () => {
    const random = randomOf(4);
    const logits = Float32Array.from({ length: 20_001 }, (_, i) => (i === 0 ? 0 : -87 * random.uniform()));
    const none = { offsets: Int32Array.of(0, 0), ids: new Int32Array() };
    const width = logits.length;
    const { gradients } = run(logits, { width, stride: width }, none, 2 ** 20);
    let most = 0;
    const ofTiny: number[] = [];
    // Where the logit is 0 the gradient is the common factor itself. The product with it rounds once.
    for (let i = 0; i < width; i++) {
      const expected = gradients[0] * Math.exp(logits[i]);
      if (expected < 2 ** (20 - 50)) ofTiny.push(gradients[i]);
      else most = Math.max(most, Math.abs(gradients[i] / expected - 1));
    }
    expect(ofTiny.length).toBeGreaterThan(width / 3);
    expect(ofTiny.every((gradient) => gradient === 0)).toBe(true);
    expect(most).toBeLessThan(2 * 2 ** -23 + UNIT);
    expect(most).toBeGreaterThan(0);
  });

  test('a logit that is no number makes all of the sample none, wherever it stands', () => {
    for (let width = 1; width <= 9; width++) {
      for (let at = 0; at < width; at++) {
        const logits = new Float32Array(width).fill(1);
        logits[at] = Number.NaN;
        const label = { offsets: Int32Array.of(0, 1), ids: Int32Array.of(0) };
        const { gradients, losses } = run(logits, { width, stride: width }, label, 1);
        expect([...gradients, ...losses].every(Number.isNaN)).toBe(true);
      }
    }
  });

  test('weights that are tiny scale gradients, and leave none subnormal', () => {
    const logits = Float32Array.of(0, -30, -33, -34, 0.5);
    const label = { offsets: Int32Array.of(0, 1), ids: Int32Array.of(0) };
    for (const scale of [1, -1, 1e-12, 1e-24, 0]) {
      const { gradients } = run(logits, { width: 5, stride: 5 }, label, scale);
      expect(gradients.filter((g) => g !== 0 && Math.abs(g) < 2 ** -126)).toEqual(new Float32Array());
      const { gradient } = softmaxCrossEntropy(logits, undefined, Int32Array.of(0), 1);
      const wanted = gradient.map((g) => (Math.abs(g * scale) < 2 ** -100 ? 0 : g * scale));
      expect(gradients).toBeWithinRoundings(100, wanted, magnitudes(wanted));
    }
  });

  test('stays finite for any finite logits, and for some at minus infinity', () => {
    const any = fc.array(fc.float({ noNaN: true, min: -(2 ** 126), max: 2 ** 126 }), {
      minLength: 1,
      maxLength: 9,
    });
    check(any, (values) => {
      const width = values.length + 1;
      const logits = Float32Array.of(...values, -Infinity);
      const label = { offsets: Int32Array.of(0, 1), ids: Int32Array.of(0) };
      const { gradients, losses } = run(logits, { width, stride: width }, label, 1);
      expect(gradients.every(Number.isFinite)).toBe(true);
      expect(losses.every(Number.isFinite)).toBe(true);
      expect(losses[0]).toBeGreaterThanOrEqual(0);
    });
  });
});
