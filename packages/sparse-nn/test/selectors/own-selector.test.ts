import { describe, expect, test } from 'vitest';
import { simHash } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import {
  adam,
  hidden,
  linearOutput,
  network,
  registerSelector,
  softmax,
  type LayerSpec,
  type Network,
  type NetworkSpec,
  type Selector,
  type SelectorCapabilities,
  type SelectorDefinition,
  type SelectorSpec,
} from '../../src/index.ts';
import { blobs } from '../data.ts';
import { distance } from '../distance.ts';
import { create, fit, snapshot } from '../training.ts';

const dense = blobs({ rows: 50, columns: 20, classes: 5 });

/** Every `every`-th unit, starting at one that the input's largest coordinate decides. */
interface StripesSpec extends SelectorSpec {
  readonly kind: 'stripes';
  readonly every: number;
}

function stripes(units: number, every: number): LayerSpec {
  const select: StripesSpec = { kind: 'stripes', every };
  return hidden(units, select);
}

const stripesSelector: SelectorDefinition = {
  kind: 'stripes',
  check(spec, units) {
    const { every } = spec as StripesSpec;
    if (!(every >= 1 && every <= units))
      throw new RangeError(`stripes: every is 1 to ${units}; got ${every}.`);
  },
  bind(spec, { units, inputs }) {
    const { every } = spec as StripesSpec;
    return {
      maxActive: Math.ceil(units / every),
      keepProbability: 1,
      select({ input, batch }, { offsets, ids }) {
        let to = 0;
        for (let s = 0; s < batch; s++) {
          if (input.kind !== 'dense') throw new TypeError('Stripes are for dense inputs.');
          const x = input.values.subarray(s * input.stride, s * input.stride + inputs);
          for (let u = x.indexOf(Math.max(...x)) % every; u < units; u += every) ids[to++] = u;
          offsets[s + 1] = to;
        }
      },
      updated: () => {},
      [Symbol.dispose]: () => {},
    };
  },
};

describe("a selector of one's own", () => {
  registerSelector(stripesSelector);

  test('trains, evaluates, and is checked with the network', async () => {
    const spec = network(20, [stripes(60, 4), softmax(5)], adam({ rate: 0.01 }));
    using net = await create(spec, dense);
    const start = snapshot(net);
    const reports = await fit(net, dense, 40);
    expect(reports.at(-1)).toMatchObject({ activeShare: 0.25 });
    expect(net.evaluate(dense, { pass: 'sparse' }).accuracy).toBe(1);
    expect(distance(snapshot(net)[0], start[0])).toBeGreaterThan(0.01);
    expect(() => network(20, [stripes(3, 4), softmax(5)])).toThrow(
      'Layer 1: stripes: every is 1 to 3; got 4.',
    );
  });

  test('may be registered again, but not beside another of its kind', () => {
    registerSelector(stripesSelector);
    const other = { ...stripesSelector };
    expect(() => registerSelector(other)).toThrow("There is a selector 'stripes' already.");
    expect(() => registerSelector({ ...other, kind: 'all' })).toThrow("There is a selector 'all' already.");
    expect(() => registerSelector({ ...other, kind: 'lsh' })).toThrow("There is a selector 'lsh' already.");
  });
});

/** Gives its spec's lists, one for each sample, whatever they are. */
interface ScriptSpec extends SelectorSpec {
  readonly maxActive: number;
  readonly keepProbability?: number;
  readonly lists: readonly (readonly number[])[];
}

registerSelector({
  kind: 'script',
  check: () => {},
  bind(spec): Selector {
    const { maxActive, keepProbability = 1, lists } = spec as ScriptSpec;
    return {
      maxActive,
      keepProbability,
      select(_, { offsets, ids }) {
        let to = 0;
        for (const [s, list] of lists.entries()) {
          ids.set(list, to);
          to += list.length;
          offsets[s + 1] = to;
        }
      },
      updated: () => {},
      [Symbol.dispose]: () => {},
    };
  },
});

