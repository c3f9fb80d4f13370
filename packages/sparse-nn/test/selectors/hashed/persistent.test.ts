import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import { hidden, network, persistent, sgd, softmax } from '../../../src/index.ts';
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

  test('refuses more tables than units', () => {
    const select = persistent({ count: 3, family: simHash({ bits: 4, tables: 5 }) });
    expect(() => network(20, [hidden(60, select), softmax(5)])).toThrow(
      'persistent: each of its 5 tables gives some of the 3 active units; have fewer tables.',
    );
  });
});
