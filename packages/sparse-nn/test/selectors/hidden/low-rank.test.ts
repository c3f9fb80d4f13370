import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { hidden, lowRank, network, sgd, softmax } from '../../../src/index.ts';
import { dense, largest, shareFound, sums, train } from '../../hidden-choice.ts';
import { estimate } from '../../moments.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

/** The share of the exact top 40 of 400 that the sketch finds. */
async function overlap(rank: number, sketch: 'svd' | 'projection'): Promise<number> {
  return estimate(shareFound(await train(lowRank({ count: 40, rank, sketch }), dense, 400), 40)).mean;
}

describe('lowRank', () => {
  test('of full rank is the exact top k, by either sketch', async () => {
    for (const sketch of ['svd', 'projection'] as const) {
      const { choice, layer } = await train(lowRank({ count: 9, rank: 20, sketch }));
      for (const [s, input] of choice.inputs.entries()) {
        const z = sums(layer, input);
        const lowest = Math.min(...choice.active[s].map((u) => z[u]));
        // Sums in 32-bit floats may order near equals differently.
        expect([...z.keys()].filter((u) => z[u] > lowest + 1e-4 && !choice.active[s].includes(u))).toEqual(
          [],
        );
      }
    }
  });

  test('is the top k of W V V` x + b for the leading singular vectors V', async () => {
    const spy = new Spy();
    const spec = network(
      20,
      [hidden(60, spy.on(lowRank({ count: 9, rank: 3 }))), softmax(5)],
      sgd({ rate: 1e-30 }),
    );
    using net = await create(spec, dense);
    const { values, stride } = net.weights(0);
    // A matrix with three large singular values and small others: the subspace is found in a few turns.
    for (let u = 0; u < 60; u++) {
      for (let k = 0; k < 20; k++) {
        values[u * stride + k] =
          Math.sin(u) * Math.cos(k) +
          Math.cos(3 * u) * Math.sin(2 * k + 1) +
          Math.sin(7 * u + 1) * Math.cos(5 * k);
        values[u * stride + k] += 0.01 * Math.sin(17 * u * k);
      }
    }
    spy.selector?.rewritten?.();
    net.evaluate(dense, { pass: 'sparse' });
    const w = new Matrix(60, 20);
    for (let u = 0; u < 60; u++) for (let k = 0; k < 20; k++) w.set(u, k, values[u * stride + k]);
    const decomposition = new EigenvalueDecomposition(w.transpose().mmul(w));
    const { realEigenvalues, eigenvectorMatrix } = decomposition;
    const leading = largest(realEigenvalues, 3);
    const v = eigenvectorMatrix.subMatrixColumn(leading);
    const projector = w.mmul(v).mmul(v.transpose());
    for (const [s, input] of spy.last.inputs.entries()) {
      const z = projector.mmul(Matrix.columnVector(Array.from(input))).to1DArray();
      expect(spy.last.active[s]).toEqual(largest(z, 9));
    }
  });

  test('finds more of the top k than chance, the more the higher its rank, and svd more than a projection', async () => {
    const [low, high, svd] = [
      await overlap(4, 'projection'),
      await overlap(14, 'projection'),
      await overlap(14, 'svd'),
    ];
    expect(low).toBeGreaterThan(0.15);
    expect(high).toBeGreaterThan(low + 0.1);
    expect(svd).toBeGreaterThan(high);
  });

  test('counts what it costs', async () => {
    const spec = network(20, [hidden(60, lowRank({ count: 9, rank: 4, refreshEvery: 1 })), softmax(5)]);
    using net = await create(spec, dense);
    const [report] = await fit(net, dense);
    expect(report.multiplyAdds.hashing).toBe(50 * 20 * 4);
    expect(report.multiplyAdds.choose).toBe(50 * 60 * 4);
    expect(report.multiplyAdds.rehash % (60 * 20 * 4)).toBe(0);
  });

  test('refuses what makes no sketch', async () => {
    await expect(
      create(network(20, [hidden(60, lowRank({ count: 3, rank: 21 })), softmax(5)]), dense),
    ).rejects.toThrow("lowRank: rank is at most layer 1's 20 inputs; got 21.");
    expect(() => network(20, [hidden(60, lowRank({ count: 3, rank: 0 })), softmax(5)])).toThrow(
      'lowRank: rank is a number of dimensions, 1 or more; got 0.',
    );
    const pca = { count: 3, rank: 2, sketch: 'pca' as 'svd' };
    expect(() => network(20, [hidden(60, lowRank(pca)), softmax(5)])).toThrow(
      "lowRank: sketch is 'svd' or 'projection'; got 'pca'.",
    );
    const never = { count: 3, rank: 2, refreshEvery: 0 };
    expect(() => network(20, [hidden(60, lowRank(never)), softmax(5)])).toThrow(
      'lowRank: refreshEvery is a number of steps, 1 or more; got 0.',
    );
  });
});
