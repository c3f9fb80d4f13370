import { Arena, Team } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  blocks,
  hidden,
  network,
  router,
  sgd,
  sigmoidOutput,
  softmax,
  type BlocksSpec,
} from '../../../src/index.ts';
import { ExpertChoice } from '../../../src/selectors/routed/expert-choice.ts';
import { blobs, withLabelSets } from '../../data.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

const examples = blobs({ rows: 50, columns: 20, classes: 5 });
const [UNITS, SIZE] = [60, 4];

/** Which blocks a list of units are, each whole. */
function blocksOf(units: readonly number[]): number[] {
  const found = [...new Set(units.map((u) => Math.floor(u / SIZE)))];
  expect(units).toEqual(found.flatMap((b) => Array.from({ length: SIZE }, (_, i) => b * SIZE + i)));
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  return found;
}

/** What one network's blocks chose, epoch by epoch, and its router's scores at the end. */
async function choicesOf(select: BlocksSpec, epochs = 3) {
  const spy = new Spy();
  const spec = network(20, [hidden(UNITS, spy.on(select)), softmax(5)], sgd({ rate: 0.3 }));
  using net = await create(spec, examples, { batchSize: 25 });
  await fit(net, examples, epochs);
  net.evaluate(examples, { pass: 'sparse' });
  const matrix = spy.selector!.parameters?.['router'];
  const scoresOf = (x: ArrayLike<number>): number[] =>
    Array.from({ length: UNITS / SIZE }, (_, b) =>
      Array.from(x).reduce((sum, value, k) => sum + value * matrix!.values[b * matrix!.stride + k], 0),
    );
  return {
    training: spy.choices.filter((choice) => choice.training),
    evaluation: spy.choices.filter((choice) => !choice.training),
    scoresOf,
  };
}

function highest(scores: readonly number[], count: number): number[] {
  const order = [...scores.keys()].toSorted((a, b) => scores[b] - scores[a]);
  return order.slice(0, count).toSorted((a, b) => a - b);
}

describe('by a hash or by sample', () => {
  test.for<[string, BlocksSpec]>([
    ['a hash', blocks({ count: 12, size: SIZE })],
    ['several tables', blocks({ count: 12, size: SIZE, by: simHash({ bits: 3, tables: 3 }) })],
    ['sample', blocks({ count: 12, size: SIZE, by: 'sample' })],
  ])('%s: whole blocks, as many as were asked for, which stay', async ([, select]) => {
    const { training, evaluation } = await choicesOf(select);
    const seen = new Map<string, Set<string>>();
    for (const { inputs, active } of [...training, ...evaluation]) {
      for (const [s, x] of inputs.entries()) {
        const own = blocksOf(active[s]);
        expect(own).toHaveLength(3);
        const lists = seen.get(String(x)) ?? new Set<string>();
        seen.set(String(x), lists.add(String(own)));
      }
    }
    expect(seen.size).toBe(50);
    for (const lists of seen.values()) expect(lists.size).toBe(1);
    expect(new Set([...seen.values()].flatMap((lists) => [...lists])).size).toBeGreaterThan(10);
  });

  test('labels come first in an output, in place of units of the last blocks', async () => {
    const spy = new Spy();
    const several = withLabelSets(examples, 60, 3);
    const spec = network(20, [sigmoidOutput(60, spy.on(blocks({ count: 12, size: SIZE })))]);
    using net = await create(spec, several, { batchSize: 50 });
    await fit(net, several);
    for (const own of spy.last.active) expect(new Set(own).size).toBe(12);
  });
});

/** How far the blocks of one a sample are from even shares, after training. */
async function unevenness(balance: number): Promise<number> {
  const { training } = await choicesOf(blocks({ count: 4, size: SIZE, by: router({ balance }) }), 40);
  const uses = Array.from({ length: UNITS / SIZE }, () => 0);
  for (const own of training.slice(-2).flatMap(({ active }) => active)) uses[blocksOf(own)[0]]++;
  return uses.reduce((sum, count) => sum + (count - 50 / uses.length) ** 2, 0);
}

