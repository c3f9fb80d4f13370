/** What selectors count, against a plain recount of one epoch of a small network whose weights do not move. */
import { simHash } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import { expect, test } from 'vitest';
import {
  adaptiveDropout,
  balanceByBias,
  balanceByBoosting,
  balanceByLoss,
  blocks,
  clusters,
  fixed,
  frequency,
  hidden,
  inBatch,
  logUniform,
  lowRank,
  lsh,
  mostActive,
  noisyTopK,
  network,
  OPERATIONS,
  optimizerCost,
  persistent,
  productKeys,
  random,
  router,
  retrieve,
  type SelectorSpec,
  sgd,
  signatures,
  softmax,
  topK,
} from '../../src/index.ts';
import { blobs } from '../data.ts';
import { Spy } from '../spy.ts';
import { create, fit } from '../training.ts';
import {
  type Case,
  centredOf,
  type Expected,
  INPUTS,
  lookUps,
  ROWS,
  TABLES,
  twoSigns,
  UNITS,
} from './two-signs.ts';

const examples = blobs({ rows: ROWS, columns: INPUTS, classes: UNITS });

const hashing = { comparisons: ROWS * 2 * TABLES, additions: ROWS * (INPUTS + 1) };
const drawn = (count: number): Expected => ({ choose: { comparisons: ROWS * count } });
const products = { multiplyAdds: ROWS * UNITS * INPUTS };
/** The first digits of the k-th highest, and the pick of what has them. */
const ranked = { comparisons: ROWS * UNITS * 2 };
const family = { count: 9, family: twoSigns, transform: identity() };
const frequencies = Array.from({ length: UNITS }, (_, u) => u + 1);

