import { randomStream, Team, Arena } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import { ChangeDetector } from '../../../src/selectors/hashed/change-detector.ts';
import { Counts } from '../../../src/layers/counts.ts';
import { BoundOptimizer } from '../../../src/optimizers/bound-optimizer.ts';
import {
  hidden,
  lsh,
  network,
  rehashDecay,
  rehashNever,
  rehashOnChange,
  rehashSamples,
  sgd,
  softmax,
  type LshSpec,
  type SelectorContext,
} from '../../../src/index.ts';
import { decayStep } from '../../../src/selectors/hashed/rehash-schedule.ts';
import { createWeights } from '../../../src/layers/weights.ts';
import { blobs } from '../../data.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

const family = simHash({ bits: 5, tables: 12 });
/** One step an epoch. */
const dense = blobs({ rows: 40, columns: 20, classes: 5 });

/** After which of so many steps the tables are those of the weights then: where no code is stale. */
async function rehashes(options: Partial<LshSpec>, steps: number): Promise<number[]> {
  const spy = new Spy();
  const select = lsh({ count: 30, family, transform: identity(), ...options });
  using net = await create(network(20, [hidden(60, select), softmax(5)], sgd({ rate: 0.5 })), dense);
  expect(spy.choices).toEqual([]);
  const times: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const [report] = await fit(net, dense);
    // The first hashing of all is when the network is made.
    if (report.entries.rehash > 0) times.push(step);
  }
  return times;
}

describe('rehash', () => {
  test('every n steps', async () => {
    expect(await rehashes({ rehash: 4 }, 14)).toEqual([4, 8, 12]);
  });

  test('every n samples, at the end of the step that completes them, whatever the size of a batch', async () => {
    // A step has 40 samples; of 110 the multiples are reached in steps 3, 6, 9 and 11.
    expect(await rehashes({ rehash: rehashSamples(110) }, 12)).toEqual([3, 6, 9, 11]);
    // Once a step, at most.
    expect(await rehashes({ rehash: rehashSamples(7) }, 3)).toEqual([1, 2, 3]);
    for (const batchSize of [1, 4, 20]) {
      const select = lsh({ count: 30, family, transform: identity(), rehash: rehashSamples(20) });
      using net = await create(network(20, [hidden(60, select), softmax(5)]), dense, { batchSize });
      const reports = await fit(net, dense, 3);
      expect(reports.map(({ entries }) => entries.rehash)).toEqual([1, 1, 1].map(() => 2 * 2 * 60 * 12));
    }
  });

  test("by SLIDE's schedule: the t-th at the sum of N0 e^(lambda i) for i below t", async () => {
    const [first, rate] = [2, 0.4];
    // 2, 2 + 2.98, + 4.45, + 6.64: 2, 4.98, 9.43, 16.07.
    expect(await rehashes({ rehash: rehashDecay({ first, rate }) }, 17)).toEqual([2, 5, 9, 16]);
    for (let t = 1; t < 20; t++) {
      const sum = (first * (Math.exp(rate * t) - 1)) / (Math.exp(rate) - 1);
      expect(Math.abs(decayStep(rehashDecay({ first, rate }), t) - sum)).toBeLessThanOrEqual(0.5);
    }
    // Without decay it is every n steps.
    expect(decayStep(rehashDecay({ rate: 0 }), 3)).toBe(150);
  });

  test('never', async () => {
    expect(await rehashes({ rehash: rehashNever() }, 10)).toEqual([]);
  });

  test('keeps frozen tables: the codes are those of the initial weights', async () => {
    const select = lsh({ count: 30, family, rehash: rehashNever() });
    const spy = new Spy();
    using net = await create(
      network(20, [hidden(60, spy.on(select)), softmax(5)], sgd({ rate: 1e-3 })),
      dense,
    );
    await fit(net, dense, 3);
    net.evaluate(dense, { pass: 'sparse' });
    const { active } = spy.last;
    net.weights(0).values.fill(0);
    net.evaluate(dense, { pass: 'sparse' });
    expect(spy.last.active).toEqual(active);
  });

  test('on change: when so much of the signatures has changed, and not before', async () => {
    const select = { rehash: rehashOnChange({ threshold: 0.05, every: 1, bits: 64 }) };
    const spec = lsh({ count: 30, family, transform: identity(), ...select });
    const layers = [hidden(60, spec), softmax(5)];
    using still = await create(network(20, layers, sgd({ rate: 1e-30 })), dense);
    const looked = await fit(still, dense, 5);
    using moving = await create(network(20, layers, sgd({ rate: 2 })), dense);
    const moved = await fit(moving, dense, 5);
    // To look costs a signature of 64 bits, which is a word, for each row that was updated; to rehash, codes and tables too.
    for (const { words, additions, multiplyAdds, entries } of looked) {
      expect(words.rehash).toBeGreaterThan(0);
      expect(words.rehash).toBeLessThanOrEqual(60);
      expect(additions.rehash).toBe(words.rehash * (3 * 6 * 64));
      expect([multiplyAdds.rehash, entries.rehash]).toEqual([0, 0]);
    }
    expect(Math.max(...moved.map(({ entries }) => entries.rehash))).toBe(2 * 60 * 12);
    expect(Math.max(...moved.map(({ multiplyAdds }) => multiplyAdds.rehash))).toBeGreaterThan(0);
  });

  test.for<[Partial<LshSpec>, string]>([
    [{ rehash: 1.5 }, 'lsh: rehash is a number of steps, 1 or more, or a schedule; got 1.5.'],
    [
      { rehash: rehashDecay({ first: 0, rate: 1 }) },
      'lsh: first of rehash is a number of steps, 1 or more; got 0.',
    ],
    [{ rehash: rehashDecay({ rate: -1 }) }, 'lsh: rate of rehash is 0 or more; got -1.'],
    [{ rehash: rehashSamples(0.5) }, 'lsh: every of rehash is a number of samples, 1 or more; got 0.5.'],
    [{ centred: 1 as never }, 'lsh: centred is true or false; got 1.'],
    [{ rehash: rehashOnChange({ threshold: 1 }) }, 'lsh: threshold of rehash is above 0 and below 1; got 1.'],
    [{ rehash: rehashOnChange({ threshold: 0.1, every: 0 }) }, 'lsh: every of rehash is a number of steps'],
    [
      { rehash: rehashOnChange({ threshold: 0.1, bits: 0 }) },
      'lsh: bits of rehash is from 1 to 1024; got 0.',
    ],
    [{ rehash: { kind: 'always' } as never }, 'rehashOnChange(...) or rehashNever(); got {"kind":"always"}.'],
    [{ redraw: -1 }, 'lsh: redraw is a number of rehashes, or 0 for never; got -1.'],
    [{ query: 'output' as 'input' }, "lsh: query is 'input' or 'label'; got 'output'."],
  ])('refuses %o', ([options, message]) => {
    expect(() => network(20, [hidden(60, lsh({ count: 3, family, ...options })), softmax(5)])).toThrow(
      message,
    );
  });
});

