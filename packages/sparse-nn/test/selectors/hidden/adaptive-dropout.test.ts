import { describe, expect, test } from 'vitest';
import { adaptiveDropout, hidden, network, softmax } from '../../../src/index.ts';
import { bags, copies } from '../../data.ts';
import { dense, largest, sums, train } from '../../hidden-choice.ts';
import { estimate } from '../../moments.ts';

const x = dense.inputs.slice(0, 20);

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

describe('adaptiveDropout', () => {
  const rows = copies(x, 1, 4000);

  test('fires unit u with probability sigmoid(alpha z_u + beta), independently of others', async () => {
    const { choice, layer } = await train(adaptiveDropout({ alpha: 1.5, beta: -1 }), rows);
    const p = sums(layer, x).map((z) => sigmoid(1.5 * z - 1));
    const fires = (u: number): number => choice.active.filter((ids) => ids.includes(u)).length / rows.rows;
    for (const [u, expected] of p.entries()) {
      expect(Math.abs(fires(u) - expected)).toBeLessThan(
        4 * Math.sqrt((expected * (1 - expected)) / rows.rows),
      );
    }
    // Independent: the number that fires has the variance of a sum of Bernoulli variables.
    const { mean } = estimate(choice.active.map(({ length }) => length));
    const square = estimate(choice.active.map(({ length }) => (length - mean) ** 2));
    const variance = p.reduce((total, q) => total + q * (1 - q), 0);
    expect(Math.abs(square.mean - variance)).toBeLessThan(square.margin);
  });

  test.for([0, 1, 20])(
    'fires the count that was asked for in the mean, for each input (alpha %i)',
    async (alpha) => {
      const one = await train(adaptiveDropout({ count: 9, alpha }), rows);
      const { mean, margin } = estimate(one.choice.active.map(({ length }) => length));
      expect(Math.abs(mean - 9)).toBeLessThan(margin + 1e-3);
      const other = await train(
        adaptiveDropout({ count: 9, alpha }),
        copies(dense.inputs.slice(20, 40), 1, 4000),
      );
      const second = estimate(other.choice.active.map(({ length }) => length));
      expect(Math.abs(second.mean - 9)).toBeLessThan(second.margin + 1e-3);
    },
  );

  test('prefers large activations the more, the larger alpha is: from dropout to the exact top k', async () => {
    const overlaps: number[] = [];
    for (const alpha of [0, 1, 5, 300]) {
      const { choice, layer } = await train(adaptiveDropout({ count: 12, alpha }), rows);
      const top = new Set(largest(sums(layer, x), 12));
      const shared = choice.active.map((ids) => ids.filter((id) => top.has(id)).length);
      overlaps.push(estimate(shared).mean);
    }
    expect(overlaps).toEqual(overlaps.toSorted((a, b) => a - b));
    // Of 12 random units of 60, 2.4.
    expect(Math.abs(overlaps[0] - 2.4)).toBeLessThan(0.2);
    expect(overlaps[3]).toBeGreaterThan(11);
  });

  test('does so for sparse inputs too', async () => {
    const examples = bags({ rows: 400, columns: 200, classes: 5 });
    const { choice } = await train(adaptiveDropout({ count: 9 }), examples);
    const { mean, margin } = estimate(choice.active.map(({ length }) => length));
    expect(Math.abs(mean - 9)).toBeLessThan(margin);
  });

  test.for<[Parameters<typeof adaptiveDropout>[0], string]>([
    [{}, 'adaptiveDropout: give either a fraction or a count of active units.'],
    [{ fraction: 0.5, beta: 1 }, 'adaptiveDropout: give a fraction, a count or beta, and only one of them.'],
    [{ count: 60 }, 'adaptiveDropout: all 60 units would always fire; for that there is all().'],
    [{ beta: Infinity }, 'adaptiveDropout: beta is a number; got Infinity.'],
    [{ count: 2, alpha: -1 }, 'adaptiveDropout: alpha is 0 or more; got -1.'],
  ])('refuses %o', ([parameters, message]) => {
    expect(() => network(20, [hidden(60, adaptiveDropout(parameters)), softmax(5)])).toThrow(message);
  });
});
