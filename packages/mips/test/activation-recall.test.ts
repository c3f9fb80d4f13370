import { Arena, Team } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import { activationRecall, type ActivationWay, simpleLsh } from '../src/index.ts';
import { flat, normals } from './vectors.ts';

const team = Team.single(new Arena());
const layer = { dimensions: 64, weights: flat(normals(1000, 64, 1)), inputs: flat(normals(20, 64, 2)) };

const tables: ActivationWay = {
  index: { team, transform: simpleLsh(), family: simHash({ bits: 6, tables: 60 }) },
  searches: [{ candidates: 20 }, { candidates: 100 }, { candidates: 1000 }],
};
const signatures: ActivationWay = { index: { team }, searches: [{ slack: 0 }, { slack: 1 }, { slack: 100 }] };

describe('activationRecall', () => {
  const rows = activationRecall(layer, [tables, signatures]);

  test('has a row for each way, search and percent', () => {
    expect(rows).toHaveLength(2 * 3 * 4);
    expect(rows.slice(0, 4).map(({ percent }) => percent)).toEqual([1, 5, 10, 25]);
    expect(new Set(rows.map(({ way }) => way))).toEqual(new Set([0, 1]));
  });

  test('finds more for more, better than chance, and more of the mass than of the units', () => {
    for (const way of [0, 1]) {
      const one = rows.filter((row) => row.way === way && row.percent === 5);
      expect(one.map(({ recall }) => recall)).toEqual(
        one.map(({ recall }) => recall).toSorted((a, b) => a - b),
      );
      expect(one.map(({ cost }) => cost)).toEqual(one.map(({ cost }) => cost).toSorted((a, b) => a - b));
      for (const { recall, mass, examined } of one.slice(0, 2)) {
        expect(recall).toBeGreaterThan(1.5 * examined);
        expect(mass).toBeGreaterThan(recall);
      }
    }
  });

  test('where all are examined all are found, at more than the cost of all', () => {
    const all = rows.filter(({ search }) => search.slack === 100);
    for (const { recall, mass, examined, cost } of all) {
      expect([recall, examined]).toEqual([1, 1]);
      expect(mass).toBeCloseTo(1, 12);
      expect(cost).toBeGreaterThan(1);
    }
  });

  test('by hand: the bias counts, and what is below 0 has no mass', () => {
    const hand = {
      dimensions: 1,
      weights: Float32Array.of(1, 2, -3, 0),
      bias: Float32Array.of(0, 0, 0, 9),
      inputs: Float32Array.of(1, -1),
    };
    // Activations 1, 2, -3, 9 and -1, -2, 3, 9: of the two highest, units 3 and 1, then 3 and 2.
    const [found] = activationRecall(
      hand,
      [{ index: { team }, searches: [{ slack: 1000, reach: 1000 }] }],
      [50],
    );
    expect([found?.recall, found?.mass, found?.examined]).toEqual([1, 1, 1]);
    const share = activationRecall(
      hand,
      [
        {
          index: { team, bits: 64 },
          searches: [{ slack: 1000, reach: 1000, share: 0.25 }],
        },
      ],
      [25],
    );
    expect(share[0]?.recall).toBe(1);
  });

  test('refuses what does not fit', () => {
    expect(() => activationRecall({ ...layer, bias: new Float32Array(3) }, [])).toThrow(
      '1000 units have as many biases; got 3.',
    );
    expect(() => activationRecall(layer, [], [0])).toThrow('Percents are above 0 and at most 100; got 0.');
    expect(() => activationRecall({ ...layer, inputs: new Float32Array(0) }, [])).toThrow('got 1000 and 0.');
    expect(() => activationRecall({ ...layer, inputs: new Float32Array(63) }, [])).toThrow(
      'Inputs of 64 dimensions',
    );
  });
});
