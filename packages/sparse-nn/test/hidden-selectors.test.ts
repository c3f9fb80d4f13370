import { randomStream } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import {
  adaptiveDropout,
  hidden,
  lowRank,
  mostActive,
  network,
  persistent,
  random,
  sgd,
  signatures,
  softmax,
  topK,
  type Examples,
  type SelectorSpec,
} from '../src/index.ts';
import { bags, blobs, copies } from './data.ts';
import { estimate } from './moments.ts';
import { forward, referenceOf, type ReferenceLayer } from './reference.ts';
import { Spy, type Choice } from './spy.ts';
import { create, fit } from './training.ts';

const dense = blobs({ rows: 50, columns: 20, classes: 5 });
const x = dense.inputs.slice(0, 20);

/** What the only hidden layer chooses for a batch in training, and its weights then. */
async function train(
  select: SelectorSpec,
  examples: Examples = dense,
  units = 60,
  epochs = 1,
): Promise<{ readonly choice: Choice; readonly choices: readonly Choice[]; readonly layer: ReferenceLayer }> {
  const spy = new Spy();
  const spec = network(examples.columns, [hidden(units, spy.on(select)), softmax(5)], sgd({ rate: 1e-30 }));
  using net = await create(spec, examples, { batchSize: examples.rows });
  // Biases are part of what decides.
  net.weights(0).bias.forEach((_, u, bias) => (bias[u] = Math.sin(u)));
  spy.selector?.rewritten?.();
  await fit(net, examples, epochs);
  return { choice: spy.last, choices: spy.choices, layer: referenceOf(net)[0] };
}