test.for<[name: string, SelectorSpec, (given: Case) => Expected, last?: boolean]>([
  ['topK', topK({ count: 9 }), () => ({ choose: { ...products, ...ranked } })],
  ['noisyTopK', noisyTopK({ count: 9, overlap: 0.5 }), () => ({ choose: { ...products, ...ranked } })],
  [
    // A product for each score, a look at each unit after each of three steps, and what was chosen is counted.
    'topK, balanced by bias',
    topK({ count: 9, balance: balanceByBias() }),
    () => ({
      choose: {
        multiplyAdds: products.multiplyAdds + ROWS * UNITS,
        comparisons: ranked.comparisons + 3 * UNITS,
        additions: ROWS * 9,
      },
    }),
  ],
  [
    'topK, balanced by loss',
    topK({ count: 9, balance: balanceByLoss() }),
    () => ({ choose: { ...products, ...ranked, additions: ROWS * 9 } }),
  ],
  [
    'lsh, boosted',
    lsh({ ...family, balance: balanceByBoosting() }),
    (given) => {
      const { entries, candidates } = lookUps(given, 1, Infinity);
      const chosen = given.active.flat().length;
      return {
        hashing,
        choose: { entries, candidates, multiplyAdds: candidates, comparisons: 3 * UNITS, additions: chosen },
      };
    },
  ],
  [
    'signatures, balanced by bias',
    signatures({ count: 9, bits: 128, rehash: 30, balance: balanceByBias() }),
    () => ({
      hashing: { additions: ROWS * 4 * 6 * 64 },
      choose: {
        words: ROWS * UNITS * 2,
        // Of each unit for each sample, and for each of three batches its norm and bias.
        multiplyAdds: ROWS * UNITS + 3 * 2 * UNITS,
        comparisons: 2 * ROWS * UNITS + 3 * UNITS,
        additions: ROWS * 9,
      },
    }),
  ],
  ['fixed', fixed({ count: 9 }), () => ({})],
  ['random', random({ count: 9 }), () => drawn(9)],
  ['frequency', frequency({ count: 9, frequencies }), () => drawn(9)],
  ['logUniform', logUniform({ count: 9 }), () => drawn(9)],
  [
    'inBatch',
    inBatch({ count: 9 }),
    ({ active }) => ({ choose: { comparisons: active.flat().length } }),
    true,
  ],
  [
    'adaptiveDropout',
    adaptiveDropout({ count: 9 }),
    () => ({ choose: { ...products, comparisons: ROWS * UNITS } }),
  ],
  [
    // It looks at the first of three batches.
    'mostActive',
    mostActive({ count: 9, observe: 1 }),
    () => ({ choose: { multiplyAdds: 10 * UNITS * INPUTS, comparisons: 10 * UNITS * 2 } }),
  ],
  [
    'lowRank',
    lowRank({ count: 9, rank: 3, refreshEvery: 2 }),
    () => ({
      hashing: { multiplyAdds: ROWS * INPUTS * 3 },
      choose: { multiplyAdds: ROWS * UNITS * 3, ...ranked },
      // W V before and after a turn, which is W' (W V).
      rehash: { multiplyAdds: 3 * UNITS * INPUTS * 3 },
    }),
  ],
  [
    // Of 5 clusters 5 are looked through: all units.
    'clusters',
    clusters({ count: 9, clusters: 5, probes: 5, refreshEvery: 2 }),
    ({ active }) => {
      // The second of three steps ends with a refresh; the others with copies of what they updated.
      const updated = [0, 20].map((first) => new Set(active.slice(first, first + 10).flat()).size);
      const copied = (UNITS + updated[0] + updated[1]) * INPUTS;
      return {
        hashing: {
          multiplyAdds: ROWS * (5 * (INPUTS + 1) + 2 * INPUTS),
          comparisons: ROWS * (5 + INPUTS),
        },
        choose: { ...products, comparisons: ROWS * UNITS },
        rehash: {
          multiplyAdds: UNITS * 5 * INPUTS + 2 * 5 * INPUTS + 2 * UNITS * INPUTS + copied,
          comparisons: UNITS * 5 + copied,
        },
      };
    },
  ],
  [
    'retrieve',
    retrieve({ count: 9, hard: 4, by: topK({}), logQ: false }),
    () => ({ choose: { ...products, comparisons: ranked.comparisons + ROWS * 5 } }),
  ],
  [
    'persistent',
    persistent({ count: 9, family: twoSigns }),
    () => ({ hashing: { ...hashing, additions: ROWS * INPUTS }, ...drawn(9) }),
  ],
  ['persistent, by sample', persistent({ count: 9, by: 'sample' }), () => drawn(9)],
  [
    'persistent, by a router',
    persistent({ count: 9, by: router(), sets: 5 }),
    () => ({ hashing: { multiplyAdds: ROWS * INPUTS * 5 }, ...drawn(5 + 9) }),
  ],
  [
    'blocks',
    blocks({ count: 24, size: 4, by: twoSigns }),
    () => ({ hashing: { ...hashing, additions: ROWS * INPUTS }, ...drawn(6) }),
  ],
  ...(['token', 'expert'] as const).map((choice): [string, SelectorSpec, (given: Case) => Expected] => [
    `blocks, by a router, ${choice}`,
    blocks({ count: 8, size: 4, by: router(), choice }),
    () => ({
      hashing: { multiplyAdds: ROWS * INPUTS * (UNITS / 4) },
      choose: { comparisons: ROWS * (UNITS / 4) * 2 },
    }),
  ]),
  [
    // 40 units are 5 x 8; of 9 units, 8, 4, 3, 2 and 1 pairs of the best keys can be among the best.
    'productKeys',
    productKeys({ count: 9, queryDimensions: 4 }),
    () => ({
      hashing: { multiplyAdds: ROWS * (4 * INPUTS + 2 * (5 + 8)) },
      choose: { comparisons: ROWS * (5 + 8 + 18), additions: ROWS * 18 },
    }),
  ],
  [
    'signatures',
    signatures({ count: 9, bits: 128, rehash: 3 }),
    ({ active }) => ({
      // Two rounds of a transform of 64 (17 coordinates with the bias, and no fewer than 64) and one more for each 64 signs.
      hashing: { additions: ROWS * 4 * 6 * 64 },
      choose: { words: ROWS * UNITS * 2, multiplyAdds: ROWS * UNITS, comparisons: 2 * ROWS * UNITS },
      rehash: {
        additions: new Set(active.flat()).size * 4 * 6 * 64,
        multiplyAdds: UNITS * (INPUTS + 1),
      },
    }),
  ],
  ...([1, 2] as const).map((least): [string, SelectorSpec, (given: Case) => Expected] => [
    `lsh, ${least} collisions`,
    lsh({ ...family, minCollisions: least }),
    (given) => ({ hashing, choose: lookUps(given, least, Infinity) }),
  ]),
  ...([1, 2] as const).map((least): [string, SelectorSpec, (given: Case) => Expected] => [
    `lsh, the union of ${least} collisions`,
    lsh({ ...family, rank: 'union', minCollisions: least }),
    (given) => ({ hashing, choose: lookUps(given, least, 9) }),
  ]),
  ...(['count', 'union'] as const).map((rank): [string, SelectorSpec, (given: Case) => Expected] => [
    `lsh, three probes, by ${rank}`,
    lsh({ ...family, rank, minCollisions: 2, probes: 3 }),
    (given) => ({
      // Each of a code's two bits merges a list of three.
      hashing: { ...hashing, comparisons: hashing.comparisons + ROWS * TABLES * 2 * 3 },
      choose: lookUps(given, 2, rank === 'count' ? Infinity : 9, 3),
    }),
  ]),
  [
    'lsh, padded',
    lsh({ ...family, count: 39, minCollisions: 4, pad: 'uniform' }),
    (given) => {
      const { entries, candidates } = lookUps(given, 4, Infinity);
      return { hashing, choose: { entries, candidates, comparisons: ROWS * 39 - candidates } };
    },
  ],
  [
    // Once for all rows, of which none has moved since.
    'lsh, centred',
    lsh({ ...family, rehash: 3, centred: true }),
    (given) => {
      const updated = new Set(given.active.flat()).size;
      const width = INPUTS + 1;
      return {
        hashing,
        choose: lookUps({ ...given, weights: centredOf(given.weights) }, 1, Infinity),
        rehash: {
          comparisons: updated * 2 * TABLES,
          // The mean of all; what is listed is centred for its norm and for its codes.
          additions: UNITS * width + updated * (2 * width + width),
          multiplyAdds: updated * width,
          entries: 2 * UNITS * TABLES,
        },
      };
    },
  ],
  [
    'lsh, rehashed',
    lsh({ ...family, rehash: 3 }),
    (given) => {
      const updated = new Set(given.active.flat()).size;
      return {
        hashing,
        choose: lookUps(given, 1, Infinity),
        // Codes of the rows that were updated; each table is counted, and then laid out.
        rehash: {
          comparisons: updated * 2 * TABLES,
          additions: updated * (INPUTS + 1),
          entries: 2 * UNITS * TABLES,
        },
      };
    },
  ],
])('%s', async ([, select, expected, last]) => {
  const spy = new Spy();
  // Outputs are chosen for the labels, too; there is then no layer after them.
  const layers = last ? [softmax(UNITS, spy.on(select))] : [hidden(UNITS, spy.on(select)), softmax(UNITS)];
  // At this rate no weight moves.
  using net = await create(network(INPUTS, layers, sgd({ rate: 1e-30 })), examples, { batchSize: 10 });
  const { values, stride, width } = net.weights(0);
  const weights = Array.from({ length: UNITS }, (_, u) => values.slice(u * stride, u * stride + width));
  const [report] = await fit(net, examples);
  const inputs = spy.choices.flatMap((choice) => choice.inputs);
  const wanted = expected({ weights, inputs, active: spy.choices.flatMap(({ active }) => active) });
  expect(inputs).toHaveLength(ROWS);
  for (const part of ['hashing', 'choose', 'rehash'] as const) {
    const counted = Object.fromEntries(OPERATIONS.map((kind) => [kind, report[kind][part]]));
    const zeros = Object.fromEntries(OPERATIONS.map((kind) => [kind, 0]));
    expect([part, counted]).toEqual([part, { ...zeros, ...wanted[part] }]);
  }
});