describe('by a router', () => {
  test('each sample has the blocks with its highest scores, and their gates', async () => {
    const { evaluation, scoresOf } = await choicesOf(blocks({ count: 12, size: SIZE, by: router() }));
    for (const { inputs, active, gates } of evaluation) {
      for (const [s, x] of inputs.entries()) {
        const scores = scoresOf(x);
        expect(blocksOf(active[s])).toEqual(highest(scores, 3));
        for (const [i, u] of active[s].entries()) {
          expect(gates![s][i]).toBeCloseTo(2 / (1 + Math.exp(-scores[Math.floor(u / SIZE)])), 5);
        }
      }
    }
  });

  test('the choice stays from the step on at which the router is frozen', async () => {
    // Two steps an epoch: the third epoch is the first whole one with the frozen router.
    const { training } = await choicesOf(
      blocks({ count: 12, size: SIZE, by: router({ freezeAfter: 4 }) }),
      5,
    );
    const lists = [0, 1, 2, 3, 4].map(
      (epoch) =>
        new Map(
          training
            .slice(2 * epoch, 2 * epoch + 2)
            .flatMap(({ inputs, active }) => inputs.map((x, s) => [String(x), String(active[s])] as const)),
        ),
    );
    const same = (a: number, b: number): number =>
      [...lists[a]].filter(([x, own]) => lists[b].get(x) === own).length;
    expect(same(2, 3)).toBe(50);
    expect(same(2, 4)).toBe(50);
    expect(same(0, 2)).toBeLessThan(50);
  });

  test('balance makes blocks take more even shares', async () => {
    expect(await unevenness(1)).toBeLessThan(0.5 * (await unevenness(0)));
  });

  test('blocks that choose all take as many samples, those that have them most probable', async () => {
    const select = blocks({ count: 12, size: SIZE, by: router({ freezeAfter: 1 }), choice: 'expert' });
    const { training, evaluation, scoresOf } = await choicesOf(select);
    // 25 samples with 3 of 15 blocks each in the mean: 5 a block.
    for (const { inputs, active } of training.slice(1)) {
      const probabilities = inputs.map((x) => {
        const powers = scoresOf(x).map(Math.exp);
        return powers.map((power) => power / powers.reduce((sum, each) => sum + each, 0));
      });
      const taken = active.map((own) => blocksOf(own));
      for (const own of taken) expect(own.length).toBeLessThanOrEqual(12);
      for (let b = 0; b < UNITS / SIZE; b++) {
        const wanted = highest(
          probabilities.map((p) => p[b]),
          5,
        );
        const took = taken.flatMap((own, s) => (own.includes(b) ? [s] : []));
        // A sample that more blocks took than it may have is left by those that it has least probable.
        const left = wanted.filter((s) => !took.includes(s));
        expect(left.filter((s) => taken[s].length < 12)).toEqual([]);
        for (const s of took) expect(wanted).toContain(s);
      }
    }
    // An evaluation looks at each sample alone.
    for (const { inputs, active } of evaluation) {
      for (const [s, x] of inputs.entries()) expect(blocksOf(active[s])).toEqual(highest(scoresOf(x), 3));
    }
  });
});

test('of more blocks than a sample may have those stay that it has most probable', () => {
  using arena = new Arena();
  // All six blocks want sample 0 most, which may have four of them; each takes one sample of six.
  using experts = new ExpertChoice(Team.single(arena), 6, 1, 6);
  const [batch, stride] = [6, 16];
  const values = new Float32Array(batch * stride);
  const scores = [3, 6, 1, 5, 2, 4];
  for (const [g, score] of scores.entries()) values[g] = score;
  // The others have block 1 all but for sure.
  for (let s = 1; s < batch; s++) for (let g = 0; g < 6; g++) values[s * stride + g] = g === 1 ? 30 : 0;
  const [lists, lengths] = [new Int32Array(batch * experts.most), new Int32Array(batch)];
  experts.choose({ values, stride }, batch, lists, lengths);
  expect(experts.most).toBe(4);
  // Block 1 prefers one of the others: of 0, 2, 3, 4 and 5 the least probable is left out.
  expect([...lists.subarray(0, lengths[0])]).toEqual([0, 3, 4, 5]);
  expect([...lengths]).toEqual([4, 1, 0, 0, 0, 0]);
});

test.for<[Partial<BlocksSpec>, string]>([
  [{ size: 0 }, 'blocks: size is a number of units, 1 or more; got 0.'],
  [{ size: 7 }, 'blocks: 60 units are no whole number of blocks of 7; have 63.'],
  [{ count: 10 }, 'blocks: count is a number of units in whole blocks of 4; got 10, which are 2.50.'],
  [{ choice: 'sample' as 'token' }, "blocks: choice is 'token' or 'expert'; got 'sample'."],
  [{ choice: 'expert' }, "blocks: choice 'expert' is by the scores of a router: give one as `by`."],
  [
    { choice: 'expert', by: router({ balance: 0.1 }) },
    'blocks: where blocks choose their samples they are in balance: leave balance out; got 0.1.',
  ],
  [{ by: router({ balance: -1 }) }, 'blocks: balance is the weight of a loss, 0 or more; got -1.'],
  [
    { by: router({ freezeAfter: -1 }) },
    'blocks: freezeAfter is a number of training steps, 0 or more, or null',
  ],
  [
    { by: simHash({ bits: 4, tables: 5 }) },
    'blocks: each of its 5 tables gives some of the 3 active blocks of 4 units; have fewer tables.',
  ],
])('refuses %o', ([options, message]) => {
  const select = { ...blocks({ count: 12, size: SIZE }), ...options };
  expect(() => network(20, [hidden(UNITS, select), softmax(5)])).toThrow(message);
});

describe('gates', () => {
  const select = blocks({ count: 12, size: SIZE, by: router() });

  test('are for hidden layers, and for one update mode', () => {
    expect(() => network(20, [hidden(8), softmax(UNITS, select)])).toThrow(
      'Layer 2 is the last: blocks with a router multiplies the outputs of hidden units by gates.',
    );
    for (const updateMode of ['sample', 'hogwild', 'union'] as const) {
      expect(() =>
        network(20, [hidden(UNITS, select), softmax(5)], sgd({ rate: 1 }), { updateMode }),
      ).toThrow(
        `Layer 1: blocks with a router is trained by its gates, one for each unit of each sample: in the update mode 'neuron', not '${updateMode}'.`,
      );
    }
    const random = blocks({ count: 12, size: SIZE, by: router({ freezeAfter: 0 }) });
    expect(() =>
      network(20, [hidden(UNITS, random), softmax(UNITS, random)], sgd({ rate: 1 }), { updateMode: 'union' }),
    ).not.toThrow();
  });

  test('cannot be frozen', async () => {
    using net = await create(network(20, [hidden(UNITS, select), softmax(5)]), examples);
    await expect(net.freeze()).rejects.toThrow('Layer 1: blocks with a router multiplies the outputs');
  });
});
