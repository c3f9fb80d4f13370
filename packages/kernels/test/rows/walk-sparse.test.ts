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
import { floats, lists, pad4, randomOf, sparse } from '../data.ts';
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

  /** The rows after one backward walk by the kernel. */
  function backward(given: Batch, optimizer: OptimizerFields, rows: AnyRows = given.rows): AnyRows {
    using memory = new Memory(arena);
    const { rows: placed, at } = placeRows(memory, rows);
    const { choices, pairs, x } = given;
    kernels.walkBackwardSparse(
      memory.at(memory.float32(choices.coefficients)),
      at,
      placePairs(memory, pairs),
      placeOptimizer(memory, optimizer),
      placeSparse(memory, x),
      0,
      pairs.rows.length,
      memory.scratch(4 * pad4(rows.width)),
    );
    memory.check();
    return copyRows(placed, (array) => array);
  }

  test.each(OPTIMIZERS)('backward with $kind: gradients summed and applied', (optimizer) => {
    check(cases, (given) => {
      // For Adam from positive numbers, and tolerances as for dense samples: see walk.test.ts.
      const batch = makeBatch(given, optimizer.kind === 'adam' ? 0 : -1);
      const { choices, pairs, x } = batch;
      const actual = backward(batch, optimizer);
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
