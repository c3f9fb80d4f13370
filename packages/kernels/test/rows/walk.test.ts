import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OptimizerFields, PairsFields } from '../../src/index.ts';
import { gatherRows, orderPairs, sortPairs, walkBackward, walkForward } from '../../src/reference/index.ts';
import type { AnyRows, Choices } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, magnitudes } from '../check.ts';
import { floats, lists, matrix, pad4, randomOf } from '../data.ts';
import {
  OPTIMIZERS,
  copyRows,
  makeRows,
  placeOptimizer,
  placePairs,
  placeRows,
  statesOf,
} from '../layers.ts';
import { Memory } from '../memory.ts';
import { walkCases, type WalkCase } from '../walk-cases.ts';

interface Batch {
  readonly rows: AnyRows;
  readonly choices: Choices;
  readonly pairs: PairsFields;
  readonly x: Float32Array;
  readonly xStride: number;
  readonly batch: number;
  /** Most pairs that a row has. */
  readonly longest: number;
}

/** From a row that nobody chose and one sample to rows with several dense tiles of samples. */
const cases = fc.oneof(walkCases(14), walkCases(70));

/** All numbers from `low` to 1: from 0 on there is no cancellation. */
function makeBatch({ seed, count, batch, width, withBias }: WalkCase, low: number = -1): Batch {
  const random = randomOf(seed);
  const rows = makeRows(random, count, width, withBias, low);
  const { offsets, ids } = lists(random, batch, count);
  const sorted = sortPairs(offsets, ids);
  const pairs = orderPairs(sorted);
  const xStride = pad4(width) + 4 * random.integer(2);
  const longest = Math.max(0, ...Array.from(pairs.rows, (_, v) => pairs.starts[v + 1] - pairs.starts[v]));
  return {
    rows,
    pairs,
    xStride,
    batch,
    longest,
    choices: { offsets, ids, coefficients: floats(random, ids.length, low) },
    x: matrix(random, batch, width, xStride, low),
  };
}