/** Weighted sums with biases. */
function sums(layer: ReferenceLayer, input: ArrayLike<number>): number[] {
  return Array.from(forward({ ...layer, activation: 'linear' }, input, undefined));
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** The ids of the `count` largest, ascending. */
function largest(values: readonly number[], count: number): number[] {
  const order = [...values.keys()].toSorted((a, b) => values[b] - values[a]);
  return order.slice(0, count).toSorted((a, b) => a - b);
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
    expect(report.multiplyAdds.lookup).toBe(50 * 60 * 4);
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

/** The share of the exact top `count` of `units` that was chosen, for each input. */
function shareFound({ choice, layer }: Awaited<ReturnType<typeof train>>, count: number): number[] {
  return choice.inputs.map((input, s) => {
    const top = new Set(largest(sums(layer, input), count));
    return choice.active[s].filter((id) => top.has(id)).length / count;
  });
}

describe('signatures', () => {
  const wide = blobs({ rows: 50, columns: 100, classes: 5 });

  test.for([64, 256, 1024])(
    'of %i bits find of the top k what independent bits would, each different with probability angle / pi',
    async (bits) => {
      const trained = await train(signatures({ count: 40, bits }), wide, 400);
      const found = estimate(shareFound(trained, 40));
      const stream = randomStream(1, 'bits');
      const { weights, bias } = trained.layer;
      const norms = Array.from(bias, (b, u) => Math.hypot(b, ...weights.subarray(u * 100, u * 100 + 100)));
      const expected = trained.choice.inputs.map((input) => {
        const z = sums(trained.layer, input);
        const length = Math.hypot(1, ...input);
        const estimates = z.map((product, u) => {
          const share = Math.acos(product / (norms[u] * length)) / Math.PI;
          let different = 0;
          for (let b = 0; b < bits; b++) different += Number(stream.uniform() < share);
          return norms[u] * Math.cos((Math.PI * different) / bits);
        });
        const top = new Set(largest(z, 40));
        return largest(estimates, 40).filter((id) => top.has(id)).length / 40;
      });
      // A fast Hadamard transform's projections are not quite independent.
      const law = estimate(expected);
      expect(Math.abs(found.mean - law.mean)).toBeLessThan(found.margin + law.margin + 0.02);
      expect(found.mean).toBeGreaterThan(bits === 64 ? 0.3 : 0.5);
    },
  );

  test('choose as many as asked for, the same for a dense and a sparse form of an input', async () => {
    const { choice } = await train(signatures({ count: 9 }));
    for (const ids of choice.active) {
      expect(new Set(ids).size).toBe(9);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    }
    const filled = Float32Array.from(dense.inputs, (value) => value || 0.5);
    const { rows, columns, labels } = dense;
    const sparse: Examples = {
      rows,
      columns,
      offsets: Int32Array.from({ length: rows + 1 }, (_, row) => row * columns),
      ids: Int32Array.from(filled, (_, i) => i % columns),
      values: filled,
      labelOffsets: Int32Array.from({ length: rows + 1 }, (_, row) => row),
      labels,
    };
    const selected = await train(signatures({ count: 9 }), sparse);
    const same = await train(signatures({ count: 9 }), { ...dense, inputs: filled });
    expect(selected.choice.active).toEqual(same.choice.active);
  });

  test('follow weights that were written from outside', async () => {
    const spy = new Spy();
    const spec = network(20, [hidden(60, spy.on(signatures({ count: 5, bits: 1024 }))), softmax(5)]);
    using net = await create(spec, dense);
    const { values, stride } = net.weights(0);
    // Units 7, 17, ... point where the first input does.
    for (let u = 7; u < 60; u += 10) for (let k = 0; k < 20; k++) values[u * stride + k] = 9 * x[k];
    spy.selector?.rewritten?.();
    net.evaluate(copies(x, 1, 1), { pass: 'sparse' });
    for (const id of spy.last.active[0]) expect(id % 10).toBe(7);
  });

  test.for<[Parameters<typeof signatures>[0], string]>([
    [{ count: 3, bits: 100 }, 'signatures: bits is a multiple of 64, 64 to 8192; got 100.'],
    [{ count: 3, bits: 8256 }, 'signatures: bits is a multiple of 64, 64 to 8192; got 8256.'],
    [{ count: 3, rehash: 0 }, 'signatures: rehash is a number of steps, 1 or more, or a schedule; got 0.'],
    [{ count: 3, redraw: -1 }, 'signatures: redraw is a number of rehashes, or 0 for never; got -1.'],
    [{}, 'signatures: give either a fraction or a count of active units.'],
  ])('refuse %o', ([parameters, message]) => {
    expect(() => network(20, [hidden(60, signatures(parameters)), softmax(5)])).toThrow(message);
  });
});

describe('mostActive', () => {
  test('is topK while it observes, and then those that were most often among them', async () => {
    const { choices, layer } = await train(mostActive({ count: 7, observe: 3 }), dense, 60, 6);
    const times = new Float64Array(60);
    for (const { inputs, active } of choices.slice(0, 3)) {
      for (const [s, input] of inputs.entries()) {
        expect(active[s]).toEqual(largest(sums(layer, input), 7));
        for (const id of active[s]) times[id]++;
      }
    }
    const hot = largest(Array.from(times), 7);
    for (const { active } of choices.slice(3)) for (const ids of active) expect(ids).toEqual(hot);
    expect(choices.length).toBe(6);
  });

  test('costs all products while it observes, and nothing after', async () => {
    using net = await create(
      network(20, [hidden(60, mostActive({ count: 7, observe: 2 })), softmax(5)]),
      dense,
    );
    const costs = (await fit(net, dense, 4)).map(({ multiplyAdds }) => multiplyAdds.lookup);
    expect(costs).toEqual([50 * 60 * 20, 50 * 60 * 20, 0, 0]);
  });

  test('refuses to observe nothing', () => {
    expect(() => network(20, [hidden(60, mostActive({ count: 7, observe: 0 })), softmax(5)])).toThrow(
      'mostActive: observe is a number of steps, 1 or more; got 0.',
    );
  });
});

test('every one of them learns what dense units learn', async () => {
  const selectors = [
    adaptiveDropout({ fraction: 0.4, alpha: 3 }),
    persistent({ fraction: 0.4 }),
    lowRank({ fraction: 0.4, rank: 8 }),
    mostActive({ fraction: 0.4, observe: 5 }),
    signatures({ fraction: 0.4 }),
    topK({ fraction: 0.4 }),
    random({ fraction: 0.4 }),
  ];
  for (const select of selectors) {
    using net = await create(network(20, [hidden(60, select), softmax(5)], sgd({ rate: 0.1 })), dense, {
      batchSize: 10,
    });
    await fit(net, dense, 40);
    expect(net.evaluate(dense, { pass: 'sparse' }).accuracy).toBeGreaterThan(0.9);
  }
});
