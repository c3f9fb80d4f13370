import { randomStream } from '@hashgrad/kernels';
import { dwta, simHash } from '@hashgrad/lsh';
import { identity, simpleLsh } from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import { hidden, lsh, network, sgd, softmax, type DenseExamples, type LshSpec } from '../../../src/index.ts';
import { bags, blobs, copies } from '../../data.ts';
import { forward, referenceOf } from '../../reference.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

const dense = blobs({ rows: 200, columns: 24, classes: 5 });
const tables = { family: simHash({ bits: 4, tables: 12 }), rehash: 1000 };

/** Evaluates `examples` in one batch: what lsh gave as the active sets of a hidden layer of 100 units. */
async function choose(spec: LshSpec, examples: DenseExamples): Promise<readonly (readonly number[])[]> {
  const spy = new Spy();
  using net = await create(network(24, [hidden(100, spy.on(spec)), softmax(5)]), examples);
  net.evaluate(examples, { pass: 'sparse' });
  return spy.last.active;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

describe('lsh', () => {
  test('distinct inputs have distinct active sets', async () => {
    const sets = await choose(lsh({ count: 15, ...tables }), dense);
    expect(new Set(sets.map(String)).size).toBeGreaterThanOrEqual(199);
  });

  test('the same input has the same active set, in a batch and in later ones, in every layer', async () => {
    const spies = [new Spy(), new Spy()];
    const layers = spies.map((spy) => hidden(100, spy.on(lsh({ count: 15, ...tables }))));
    // A row that is not the first of a batch below.
    const rows = copies(dense.inputs.slice(2 * 24, 3 * 24), 1, 9);
    using net = await create(network(24, [...layers, softmax(5)], sgd({ rate: 1e-30 })), rows, {
      batchSize: 4,
    });
    await fit(net, rows, 2);
    net.evaluate(dense, { pass: 'sparse' });
    net.evaluate(rows, { pass: 'sparse' });
    for (const { choices } of spies) {
      const others = choices.filter(({ inputs }) => String(inputs[0]) !== String(choices[0].inputs[0]));
      const same = choices.filter((choice) => !others.includes(choice)).flatMap(({ active }) => active);
      expect(same.length).toBeGreaterThanOrEqual(3 * rows.rows);
      expect(new Set(same.map(String)).size).toBe(1);
      expect(new Set(others.flatMap(({ active }) => active.map(String))).size).toBeGreaterThan(150);
    }
  });

  test('probes find more in as many tables, and what one finds is among them', async () => {
    const spec = { count: 100, family: simHash({ bits: 6, tables: 5 }), rehash: 1000 };
    const [one, four, all] = await Promise.all(
      [1, 4, 64].map((probes) => choose(lsh({ ...spec, probes }), dense)),
    );
    for (const [s, set] of one.entries()) {
      expect(four[s]).toEqual(expect.arrayContaining([...set]));
      expect(four[s].length).toBeGreaterThan(set.length);
      // All buckets of a table hold all units.
      expect(all[s]).toHaveLength(100);
    }
    await expect(choose(lsh({ ...spec, probes: 65 }), dense)).rejects.toThrow(
      'lsh: simHash has up to 64 probes here; got 65.',
    );
    const winners = lsh({ count: 9, family: dwta({ hashes: 1, tables: 4 }), probes: 2 });
    await expect(choose(winners, dense)).rejects.toThrow('lsh: dwta has up to 1 probes here; got 2.');
  });

  test.for([identity(), simpleLsh()])('asks with the probes of a label ($kind)', async (transform) => {
    const examples = bags({ rows: 60, columns: 80, classes: 50, mostLabels: 1 });
    const spec = { count: 50, family: simHash({ bits: 5, tables: 2 }), transform, query: 'label' as const };
    const found: number[][] = [];
    for (const probes of [1, 6, 32]) {
      const spy = new Spy();
      using net = await create(
        network(80, [hidden(16), softmax(50, spy.on(lsh({ ...spec, probes })))]),
        examples,
      );
      await fit(net, examples);
      found.push(spy.last.active.map(({ length }) => length));
    }
    expect(mean(found[1])).toBeGreaterThan(2 * mean(found[0]));
    expect(found[2]).toEqual(found[2].map(() => 50));
  });

  test('finds at most as many units as asked for, and never fills up unless told', async () => {
    const spec = { count: 30, family: simHash({ bits: 6, tables: 6 }), rehash: 1000 };
    const found = await choose(lsh(spec), dense);
    const sizes = found.map((set) => set.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(30);
    expect(Math.min(...sizes)).toBeLessThan(20);
    // More room finds no more, where there was room.
    const roomy = await choose(lsh({ ...spec, count: 100 }), dense);
    for (const [s, set] of found.entries()) {
      expect(set.length).toBe(Math.min(30, roomy[s].length));
      expect(roomy[s]).toEqual(expect.arrayContaining([...set]));
    }
    const padded = await choose(lsh({ ...spec, pad: 'uniform' }), dense);
    for (const [s, set] of padded.entries()) {
      expect(new Set(set).size).toBe(30);
      expect(set).toEqual(expect.arrayContaining([...found[s]]));
      expect(set).toEqual(set.toSorted((a, b) => a - b));
    }
  });

  test("the share that it padded is the epoch's own, whatever came before", async () => {
    const spec = {
      count: 30,
      family: simHash({ bits: 6, tables: 6 }),
      pad: 'uniform',
      rehash: 1000,
    } as const;
    // What does not learn finds the same in every epoch; rows of zeros find next to nothing.
    const net = network(24, [hidden(100, lsh(spec)), softmax(5)], sgd({ rate: 1e-30 }));
    const empty = { ...dense, inputs: new Float32Array(dense.inputs.length) };
    using fresh = await create(net, dense, { batchSize: 64 });
    using used = await create(net, dense, { batchSize: 64 });
    const [other] = await fit(used, empty);
    const [expected] = await fit(fresh, dense);
    expect(Math.abs(other.paddedShare - expected.paddedShare)).toBeGreaterThan(0.01);
    expect((await fit(used, dense, 2)).map(({ paddedShare }) => paddedShare)).toEqual([
      expected.paddedShare,
      expected.paddedShare,
    ]);
  });

  test('reports the share that it padded', async () => {
    const spec = { count: 30, family: simHash({ bits: 6, tables: 6 }), rehash: 1000 };
    const [plain, padding] = [new Spy(), new Spy()];
    const train = async (spy: Spy, pad: boolean): Promise<number> => {
      const layers = [hidden(100, spy.on(lsh({ ...spec, pad: pad && 'uniform' }))), softmax(5)];
      using net = await create(network(24, layers, sgd({ rate: 1e-30 })), dense, { batchSize: 64 });
      const [report] = await fit(net, dense);
      net.evaluate(dense, { pass: 'sparse' });
      return report.paddedShare;
    };
    expect(await train(plain, false)).toBe(0);
    const share = await train(padding, true);
    const found = plain.choices.filter(({ training }) => training).flatMap(({ active }) => active);
    const total = found.reduce((sum, set) => sum + set.length, 0);
    expect(share).toBeCloseTo(1 - total / (30 * dense.rows), 12);
    expect(share).toBeGreaterThan(0.3);
  });

  test.for(['count', 'union'] as const)(
    'labels are active first in a training softmax (rank %s)',
    async (rank) => {
      const examples = bags({ rows: 60, columns: 80, classes: 50, mostLabels: 4 });
      const spy = new Spy();
      const select = lsh({ count: 6, family: simHash({ bits: 5, tables: 4 }), rank });
      using net = await create(network(80, [hidden(16), softmax(50, spy.on(select))]), examples);
      await fit(net, examples);
      const { active } = spy.last;
      for (let row = 0; row < examples.rows; row++) {
        const labels = examples.labels.subarray(examples.labelOffsets[row], examples.labelOffsets[row + 1]);
        expect(
          active.filter((ids) => String(ids.slice(0, labels.length)) === String(labels)).length,
        ).toBeGreaterThan(0);
      }
      for (const ids of active) {
        expect(ids.length).toBeLessThanOrEqual(6);
        expect(new Set(ids).size).toBe(ids.length);
      }
    },
  );

  test('with logQ corrects the logits of padding only', async () => {
    const examples = blobs({ rows: 40, columns: 24, classes: 50 });
    const spec = { count: 20, family: simHash({ bits: 4, tables: 4 }), rehash: 1000 };
    const [plain, padded] = [new Spy(), new Spy()];
    for (const [spy, pad] of [
      [plain, false],
      [padded, true],
    ] as const) {
      const layers = [softmax(50, spy.on(lsh({ ...spec, pad: pad && 'uniform', logQ: pad })))];
      using net = await create(network(24, layers), examples);
      await fit(net, examples);
    }
    expect(plain.last.corrections).toBeUndefined();
    for (const [s, found] of plain.last.active.entries()) {
      expect(padded.last.active[s].slice(0, found.length)).toEqual(found);
      const q = (20 - found.length) / (50 - found.length);
      const expected = padded.last.active[s].map((_, i) =>
        i < found.length ? 0 : Math.fround(-Math.log(q)),
      );
      expect(padded.last.corrections?.[s]).toEqual(expected);
    }
    expect(() => network(24, [softmax(50, lsh({ ...spec, logQ: true }))])).toThrow(
      "Layer 1: lsh: logQ corrects the logits of padding; it needs pad, such as 'uniform'.",
    );
  });

  test('hashes updated weights anew after so many steps, and the bias with them', async () => {
    const spy = new Spy();
    const family = simHash({ bits: 6, tables: 10 });
    const select = lsh({ count: 10, family, rehash: 3, transform: identity() });
    // Of this input nothing is left but the 1 that stands for the bias.
    const rows = copies(new Float32Array(24), 1, 4);
    const layers = [hidden(100, spy.on(select)), softmax(5)];
    using net = await create(network(24, layers, sgd({ rate: 1e-30 })), rows);
    await fit(net, rows);
    const [unit] = spy.last.active[0];
    // The unit now has nothing but a bias either, the opposite of the input, so that it collides in no table.
    const { values, stride, bias } = net.weights(0);
    values.fill(0, unit * stride, (unit + 1) * stride);
    bias[unit] = -0.5;
    await fit(net, rows, 2);
    expect(spy.last.active[0]).toContain(unit);
    await fit(net, rows);
    expect(spy.last.active[0]).not.toContain(unit);
  });
});

/**
 * SLIDE's regime: 20,000 units of 128 inputs at random, K = 9, L = 50, count-ranked, 0.5 % active. Chance would have 0.5 %
 * of the exact top 0.5 % among them; SimHash alone has some 4 %.
 */
describe('retrieval in a wide layer', () => {
  test.for([identity(), simpleLsh()])('$kind is well above chance', async (transform) => {
    const [units, columns, rows, count] = [20_000, 128, 64, 100];
    const random = randomStream(7, 'inputs');
    const inputs = Float32Array.from({ length: rows * columns }, () => random.normal());
    const examples = { rows, columns, inputs, labels: new Int32Array(rows) };
    const spy = new Spy();
    const select = lsh({ count, family: simHash({ bits: 9, tables: 50 }), transform });
    using net = await create(network(columns, [hidden(units, spy.on(select)), softmax(2)]), examples, {
      batchSize: rows,
    });
    net.evaluate(examples, { pass: 'sparse' });
    const [layer] = referenceOf(net);
    let hits = 0;
    for (const [s, x] of spy.last.inputs.entries()) {
      const z = forward({ ...layer, activation: 'linear' }, x, undefined);
      const least = z.toSorted().at(-count) as number;
      hits += spy.last.active[s].filter((u) => z[u] >= least).length;
    }
    expect(hits / (rows * count)).toBeGreaterThan(0.025);
  });
});
