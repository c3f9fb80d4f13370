import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import { hidden, network, persistent, router, sgd, softmax } from '../../../src/index.ts';
import { dense, train } from '../../hidden-choice.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

describe('persistent', () => {
  test('gives an input the same units in every epoch and in evaluations, whatever the weights', async () => {
    const spy = new Spy();
    const spec = network(20, [hidden(60, spy.on(persistent({ count: 10 }))), softmax(5)], sgd({ rate: 0.5 }));
    using net = await create(spec, dense);
    await fit(net, dense, 3);
    net.evaluate(dense, { pass: 'sparse' });
    const byInput = new Map<string, Set<string>>();
    for (const { inputs, active } of spy.choices) {
      for (const [s, input] of inputs.entries()) {
        const sets = byInput.get(String(input)) ?? new Set();
        byInput.set(String(input), sets.add(String(active[s])));
      }
    }
    expect(byInput.size).toBe(50);
    for (const sets of byInput.values()) expect(sets.size).toBe(1);
    // Two inputs have the same units if and only if they have the same code, and there are several codes.
    expect(new Set([...byInput.values()].flatMap((sets) => [...sets])).size).toBeGreaterThan(5);
  });

  test('subsets are uniform, and share what codes share', async () => {
    // 40 tables of one unit each: two inputs at angle a have in common the share 1 - a / pi of codes, and so of units.
    const units = 20_000;
    const select = persistent({ count: 400, family: simHash({ bits: 1, tables: 400 }) });
    const { choice } = await train(select, dense, units);
    const { inputs, active } = choice;
    for (const [s, t] of [
      [0, 1],
      [0, 7],
      [3, 30],
      [12, 44],
    ]) {
      const [a, b] = [inputs[s], inputs[t]];
      const dot = a.reduce((sum, value, k) => sum + value * b[k], 0);
      const p = 1 - Math.acos(dot / (Math.hypot(...a) * Math.hypot(...b))) / Math.PI;
      const first = new Set(active[s]);
      const share = active[t].filter((id) => first.has(id)).length / 400;
      // Those that differ still meet by chance, 400 of 20,000.
      const expected = p + (1 - p) * (400 / units);
      expect(Math.abs(share - expected)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 400) + 0.01);
    }
    const mean = active.flat().reduce((sum, id) => sum + id, 0) / (50 * 400);
    expect(Math.abs(mean / units - 0.5)).toBeLessThan(0.03);
    for (const ids of active) expect(new Set(ids).size).toBe(400);
  });

  test('by sample, each row has units of its own: in every layer, batch and epoch, and a row that is new, too', async () => {
    const spies = [new Spy(), new Spy()];
    const select = persistent({ count: 10, by: 'sample' });
    const layers = spies.map((spy) => hidden(60, spy.on(select)));
    using net = await create(network(20, [...layers, softmax(5)], sgd({ rate: 0.5 })), dense, {
      batchSize: 16,
    });
    await fit(net, dense, 3);
    net.evaluate(dense, { pass: 'sparse' });
    const lists = spies.map(() => new Map<string, Set<string>>());
    for (const [at, { inputs }] of spies[0].choices.entries()) {
      for (const [s, x] of inputs.entries()) {
        for (const [l, { choices }] of spies.entries()) {
          const own = lists[l].get(String(x)) ?? new Set<string>();
          lists[l].set(String(x), own.add(String(choices[at].active[s])));
        }
      }
    }
    for (const own of lists) {
      expect(own.size).toBe(50);
      for (const sets of own.values()) expect(sets.size).toBe(1);
      expect(new Set([...own.values()].flatMap((sets) => [...sets])).size).toBe(50);
    }
    // Layers do not have the same.
    expect([...lists[0]]).not.toEqual([...lists[1]]);
    // One bit of one number makes another sample, whose units have no more in common than any two have.
    const changed = dense.inputs.slice();
    for (let row = 0; row < 50; row++) changed[row * 20 + 19] *= 1 + 2 ** -22;
    net.evaluate({ ...dense, inputs: changed }, { pass: 'sparse' });
    const seen = Array.from({ length: 50 }, (_, row) => {
      const [units] = lists[0].get(String(dense.inputs.subarray(row * 20, row * 20 + 20)))!;
      return new Set(units.split(',').map(Number));
    });
    const fresh = spies[0].choices.slice(-4).flatMap(({ active }) => active);
    const shared = fresh.map((own, row) => own.filter((u) => seen[row].has(u)).length);
    const mean = shared.reduce((sum, count) => sum + count, 0) / 50;
    expect(Math.abs(mean - 10 * (10 / 60))).toBeLessThan(4 * Math.sqrt((10 * (1 / 6) * (5 / 6)) / 50));
  });

  test('by a router, a sample has one of so many subsets', async () => {
    const spy = new Spy();
    const select = persistent({ count: 10, by: router(), sets: 4 });
    using net = await create(
      network(20, [hidden(60, spy.on(select)), softmax(5)], sgd({ rate: 0.5 })),
      dense,
    );
    await fit(net, dense, 5);
    const sets = new Set(spy.choices.flatMap(({ active }) => active.map(String)));
    expect(sets.size).toBeGreaterThan(1);
    expect(sets.size).toBeLessThanOrEqual(4);
    for (const gates of spy.last.gates!) expect(new Set(gates).size).toBe(1);
  });

  test.for<[object, string]>([
    [
      { family: simHash({ bits: 4, tables: 1 }), by: 'sample' },
      'persistent: a family hashes the input; with `by` nothing is hashed: give one of them.',
    ],
    [{}, 'persistent: give a family, or what a sample is known `by`.'],
    [{ by: 'row' }, `persistent: by is 'sample' or a router; got "row".`],
    [{ by: 'sample', sets: 4 }, 'persistent: sets are what a router gives; got 4 of them by sample.'],
    [{ by: router(), sets: 1 }, 'persistent: sets is a number of subsets, 2 or more; got 1.'],
    [{ by: { kind: 'gate' }, sets: 4 }, 'persistent: a router is made by router(); got {"kind":"gate"}.'],
  ])('refuses %o', ([options, message]) => {
    const select = { kind: 'persistent', count: 10, ...options };
    expect(() => network(20, [hidden(60, select), softmax(5)])).toThrow(message);
  });

  test('refuses more tables than units', () => {
    const select = persistent({ count: 3, family: simHash({ bits: 4, tables: 5 }) });
    expect(() => network(20, [hidden(60, select), softmax(5)])).toThrow(
      'persistent: each of its 5 tables gives some of the 3 active units; have fewer tables.',
    );
  });
});