describe('what a selector chooses is checked', () => {
  const two = { ...dense, rows: 2, inputs: dense.inputs.slice(0, 40), labels: Int32Array.of(1, 3) };

  async function train(script: Omit<ScriptSpec, 'kind'>): Promise<void> {
    const select: ScriptSpec = { kind: 'script', ...script };
    using net: Network = await create(network(20, [hidden(8, select), softmax(5)]), two);
    await fit(net, two);
  }

  test.for<[Omit<ScriptSpec, 'kind'>, string]>([
    [
      { maxActive: 9, lists: [] },
      "The selector 'script' of layer 1 has `maxActive` 9; it is an integer from 1 to the layer's 8 units.",
    ],
    [
      { maxActive: 2, keepProbability: 0, lists: [] },
      "The selector 'script' of layer 1 has `keepProbability` 0; it is above 0 and at most 1.",
    ],
    [
      { maxActive: 2, lists: [[1], [2, 3, 4]] },
      "The selector 'script' of layer 1 chose 3 units for sample 1; `maxActive` is 2.",
    ],
    [
      { maxActive: 2, lists: [[1], [8]] },
      "The selector 'script' of layer 1 chose unit 8 for sample 1; units are 0 to 7.",
    ],
    [
      { maxActive: 2, lists: [[-1], []] },
      "The selector 'script' of layer 1 chose unit -1 for sample 0; units are 0 to 7.",
    ],
    [
      {
        maxActive: 3,
        lists: [
          [1, 2],
          [5, 4, 5],
        ],
      },
      "The selector 'script' of layer 1 chose unit 5 for sample 1 more than once.",
    ],
    [
      {
        maxActive: 3,
        lists: [
          [1, 2],
          [5, 4],
        ],
      },
      "The selector 'script' of layer 1 chose unit 4 for sample 1 after unit 5; units ascend.",
    ],
  ])('%o', async ([script, message]) => {
    await expect(train(script)).rejects.toThrow(message);
  });

  test('forced units must be among them', async () => {
    const select: ScriptSpec = { kind: 'script', maxActive: 2, lists: [[1], [1, 2]] };
    using net = await create(network(20, [softmax(5, select)]), two);
    await expect(fit(net, two)).rejects.toThrow(
      /^The selector 'script' of layer 1 left out unit 3 for sample \d, which is forced\.$/,
    );
    net.evaluate(two, { pass: 'sparse' });
  });

  test('no units at all are fine', async () => {
    await expect(train({ maxActive: 2, lists: [[], []] })).resolves.toBeUndefined();
  });
});

/** The first units and the labels, of a layer of which it says that it can do what its spec has. */
interface CapableSpec extends SelectorSpec {
  readonly can: SelectorCapabilities;
  /** Corrections that it gives. */
  readonly gives?: number;
}

registerSelector({
  kind: 'capable',
  check: () => {},
  capabilities: (spec) => (spec as CapableSpec).can,
  bind(spec, { units, batch, team }): Selector {
    const { gives } = spec as CapableSpec;
    const corrections = gives === undefined ? undefined : team.arena.float32(Math.min(gives, batch * units));
    return {
      maxActive: units,
      keepProbability: 1,
      select({ batch: samples }, output) {
        for (let s = 0; s < samples; s++) {
          for (let u = 0; u < units; u++) output.ids[s * units + u] = u;
          output.offsets[s + 1] = (s + 1) * units;
        }
        output.corrections = corrections;
      },
      updated: () => {},
      [Symbol.dispose]: () => corrections && team.arena.free(corrections),
    };
  },
});

function capable(can: SelectorCapabilities, gives?: number): CapableSpec {
  return { kind: 'capable', can, ...(gives !== undefined && { gives }) };
}

/** All units, by gates of 2. */
interface GatedSpec extends SelectorSpec {
  /** Gates that it gives. */
  readonly gives: number | undefined;
  /** Where it notes those by them. */
  readonly gradients: number[] | undefined;
}

registerSelector({
  kind: 'gated',
  check: () => {},
  capabilities: () => ({ gates: 'what it notes' }),
  bind(spec, { units, batch }): Selector {
    const { gives, gradients } = spec as GatedSpec;
    const gates = gives === undefined ? undefined : new Float32Array(Math.min(gives, batch * units)).fill(2);
    return {
      maxActive: units,
      keepProbability: 1,
      select({ batch: samples }, output) {
        for (let s = 0; s < samples; s++) {
          for (let u = 0; u < units; u++) output.ids[s * units + u] = u;
          output.offsets[s + 1] = (s + 1) * units;
        }
        output.gates = gates;
      },
      backward: gradients && ((step) => gradients.push(...step.gradients.subarray(0, units * step.batch))),
      updated: () => {},
      [Symbol.dispose]: () => {},
    };
  },
});

