import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OptimizerFields, PairsFields, SparseFields } from '../../src/index.ts';
import {
  gatherRowsSparse,
  sortPairs,
  walkBackwardSparse,
  walkForwardSparse,
} from '../../src/reference/index.ts';
import type { AnyRows, Choices } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, magnitudes } from '../check.ts';
import { floats, lists, randomOf, sparse } from '../data.ts';
import {
  OPTIMIZERS,
  copyRows,
  makeRows,
  placeOptimizer,
  placePairs,
  placeRows,
  placeSparse,
  statesOf,
} from '../layers.ts';
import { Memory } from '../memory.ts';
import { walkCases, type WalkCase } from '../walk-cases.ts';

const cases = walkCases(9);
const walkFlows = fc
  .tuple(cases, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 }))
  .map(([given, grain, step]) => ({ ...given, grain, step }));

interface Batch {
  readonly rows: AnyRows;
  readonly choices: Choices;
  readonly pairs: PairsFields;
  readonly x: SparseFields;
}

/** All numbers from `low` to 1; samples may be without a non-zero, rows without a pair. */
function makeBatch({ seed, count, batch, width, withBias }: WalkCase, low: number = -1): Batch {
  const random = randomOf(seed);
  const { offsets, ids } = lists(random, batch, count);
  return {
    rows: makeRows(random, count, width, withBias, low),
    choices: { offsets, ids, coefficients: floats(random, ids.length, low) },
    pairs: sortPairs(offsets, ids),
    x: sparse(random, batch, width, low),
  };
}

function positive<T extends SparseFields>(x: T): T {
  return { ...x, values: magnitudes(x.values) };
}