describe.each(BUILDS)('walks over dense samples, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('forward: dot products and bias, each where its pair stands', () => {
    check(cases, (given) => {
      const { rows, pairs, x, xStride, choices } = makeBatch(given);
      using memory = new Memory(arena);
      const out = memory.float32(choices.ids.length);
      const { at } = placeRows(memory, rows);
      const [pairsAt, xAt] = [placePairs(memory, pairs), memory.at(memory.float32(x))];
      const scratch = memory.scratch(kernels.walkForwardScratchBytes());
      kernels.walkForward(memory.at(out), at, pairsAt, xAt, xStride, 0, pairs.rows.length, scratch);
      memory.check();
      const expected = new Float32Array(out.length);
      walkForward(expected, rows, pairs, x, xStride);
      const magnitude = new Float32Array(out.length);
      walkForward(magnitude, copyRows(rows, magnitudes), pairs, magnitudes(x), xStride);
      // One rounding a product (padding included), one for the bias, one in the reference.
      expect(out).toBeWithinRoundings(pad4(rows.width) + 3, expected, magnitude);
    });
  });

  /** The rows after one backward walk by the kernel, without the gradient by the samples. */
  function backward(given: Batch, optimizer: OptimizerFields, rows: AnyRows = given.rows): AnyRows {
    return backwardWithFlow(given, optimizer, rows, 0, 1).rows;
  }

  /**
   * The rows after one backward walk, and the gradient by the samples from partial sums over `grain` visited rows each (0: none).
   * The walk is done in ranges of `step` such parts, the last first.
   */
  function backwardWithFlow(
    given: Batch,
    optimizer: OptimizerFields,
    rows: AnyRows,
    grain: number,
    step: number,
  ): { rows: AnyRows; flow: Float32Array } {
    using memory = new Memory(arena);
    const { rows: placed, at } = placeRows(memory, rows);
    const { choices, pairs, x, xStride, batch } = given;
    const count = pairs.rows.length;
    const parts = grain ? Math.ceil(count / grain) : 0;
    const partials = memory.float32(new Float32Array(parts * x.length).fill(7));
    const coefficientsAt = memory.at(memory.float32(choices.coefficients));
    const [pairsAt, optimizerAt] = [placePairs(memory, pairs), placeOptimizer(memory, optimizer)];
    const xAt = memory.at(memory.float32(x));
    const scratch = memory.scratch(kernels.walkBackwardScratchBytes(given.batch, rows.width));
    const rowsInRange = grain ? step * grain : count;
    for (let begin = Math.floor((count - 1) / rowsInRange) * rowsInRange; begin >= 0; begin -= rowsInRange) {
      kernels.walkBackward(
        coefficientsAt,
        at,
        pairsAt,
        optimizerAt,
        xAt,
        xStride,
        grain ? memory.at(partials) : 0,
        batch,
        grain || 1,
        begin,
        Math.min(begin + rowsInRange, count),
        scratch,
      );
    }
    const flow = memory.float32(new Float32Array(x.length).fill(7));
    kernels.sumPartials(memory.at(flow), memory.at(partials), x.length, parts, 0, grain ? x.length : 0);
    memory.check();
    return { rows: copyRows(placed, (array) => array), flow: flow.slice() };
  }

  test.each(OPTIMIZERS)('backward with $kind: gradients summed and applied', (optimizer) => {
    check(cases, (given) => {
      // Adam divides by the root of the second moment, which a gradient that cancels leaves with any relative error.
      // From positive numbers all gradients and moments are exact to some roundings.
      const batch = makeBatch(given, optimizer.kind === 'adam' ? 0 : -1);
      const { choices, pairs, x, xStride, longest } = batch;
      const actual = backward(batch, optimizer);
      const expected = copyRows(batch.rows, (array) => array);
      walkBackward(choices.coefficients, expected, pairs, optimizer, x, xStride);
      // With all magnitudes and the opposite rate nothing is subtracted.
      const magnitude = copyRows(batch.rows, magnitudes);
      const opposite = { ...optimizer, rate: -optimizer.rate };
      walkBackward(magnitudes(choices.coefficients), magnitude, pairs, opposite, magnitudes(x), xStride);
      // A gradient rounds once a pair; in Adam's quotient it comes twice, with some ten roundings more.
      const roundings = 2 * longest + 24;
      const [actuals, expecteds] = [statesOf(actual), statesOf(expected)];
      statesOf(magnitude).forEach((most, i) =>
        expect(actuals[i]).toBeWithinRoundings(roundings, expecteds[i], most),
      );
      expect(actual.steps ?? new Int32Array()).toHaveBitsOf(expected.steps ?? new Int32Array());
    });
  });

  test.each(OPTIMIZERS)('backward with $kind is updateRows with the gradients, to the bit', (optimizer) => {
    check(cases, (given) => {
      const batch = makeBatch(given);
      // From weights of 0, a step of SGD with rate -1 leaves the gradients.
      const blank = copyRows(batch.rows, (array) => array.fill(0));
      const gradients = backward(batch, { ...OPTIMIZERS[0], rate: -1 }, blank);
      using memory = new Memory(arena);
      const { rows, at } = placeRows(memory, batch.rows);
      const optimizerAt = placeOptimizer(memory, optimizer);
      const gradientsAt = memory.at(memory.float32(gradients.weights));
      const biasAt = gradients.bias ? memory.at(memory.float32(gradients.bias)) : 0;
      for (const r of batch.pairs.rows) {
        kernels.updateRows(at, optimizerAt, gradientsAt, rows.stride, biasAt, r, r + 1);
      }
      memory.check();
      const expecteds = statesOf(rows);
      statesOf(backward(batch, optimizer)).forEach((actual, i) => expect(actual).toHaveBitsOf(expecteds[i]));
    });
  });

  test('backward collects the gradient by the samples too, with the weights from before the update', () => {
    const grains = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }));
    check(fc.tuple(cases, grains), ([given, [grain, step]]) => {
      const batch = makeBatch(given);
      const { choices, pairs, rows, x, xStride } = batch;
      const [optimizer] = OPTIMIZERS;
      const actual = backwardWithFlow(batch, optimizer, rows, grain, step);
      const expected = new Float32Array(x.length);
      walkBackward(
        choices.coefficients,
        copyRows(rows, (a) => a),
        pairs,
        optimizer,
        x,
        xStride,
        expected,
      );
      const magnitude = new Float32Array(x.length);
      const positive = copyRows(rows, magnitudes);
      walkBackward(magnitudes(choices.coefficients), positive, pairs, optimizer, x, xStride, magnitude);
      expect(actual.flow).toBeWithinRoundings(2 * given.count + 1, expected, magnitude);

      // Neither the ranges change a bit of it, nor it a bit of the rows.
      const whole = backwardWithFlow(batch, optimizer, rows, grain, given.count);
      expect(actual.flow).toHaveBitsOf(whole.flow);
      const without = statesOf(backward(batch, optimizer));
      statesOf(actual.rows).forEach((array, i) => expect(array).toHaveBitsOf(without[i]));
    });
  });

  test('gather: bias and rows weighted, padding cleared, what lies between rows left alone', () => {
    check(cases, (given) => {
      const { rows, choices, batch } = makeBatch(given);
      const { weights, stride, width } = rows;
      const random = randomOf(given.seed);
      const bias = given.withBias ? floats(random, width) : undefined;
      const outStride = pad4(width) + random.integer(3);
      using memory = new Memory(arena);
      const out = memory.float32(new Float32Array(batch * outStride).fill(7));
      kernels.gatherRows(
        memory.at(out),
        outStride,
        memory.at(bias && memory.float32(bias)),
        memory.at(memory.float32(weights)),
        stride,
        width,
        memory.at(memory.int32(choices.offsets)),
        memory.at(memory.int32(choices.ids)),
        memory.at(memory.float32(choices.coefficients)),
        0,
        batch,
      );
      memory.check();
      const expected = new Float32Array(out.length).fill(7);
      for (let s = 0; s < batch; s++) expected.fill(0, s * outStride, s * outStride + pad4(width));
      const magnitude = magnitudes(expected);
      gatherRows(expected, outStride, rows, choices, bias);
      const [w, c] = [magnitudes(weights), magnitudes(choices.coefficients)];
      const positive = { ...choices, coefficients: c };
      gatherRows(magnitude, outStride, { weights: w, stride, width }, positive, bias && magnitudes(bias));
      expect(out).toBeWithinRoundings(given.count + 2, expected, magnitude);
    });
  });
});