function gated(gives: number | undefined, gradients?: number[]): NetworkSpec {
  const select: GatedSpec = { kind: 'gated', gives, gradients };
  return network(20, [hidden(8, select), softmax(5)]);
}

describe('a selector says what it can do', () => {
  const tables = {
    family: simHash({ bits: 4, tables: 20 }),
    transform: identity(),
    rank: 'count',
    minCollisions: 1,
    probes: 1,
    limit: 3,
  } as const;

  test('one that corrects logits is refused by the order union, by the name of its option', () => {
    const layers = [hidden(8), softmax(5, capable({ corrections: 'weighted' }))];
    expect(() => network(20, layers, adam(), { updateMode: 'union' })).toThrow(
      /^Layer 2: capable with weighted cannot be trained in the update mode 'union'.* Leave weighted out/,
    );
    network(20, [hidden(8), softmax(5, capable({}))], adam(), { updateMode: 'union' });
  });

  test('one that corrects logits without saying so is found out', async () => {
    using net = await create(network(20, [softmax(5, capable({}, Infinity))]), dense);
    await expect(fit(net, dense)).rejects.toThrow(
      "The selector 'capable' of layer 1 gave corrections, but its `capabilities` name no option for them.",
    );
    using short = await create(network(20, [softmax(5, capable({ corrections: 'logQ' }, 3))]), dense);
    await expect(fit(short, dense)).rejects.toThrow(
      /^The selector 'capable' of layer 1 gave 3 corrections for \d+ chosen units\.$/,
    );
    using right = await create(network(20, [softmax(5, capable({ corrections: 'logQ' }, Infinity))]), dense);
    await fit(right, dense);
  });

  test('one with gates gives one for each unit, and is told their gradients', async () => {
    const gradients: number[] = [];
    using net = await create(gated(Infinity, gradients), dense);
    await fit(net, dense);
    expect(gradients).toHaveLength(8 * 50);
    expect(gradients.filter((value) => value !== 0).length).toBeGreaterThan(100);
    using none = await create(gated(undefined, []), dense);
    await expect(fit(none, dense)).rejects.toThrow("The selector 'gated' of layer 1 gave no gates.");
    using short = await create(gated(7, []), dense);
    await expect(fit(short, dense)).rejects.toThrow('gave 7 gates for 400 chosen units.');
    await expect(create(gated(Infinity), dense)).rejects.toThrow(
      "The selector 'gated' of layer 1 has no `backward`, by which its `gates` would be trained.",
    );
  });

  test('one that needs labels is for outputs that have them', () => {
    const select = capable({ needsLabels: true });
    const message = 'capable chooses by the labels of a batch; it is for a softmax or sigmoid output.';
    expect(() => network(20, [hidden(8, select), softmax(5)])).toThrow(`Layer 1: ${message}`);
    expect(() => network(20, [hidden(8), linearOutput(5, select)])).toThrow(`Layer 2: ${message}`);
    network(20, [hidden(8), softmax(5, select)]);
  });

  test('one with tables has them in a frozen network', async () => {
    using net = await create(
      network(20, [hidden(16), softmax(5, capable({ tablesForInference: tables }))]),
      dense,
    );
    using frozen = await net.freeze();
    const { ids } = frozen.predict(dense, { k: 5, pass: 'sparse' });
    for (let row = 0; row < dense.rows; row++) {
      expect([...ids.subarray(row * 5 + 3, row * 5 + 5)]).toEqual([-1, -1]);
      expect(ids[row * 5]).toBeGreaterThanOrEqual(0);
    }
    using bare = await net.freeze({ tables: false });
    expect(() => bare.predict(dense, { pass: 'sparse' })).toThrow('This network has neither hash tables');
  });

  test.for([
    [{ rank: 'most' as 'count' }, "rank 'most'; it is 'count' or 'union'."],
    [{ minCollisions: 21 }, 'minCollisions 21; it is an integer from 1 to its 20 tables.'],
    [{ probes: 0 }, 'probes 0; it is an integer, 1 or more.'],
    [{ limit: 6 }, "limit 6; it is an integer from 1 to the layer's 5 units."],
  ] as const)('tables that cannot be made are refused: %o', ([wrong, message]) => {
    const select = capable({ tablesForInference: { ...tables, ...wrong } });
    expect(() => network(20, [softmax(5, select)])).toThrow(
      `Layer 1: The selector 'capable' has \`tablesForInference\` with ${message}`,
    );
  });
});