test('sparse inputs are hashed by their non-zeros', async () => {
  const select = lsh({ count: 9, family: simHash({ bits: 3, tables: 5 }), transform: identity() });
  const ids = Int32Array.from([0, 3, 7, 1, 2]);
  const sparse = {
    rows: 2,
    columns: INPUTS,
    offsets: Int32Array.from([0, 3, 5]),
    ids,
    values: new Float32Array(5).fill(1),
    labels: Int32Array.from([0, 1]),
  };
  using net = await create(network(INPUTS, [hidden(UNITS, select), softmax(UNITS)]), sparse);
  const [report] = await fit(net, sparse);
  // With the bias of each row.
  expect(report.multiplyAdds.hashing).toBe((5 + 2) * 3 * 5);
});

test.for<
  [name: string, (freezeAfter: number | null) => SelectorSpec, maps: readonly (readonly [number, number])[]]
>([
  [
    'a router of blocks',
    (freezeAfter) => blocks({ count: 8, size: 4, by: router({ freezeAfter }) }),
    [[UNITS / 4, INPUTS]],
  ],
  [
    'a router of sets',
    (freezeAfter) => persistent({ count: 8, by: router({ freezeAfter }), sets: 7 }),
    [[7, INPUTS]],
  ],
  [
    'product keys',
    (freezeAfter) => productKeys({ count: 8, queryDimensions: 4, freezeAfter }),
    [
      [2, INPUTS],
      [2, INPUTS],
      [5, 2],
      [8, 2],
    ],
  ],
])(
  'training %s: a product by what comes in, one by keys, and an update a step',
  async ([, selectOf, maps]) => {
    const [drawnOnce, trained] = await Promise.all(
      [0, null].map(async (freezeAfter) => {
        const spec = network(
          INPUTS,
          [hidden(UNITS, selectOf(freezeAfter)), softmax(UNITS)],
          sgd({ rate: 1e-30 }),
        );
        using net = await create(spec, examples, { batchSize: 10 });
        return (await fit(net, examples))[0]!.multiplyAdds;
      }),
    );
    const weights = maps.reduce((sum, [rows, width]) => sum + rows * width, 0);
    // What flows back goes through the keys, and not to the examples.
    const keys = maps
      .filter(([, width]) => width !== INPUTS)
      .reduce((sum, [rows, width]) => sum + rows * width, 0);
    expect(trained!.backward - drawnOnce!.backward).toBe(ROWS * (weights + keys));
    const steps = 3;
    expect(trained!.optimizer - drawnOnce!.optimizer).toBe(steps * weights * optimizerCost(sgd({ rate: 1 })));
  },
);