describe.each(BUILDS)('walks over sparse samples, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('forward: dot products and bias, each where its pair stands', () => {
    check(cases, (given) => {
      const { rows, pairs, x, choices } = makeBatch(given);
      using memory = new Memory(arena);
      const out = memory.float32(choices.ids.length);
      const { at } = placeRows(memory, rows);
      const [pairsAt, xAt] = [placePairs(memory, pairs), placeSparse(memory, x)];
      kernels.walkForwardSparse(memory.at(out), at, pairsAt, xAt, 0, pairs.rows.length);
      memory.check();
      const expected = new Float32Array(out.length);
      walkForwardSparse(expected, rows, pairs, x);
      const magnitude = new Float32Array(out.length);
      walkForwardSparse(magnitude, copyRows(rows, magnitudes), pairs, positive(x));
      expect(out).toBeWithinRoundings(rows.width + 4, expected, magnitude);
    });
  });

  /**
   * The rows after one backward walk by the kernel, and the sum of `flow`'s parts, each of `grain` visits: by `step` of them at
   * a time, the last ones first. None without a grain.
   */
  function backward(
    given: Batch,
    optimizer: OptimizerFields,
    grain: number = 0,
    step: number = 1,
  ): { rows: AnyRows; flow: Float32Array } {
    using memory = new Memory(arena);
    const { rows: placed, at } = placeRows(memory, given.rows);
    const { choices, pairs, x } = given;
    const [count, nonZeros] = [pairs.rows.length, x.values.length];
    const parts = grain ? Math.ceil(count / grain) : 0;
    const partials = memory.float32(new Float32Array(parts * nonZeros).fill(7));
    const coefficientsAt = memory.at(memory.float32(choices.coefficients));
    const [pairsAt, optimizerAt] = [placePairs(memory, pairs), placeOptimizer(memory, optimizer)];
    const [xAt, scratch] = [
      placeSparse(memory, x),
      memory.scratch(kernels.walkBackwardSparseScratchBytes(given.rows.width)),
    ];
    const rowsInRange = grain ? step * grain : Math.max(1, count);
    for (let begin = Math.floor((count - 1) / rowsInRange) * rowsInRange; begin >= 0; begin -= rowsInRange) {
      kernels.walkBackwardSparse(
        coefficientsAt,
        at,
        pairsAt,
        optimizerAt,
        xAt,
        grain ? memory.at(partials) : 0,
        nonZeros,
        grain || 1,
        begin,
        Math.min(begin + rowsInRange, count),
        scratch,
      );
    }
    const flow = memory.float32(new Float32Array(nonZeros).fill(7));
    kernels.sumPartials(memory.at(flow), memory.at(partials), nonZeros, parts, 0, grain ? nonZeros : 0);
    memory.check();
    return { rows: copyRows(placed, (array) => array), flow: flow.slice() };
  }

  test.each(OPTIMIZERS)('backward with $kind: gradients summed and applied', (optimizer) => {
    check(cases, (given) => {
      // For Adam from positive numbers, and tolerances as for dense samples: see walk.test.ts.
      const batch = makeBatch(given, optimizer.kind === 'adam' ? 0 : -1);
      const { choices, pairs, x } = batch;
      const { rows: actual } = backward(batch, optimizer);
      const expected = copyRows(batch.rows, (array) => array);
      walkBackwardSparse(choices.coefficients, expected, pairs, optimizer, x);
      const magnitude = copyRows(batch.rows, magnitudes);
      const opposite = { ...optimizer, rate: -optimizer.rate };
      walkBackwardSparse(magnitudes(choices.coefficients), magnitude, pairs, opposite, positive(x));
      const [actuals, expecteds] = [statesOf(actual), statesOf(expected)];
      statesOf(magnitude).forEach((most, i) =>
        expect(actuals[i]).toBeWithinRoundings(2 * given.batch + 24, expecteds[i], most),
      );
      expect(actual.steps ?? new Int32Array()).toHaveBitsOf(expected.steps ?? new Int32Array());
    });
  });

  test.each(OPTIMIZERS)('backward with $kind collects what flows to the samples on the way', (optimizer) => {
    check(walkFlows, (given) => {
      const batch = makeBatch(given);
      const { rows, choices, x } = batch;
      const { grain, step } = given;
      const actual = backward(batch, optimizer, grain, step);
      const expected = new Float32Array(x.values.length);
      gatherRowsSparse(expected, rows, x, choices);
      const magnitude = new Float32Array(x.values.length);
      const positiveChoices = { ...choices, coefficients: magnitudes(choices.coefficients) };
      gatherRowsSparse(magnitude, copyRows(rows, magnitudes), x, positiveChoices);
      expect(actual.flow).toBeWithinRoundings(2 * given.count + 2, expected, magnitude);

      // Neither the ranges change a bit of it, nor it a bit of the rows.
      const whole = backward(batch, optimizer, grain, given.count);
      expect(actual.flow).toHaveBitsOf(whole.flow);
      const without = statesOf(backward(batch, optimizer).rows);
      statesOf(actual.rows).forEach((array, i) => expect(array).toHaveBitsOf(without[i]));
    });
  });

  test('gather: the gradient at the active columns', () => {
    check(cases, (given) => {
      const { rows, choices, x } = makeBatch(given);
      using memory = new Memory(arena);
      const out = memory.float32(new Float32Array(x.values.length).fill(7));
      const { at } = placeRows(memory, rows);
      kernels.gatherRowsSparse(
        memory.at(out),
        at,
        placeSparse(memory, x),
        memory.at(memory.int32(choices.offsets)),
        memory.at(memory.int32(choices.ids)),
        memory.at(memory.float32(choices.coefficients)),
        0,
        given.batch,
      );
      memory.check();
      const expected = new Float32Array(out.length);
      gatherRowsSparse(expected, rows, x, choices);
      const magnitude = new Float32Array(out.length);
      const positiveChoices = { ...choices, coefficients: magnitudes(choices.coefficients) };
      gatherRowsSparse(magnitude, copyRows(rows, magnitudes), x, positiveChoices);
      expect(out).toBeWithinRoundings(given.count + 2, expected, magnitude);
    });
  });
});