// 31 is prime: a code has one sign. 100 takes codes of 10, 48 and 64 whole ones.
test.for([31, 48, 64, 100])('a signature of %i bits changes by the angle over pi', (length) => {
  const arena = new Arena();
  const team = Team.single(arena);
  const [units, inputs] = [200, 40];
  const weights = createWeights(arena, units, inputs, false, sgd({ rate: 1 }));
  const random = randomStream(1, 'turn');
  const { values, stride } = weights;
  for (let u = 0; u < units; u++) for (let k = 0; k < inputs; k++) values[u * stride + k] = random.normal();
  const shape = { name: 'layer 1', units, inputs, batch: 1 };
  const optimizer = new BoundOptimizer(arena, sgd({ rate: 0.1 }), 0).forLayer({});
  const context: SelectorContext = { team, seed: 1, weights, counts: new Counts(), optimizer, ...shape };
  using detector = new ChangeDetector(length, context);
  const rows = arena.int32(units);
  for (let u = 0; u < units; u++) rows[u] = u;
  detector.keep(rows);
  expect(detector.changed(rows)).toBe(0);
  // Turn each vector by a right-angled one of its length times tan(0.4).
  for (let u = 0; u < units; u++) {
    const row = values.subarray(u * stride, u * stride + inputs);
    const norm = Math.hypot(...row);
    const other = Float64Array.from(row, () => random.normal());
    const along = other.reduce((sum, x, k) => sum + x * row[k], 0) / norm ** 2;
    for (let k = 0; k < inputs; k++) other[k] -= along * row[k];
    const scale = (Math.tan(0.4) * norm) / Math.hypot(...other);
    for (let k = 0; k < inputs; k++) row[k] += scale * other[k];
  }
  const bits = units * length;
  const p = 0.4 / Math.PI;
  // Bits of one projection over 200 vectors are nearly independent, and so are projections.
  expect(Math.abs(detector.changed(rows) - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / bits) * 1.5);
  // Of half of the rows, half as many.
  expect(detector.changed(rows.subarray(0, 100)) / detector.changed(rows)).toBeCloseTo(0.5, 1);
  detector.keep(rows);
  expect(detector.changed(rows)).toBe(0);
});

/** What is chosen before a step that changes nothing, and after the rehash. */
async function choose(permuted: boolean): Promise<(readonly (readonly number[])[])[]> {
  const spy = new Spy();
  // Small codes, all of whose candidates find a place: then lists are unions of buckets.
  const one = simHash({ bits: 4, tables: 1 });
  const select = lsh({ count: 400, family: one, rehash: 1, permuted });
  using net = await create(
    network(20, [hidden(400, spy.on(select)), softmax(5)], sgd({ rate: 1e-30 })),
    dense,
  );
  net.evaluate(dense, { pass: 'sparse' });
  await fit(net, dense);
  net.evaluate(dense, { pass: 'sparse' });
  return [spy.choices[0].active, spy.last.active];
}

describe('lsh', () => {
  test('redraws its functions: the same weights then have other codes', async () => {
    const sets: string[] = [];
    const spy = new Spy();
    const select = lsh({ count: 60, family, rehash: 1, redraw: 2 });
    using net = await create(
      network(20, [hidden(60, spy.on(select)), softmax(5)], sgd({ rate: 1e-30 })),
      dense,
    );
    for (let step = 0; step < 6; step++) {
      net.evaluate(dense, { pass: 'sparse' });
      sets.push(JSON.stringify(spy.last.active));
      await fit(net, dense);
    }
    expect([sets[1], sets[3], sets[5]]).toEqual([sets[0], sets[2], sets[4]]);
    expect(new Set(sets).size).toBe(3);
  });

  test('permuted has lists as long as without, that are other units and persist', async () => {
    const [plain] = await choose(false);
    const [before, after] = await choose(true);
    expect(after).toEqual(before);
    expect(before.map(({ length }) => length)).toEqual(plain.map(({ length }) => length));
    // What both have is what chance gives: of a set of n among 400, n / 400.
    const shared = before.map((ids, s) => ids.filter((id) => plain[s].includes(id)).length);
    const total = shared.reduce((a, b) => a + b, 0);
    const expected = before.reduce((sum, { length }) => sum + length ** 2 / 400, 0);
    expect(total).toBeLessThan(3 * expected + 40);
    expect(total).toBeLessThan(0.5 * before.reduce((sum, { length }) => sum + length, 0));
  });
});
