import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  balanceByBias,
  fixed,
  hidden,
  lsh,
  type Lookup,
  type LshSpec,
  network,
  type Network,
  softmax,
  topK,
  type SelectorSpec,
  type UnitChoice,
} from '../../src/index.ts';
import { blobs } from '../data.ts';
import { Spy } from '../spy.ts';
import { bits, create, fit } from '../training.ts';

const UNITS = 100;
const examples = blobs({ rows: 50, columns: 20, classes: 5 });
const family = simHash({ bits: 3, tables: 8 });

/** A network after an epoch: batches are smaller than the rows, and no divisor of them. */
async function trained(select: SelectorSpec): Promise<Network> {
  const net = await create(network(20, [hidden(UNITS, select), softmax(5)]), examples, { batchSize: 16 });
  await fit(net, examples);
  return net;
}

/** What a selector says that has one table, in which sample s is alone with unit s. */
function bucketOf(sample: number): Lookup[] {
  return [{ table: 0, code: sample, units: Int32Array.of(sample) }];
}

/** How often each unit is in the buckets that were looked into. */
function collisions({ lookups = [] }: UnitChoice): Int32Array {
  const counts = new Int32Array(UNITS);
  for (const { units } of lookups) for (const unit of units) counts[unit]!++;
  return counts;
}

async function choose(parameters: Partial<LshSpec> = {}): Promise<UnitChoice[]> {
  using net = await trained(lsh({ count: 12, family, ...parameters }));
  return net.choices(0, examples);
}

describe('buckets that were looked into', () => {
  test('each table has one, and units that collide most often are chosen', async () => {
    const all = await choose();
    expect(all).toHaveLength(examples.rows);
    for (const choice of all) {
      expect(choice.lookups!.map(({ table }) => table)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      const counts = collisions(choice);
      const fewest = Math.min(...choice.units.map((unit) => counts[unit]!));
      expect(fewest).toBeGreaterThan(0);
      const others = [...counts].filter((_, unit) => !choice.units.includes(unit));
      expect(Math.max(...others)).toBeLessThanOrEqual(fewest);
    }
    // Rows fall into different buckets.
    expect(new Set(all.map(({ lookups }) => lookups![0]!.code)).size).toBeGreaterThan(1);
  });

  test('a unit is in one bucket of each table, whichever row looks into it', async () => {
    const places = new Map<string, number>();
    for (const { lookups } of await choose()) {
      for (const { table, code, units } of lookups!) {
        for (const unit of units) {
          expect(places.get(`${table}, ${unit}`) ?? code).toBe(code);
          places.set(`${table}, ${unit}`, code);
        }
      }
    }
    expect(places.size).toBeGreaterThan(UNITS);
  });

  test('with probes each table has several, and no unit is met twice in one', async () => {
    for (const choice of await choose({ probes: 3 })) {
      expect(choice.lookups!.map(({ table }) => table)).toEqual(
        [...Array(24).keys()].map((i) => Math.floor(i / 3)),
      );
      for (let table = 0; table < 8; table++) {
        const own = choice.lookups!.filter((lookup) => lookup.table === table);
        expect(new Set(own.map(({ code }) => code)).size).toBe(3);
      }
      expect(Math.max(...collisions(choice))).toBeLessThanOrEqual(8);
    }
  });

  test('tables that a union did not come to are left out', async () => {
    for (const choice of await choose({ rank: 'union' })) {
      const { lookups, units } = choice;
      const before = new Set(lookups!.slice(0, -1).flatMap((lookup) => [...lookup.units]));
      // It ended with the table in which its list was full.
      expect(before.size).toBeLessThan(12);
      const counts = collisions(choice);
      for (const unit of units) expect(counts[unit]).toBeGreaterThan(0);
    }
  });

  test('a balanced choice looks into them, too', async () => {
    for (const { lookups } of await choose({ balance: balanceByBias() })) expect(lookups).toHaveLength(8);
  });

  test("a selector of one's own says which, and one without tables has none", async () => {
    using own = await trained(new Spy().on(topK({ count: 3 })));
    expect(own.choices(0, examples)[0]).not.toHaveProperty('lookups');
    using told = await trained(new Spy(bucketOf).on(topK({ count: 3 })));
    // Rows are looked at in batches of 16.
    expect(told.choices(0, examples)[17]?.lookups).toEqual(bucketOf(1));
  });
});

describe('units', () => {
  test('are those of a sparse pass, and the best those of a full one', async () => {
    using net = await trained(fixed({ count: 30 }));
    const { weights, bias } = net.copyWeights(0);
    for (const [row, { units, activations, best }] of net.choices(0, examples).entries()) {
      const x = (examples.inputs as Float32Array).subarray(row * 20, row * 20 + 20);
      const z = Array.from(bias, (b, u) => x.reduce((sum, each, i) => sum + each * weights[u * 20 + i]!, b));
      expect(units).toHaveLength(30);
      for (const [i, unit] of units.entries()) expect(activations[i]).toBeCloseTo(Math.max(0, z[unit]!), 4);
      const expected = [...z.keys()].filter((u) => z[u]! > 0).toSorted((a, b) => z[b]! - z[a]!);
      expect([...best]).toEqual(expected.slice(0, 30).toSorted((a, b) => a - b));
    }
  });

  test('of the exact top k those that are best and give something', async () => {
    using net = await trained(topK({ count: 10 }));
    for (const { units, activations, best } of net.choices(0, examples)) {
      expect(units.filter((_, i) => activations[i]! > 0)).toEqual(best);
    }
  });
});

test('to look changes nothing of training', async () => {
  const select = lsh({ count: 12, family, rehash: 2 });
  using looked = await trained(select);
  using other = await trained(select);
  looked.choices(0, examples);
  for (const net of [looked, other]) await fit(net, examples);
  expect(bits(looked)).toBe(bits(other));
});

test('a layer all of whose units fire, one that is not there and rows that do not fit are refused', async () => {
  using net = await trained(topK({ count: 10 }));
  expect(() => net.choices(1, examples)).toThrow('All units of layer 1 fire for every row');
  expect(() => net.choices(2, examples)).toThrow('The network has layers 0 to 1; got 2.');
  expect(() => net.choices(0, { rows: 1, columns: 3, inputs: new Float32Array(3) })).toThrow('20');
});
