import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hidden, network, productKeys, sgd, softmax, type ProductKeysSpec } from '../../../src/index.ts';
import { keySets } from '../../../src/selectors/routed/product-keys.ts';
import { blobs } from '../../data.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

const examples = blobs({ rows: 12, columns: 16, classes: 5 });

/** Row-major, in 32 bits: what a trained map holds. */
function dot(map: { values: Float32Array; stride: number }, row: number, x: ArrayLike<number>): number {
  return Array.from(x).reduce((sum, value, k) => sum + value * map.values[row * map.stride + k], 0);
}

describe('the chosen units', () => {
  test('are the exact top k of the sums over all pairs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(36, 40, 60, 256, 1024),
        fc.integer({ min: 2, max: 36 }),
        fc.constantFrom(2, 6, 16),
        fc.integer({ min: 1, max: 1000 }),
        async (units, count, queryDimensions, seed) => {
          const spy = new Spy();
          const select = spy.on(productKeys({ count, queryDimensions }));
          const spec = network(16, [hidden(units, select), softmax(5)], sgd({ rate: 0.5 }));
          using net = await create(spec, examples, { batchSize: 12, seed });
          await fit(net, examples, 2);
          net.evaluate(examples, { pass: 'sparse' });
          const { firstQuery, firstKeys, secondQuery, secondKeys } = spy.selector!.parameters!;
          const [, columns] = keySets(units);
          for (const [s, x] of spy.last.inputs.entries()) {
            const half = (map: typeof firstQuery): number[] =>
              Array.from({ length: queryDimensions / 2 }, (_, d) => dot(map!, d, x));
            const [first, second] = [half(firstQuery), half(secondQuery)];
            const scores = Array.from(
              { length: units },
              (_, u) =>
                dot(firstKeys!, Math.floor(u / columns), first) + dot(secondKeys!, u % columns, second),
            );
            const own = spy.last.active[s];
            expect(own).toEqual([...new Set(own)].toSorted((a, b) => a - b));
            expect(own).toHaveLength(count);
            const best = scores.toSorted((a, b) => b - a).slice(0, count);
            const chosen = own.map((u) => scores[u]).toSorted((a, b) => b - a);
            for (const [i, score] of chosen.entries()) expect(score).toBeCloseTo(best[i], 4);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  test('of 262,144 units stay, once the keys are frozen, and gates are k times a softmax', async () => {
    const spy = new Spy();
    const select = spy.on(productKeys({ count: 20, freezeAfter: 2 }));
    const spec = network(16, [hidden(2 ** 18, select), softmax(5)], sgd({ rate: 20 }));
    using net = await create(spec, examples, { batchSize: 12 });
    const lists: string[] = [];
    for (let epoch = 0; epoch < 4; epoch++) {
      net.step(examples);
      lists.push(JSON.stringify(spy.last.active));
    }
    // The second step still updates: what the third chooses is what stays.
    expect(lists[3]).toBe(lists[2]);
    expect(lists[1]).not.toBe(lists[0]);
    for (const gates of spy.last.gates!) {
      expect(gates.reduce((sum, gate) => sum + gate, 0)).toBeCloseTo(20, 4);
      expect(Math.min(...gates)).toBeGreaterThan(0);
    }
  });

  test('by random keys have no gates, and stay', async () => {
    const spy = new Spy();
    const spec = network(
      16,
      [hidden(64, spy.on(productKeys({ count: 7, freezeAfter: 0 }))), softmax(5)],
      sgd({ rate: 0.5 }),
    );
    using net = await create(spec, examples, { batchSize: 12 });
    const lists = new Set<string>();
    for (let epoch = 0; epoch < 3; epoch++) {
      net.step(examples);
      expect(spy.last.gates).toBeUndefined();
      lists.add(JSON.stringify(spy.last.active));
    }
    expect(lists.size).toBe(1);
  });
});

test.for<[Partial<ProductKeysSpec>, number, string]>([
  [{ queryDimensions: 3 }, 64, 'productKeys: queryDimensions is an even number, 2 or more; got 3.'],
  [
    { freezeAfter: 1.5 },
    64,
    'productKeys: freezeAfter is a number of training steps, 0 or more, or null for never; got 1.5.',
  ],
  [
    {},
    61,
    'productKeys: units are the pairs of two sets of keys of about one length; 61 are 1 x 61: have 64.',
  ],
  [{ count: 1 }, 64, 'productKeys: the gate of a single unit is always 1'],
])('refuses %o of %i units', ([options, units, message]) => {
  const select = { ...productKeys({ count: 4 }), ...options };
  expect(() => network(16, [hidden(units, select), softmax(5)])).toThrow(message);
});
