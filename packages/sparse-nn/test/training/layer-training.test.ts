import { decodeSafetensors } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  all,
  fixed,
  hidden,
  lsh,
  momentum,
  Network,
  network,
  registerSelector,
  sgd,
  sigmoidOutput,
  softmax,
  topK,
  type Examples,
  type LayerSpec,
  type LayerTraining,
  type OptimizerSpec,
  type SelectorSpec,
  type UpdateMode,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { distance } from '../distance.ts';
import { bits, create, fit, snapshot } from '../training.ts';

const dense = blobs({ rows: 22, columns: 13, classes: 5 });
const sparse = bags({ rows: 22, columns: 45, classes: 5 });
const frozen: LayerTraining = { trainable: false };

/** Each kind of layer in each place, by what comes before and after it. */
const stacks: readonly {
  readonly name: string;
  readonly examples: Examples;
  readonly layers: readonly LayerSpec[];
}[] = [
  { name: 'dense layers', examples: dense, layers: [hidden(9), hidden(11), softmax(5)] },
  { name: 'a bag', examples: sparse, layers: [hidden(9), hidden(11), softmax(5)] },
  {
    name: 'layers that select',
    examples: dense,
    layers: [
      hidden(30, topK({ count: 9 }), { activation: 'tanh' }),
      hidden(11, fixed({ count: 7 }), { activation: 'sigmoid' }),
      sigmoidOutput(5, topK({ count: 4 })),
    ],
  },
  {
    name: 'layers that select after sparse inputs',
    examples: sparse,
    layers: [hidden(50, topK({ count: 3 })), hidden(40, topK({ count: 5 })), hidden(11), softmax(5)],
  },
];

const modes: readonly UpdateMode[] = ['neuron', 'union', 'sample'];

/** The layers with that of index `at` trained as `training` says. */
function changed(layers: readonly LayerSpec[], at: number, training: LayerTraining): LayerSpec[] {
  return layers.map((layer, l) => (l === at ? { ...layer, ...training } : layer));
}

/** The weights and biases of each layer after a step on one row, or on all of them. */
async function afterStep(
  examples: Examples,
  layers: readonly LayerSpec[],
  optimizer: OptimizerSpec,
  updateMode: UpdateMode,
): Promise<{ before: Float32Array[]; after: Float32Array[] }> {
  const spec = network(examples.columns, layers, optimizer, { updateMode });
  using net = await create(spec, examples);
  const before = snapshot(net);
  net.step(examples);
  return { before, after: snapshot(net) };
}

describe.each(modes)('a layer that is not trainable, %s', (mode) => {
  test.for(stacks.flatMap(({ layers, ...stack }) => layers.map((_, at) => ({ ...stack, layers, at }))))(
    '$name, layer $at: stays, and the others learn what they did',
    async ({ examples, layers, at }) => {
      const rate = mode === 'sample' ? 1e-3 : 0.1;
      const whole = await afterStep(examples, layers, sgd({ rate }), mode);
      const { before, after } = await afterStep(examples, changed(layers, at, frozen), sgd({ rate }), mode);
      expect([after[2 * at], after[2 * at + 1]]).toEqual([before[2 * at], before[2 * at + 1]]);
      const others = [...after.keys()].filter((i) => i >> 1 !== at);
      const far = others.map((i) => distance(moved(after, before, i), moved(whole.after, before, i)));
      // One after the other, samples see what those before them taught the other layers. And what flows to sparse samples is
      // summed in parts where the rows are updated on the way.
      const inParts = mode === 'neuron' && layers.some(({ select }) => select.kind !== 'all');
      expect(Math.max(...far)).toBeLessThanOrEqual(mode === 'sample' ? 0.05 : inParts ? 1e-6 : 0);
      expect(whole.after[2 * at]).not.toEqual(before[2 * at]);
    },
  );
});

function moved(after: readonly Float32Array[], before: readonly Float32Array[], i: number): Float64Array {
  return Float64Array.from(after[i]!, (w, k) => w - before[i]![k]!);
}

describe('a rate of its own', () => {
  const optimizers: readonly OptimizerSpec[] = [
    sgd({ rate: 0.2, weightDecay: 0.1 }),
    momentum({ rate: 0.1 }),
    adagrad({ rate: 0.1 }),
    adam({ rate: 0.02 }),
    adam({ rate: 0.02, skipped: 'catchUp', weightDecay: 0.1 }),
    adam({ rate: 0.02, clipNorm: 0.1 }),
  ];

  test.for(
    modes.flatMap((mode) => optimizers.map((optimizer) => ({ mode, optimizer, kind: optimizer.kind }))),
  )('is that of a network with this rate: $kind, $mode', async ({ mode, optimizer }) => {
    const train = async (rate: number, rateScale: number): Promise<string> => {
      // Each sample chooses others, so that rows skip steps.
      const layers = [softmax(5, topK({ count: 2 }), { rateScale })];
      const spec = network(13, layers, { ...optimizer, rate }, { updateMode: mode });
      using net = await create(spec, dense, { batchSize: 4 });
      await fit(net, dense, 3);
      return bits(net);
    };
    expect(await train(optimizer.rate, 0.25)).toBe(await train(optimizer.rate / 4, 1));
    expect(await train(optimizer.rate, 0.25)).not.toBe(await train(optimizer.rate, 1));
  });

  test.for(modes)('is the layer’s alone: %s', async (mode) => {
    const layers = [hidden(9), hidden(11, topK({ count: 6 })), softmax(5)];
    const one = { ...dense, rows: 1, inputs: dense.inputs.slice(0, 13), labels: dense.labels.slice(0, 1) };
    const plain = await afterStep(one, layers, sgd({ rate: 0.1 }), mode);
    const scaled = await afterStep(one, changed(layers, 1, { rateScale: 3 }), sgd({ rate: 0.1 }), mode);
    for (const [i, before] of plain.before.entries()) {
      const factor = i === 2 || i === 3 ? 3 : 1;
      const wanted = moved(plain.after, plain.before, i).map((by) => factor * by);
      expect(distance(moved(scaled.after, scaled.before, i), wanted)).toBeLessThan(1e-4);
      expect(scaled.before[i]).toEqual(before);
    }
  });
});

test('the norm of the gradient is that of the layers that are trained', async () => {
  for (const updateMode of ['neuron', 'union', 'sample'] as const) {
    const layers = [hidden(9, all(), frozen), hidden(11, topK({ count: 6 })), softmax(5)];
    const one = { ...dense, rows: 1, inputs: dense.inputs.slice(0, 13), labels: dense.labels.slice(0, 1) };
    const { before, after } = await afterStep(one, layers, sgd({ rate: 1, clipNorm: 0.01 }), updateMode);
    const square = before
      .flatMap((_, i) => [...moved(after, before, i)])
      .reduce((sum, by) => sum + by * by, 0);
    expect(Math.sqrt(square)).toBeCloseTo(0.01, 6);
  }
});

/** All units fire, unit 0 from the given step on. It counts the steps that it is told of. */
interface LateSpec extends SelectorSpec {
  readonly from: number;
}

const told: number[] = [];

registerSelector({
  kind: 'late unit',
  check: () => {},
  bind(spec, { units }) {
    let step = 1;
    told.length = 0;
    return {
      maxActive: units,
      keepProbability: 1,
      select({ batch }, { ids, offsets }) {
        const first = step >= (spec as LateSpec).from ? 0 : 1;
        let to = 0;
        for (let s = 0; s < batch; s++) {
          for (let unit = first; unit < units; unit++) ids[to++] = unit;
          offsets[s + 1] = to;
        }
      },
      updated: (rows) => {
        told.push(rows.length);
        step++;
      },
      state: () => ({ values: { step } }),
      restore: ({ values }) => void (step = values!['step'] as number),
      [Symbol.dispose]: () => {},
    };
  },
});

describe('a layer that is trained again', () => {
  // Rows without labels teach a softmax nothing: weights only decay, by a factor of 0.95 each step.
  const nothing = { ...dense, labelOffsets: new Int32Array(23), labels: new Int32Array() };
  const late: LateSpec = { kind: 'late unit', from: 6 };
  const optimizer = sgd({ rate: 0.1, weightDecay: 0.5 });
  const spec = network(13, [hidden(7, late), softmax(5)], optimizer);

  /** Two steps, three while the first layer is not trained, and one more. */
  async function train(
    updateMode: UpdateMode,
    saved: boolean,
  ): Promise<{ shares: number[]; end: string; kept: boolean | undefined }> {
    let net = await create({ ...spec, updateMode }, nothing, { batchSize: updateMode === 'sample' ? 1 : 22 });
    const start = net.copyWeights(0).weights;
    const batch = updateMode === 'sample' ? firstRow : nothing;
    let kept: boolean | undefined;
    for (let step = 1; step <= 6; step++) {
      if (step === 3) net.setTraining(0, frozen);
      if (step === 5 && saved) {
        const bytes = net.toBytes();
        net.close();
        net = await Network.load(bytes);
        kept = net.spec.layers[0]?.trainable;
      }
      if (step === 6) net.setTraining(0, { trainable: true });
      net.step(batch);
    }
    const { weights } = net.copyWeights(0);
    const shares = [0, 1].map((unit) => weights[13 * unit]! / start[13 * unit]!);
    const end = bits(net);
    net.close();
    return { shares, end, kept };
  }

  const firstRow = {
    rows: 1,
    columns: 13,
    inputs: dense.inputs.slice(0, 13),
    labelOffsets: new Int32Array(2),
    labels: new Int32Array(),
  };

  test.for(modes)('has not skipped the steps in which it was not: %s', async (mode) => {
    const { shares, end } = await train(mode, false);
    // Unit 0 catches up with steps 1 and 2, and takes part in step 6; unit 1 took part in all three.
    for (const share of shares) expect(share).toBeCloseTo(0.95 ** 3, 6);
    expect(await train(mode, true)).toEqual({ shares, end, kept: false });
  });

  test('its selector is told of each step, and of no rows while the layer is not trained', async () => {
    await train('neuron', false);
    expect(told).toEqual([6, 6, 0, 0, 0, 7]);
    await train('union', false);
    expect(told).toEqual([6, 6, 0, 0, 0, 7]);
    await train('sample', false);
    expect(told).toEqual([6, 6, 0, 0, 0, 7]);
  });

  test('has a spec that says how it is trained, with defaults left out', async () => {
    using net = await create(spec, nothing);
    net.setTraining(1, { rateScale: 0.5 });
    net.setTraining(1, { trainable: false });
    expect(net.spec.layers[1]).toEqual({ ...spec.layers[1], rateScale: 0.5, trainable: false });
    net.setTraining(1, { trainable: true, rateScale: 1 });
    expect(net.spec).toEqual(spec);
  });

  test('that was given weights while it was not trained has no steps to catch up with', async () => {
    using net = await create(spec, nothing);
    net.step(nothing);
    net.setTraining(0, frozen);
    net.setWeights(0, net.copyWeights(0));
    const { weights } = net.copyWeights(0);
    net.step(nothing);
    net.setTraining(0, { trainable: true });
    net.step(nothing);
    expect(net.copyWeights(0).weights[13]! / weights[13]!).toBeCloseTo(0.95, 6);
    const { tensors } = decodeSafetensors(net.toBytes(), 'the checkpoint');
    expect(tensors['layer1.weights.touched']?.data).toEqual(Int32Array.of(2, 3, 3, 3, 3, 3, 3));
  });
});

/** The multiply-adds of a step. */
const costs = async (layers: readonly LayerSpec[]): Promise<Record<string, number>> => {
  using net = await create(network(13, layers, sgd({ rate: 0.1 })), dense);
  return { ...net.step(dense).multiplyAdds };
};

test('what is not trained costs no update, and below the first layer that is trained nothing flows back', async () => {
  const [first, second, last] = [22 * 13 * 9, 22 * 9 * 11, 22 * 11 * 5];
  const lower = [hidden(9, all(), frozen), hidden(11, all(), frozen), softmax(5)];
  expect(await costs(lower)).toMatchObject({ backward: last, optimizer: 5 * 11 });
  const upper = [hidden(9), hidden(11, all(), frozen), softmax(5, all(), frozen)];
  expect(await costs(upper)).toMatchObject({ backward: first + second + last, optimizer: 9 * 13 });
});

const odd = blobs({ rows: 21, columns: 13, classes: 5 });

test('hash tables of a layer that is not trained stay right, also where functions are drawn anew', async () => {
  const select = lsh({ count: 4, family: simHash({ bits: 3, tables: 6 }), rehash: 2, redraw: 1 });
  const changedCodes = async (training: LayerTraining): Promise<number | undefined> => {
    const layers = [hidden(30, select, training), softmax(5)];
    // Seven batches: after the last there was no rehash.
    using net = await create(network(13, layers, adam({ rate: 0.1 })), dense, { batchSize: 3 });
    const reports: (number | undefined)[] = [];
    for await (const { diagnostics, steps } of net.fit(odd, { epochs: 1, diagnostics: {} })) {
      expect(steps).toBe(7);
      reports.push(diagnostics?.[0]?.codesChanged);
    }
    return reports[0];
  };
  expect(await changedCodes(frozen)).toBe(0);
  expect(await changedCodes({})).toBeGreaterThan(0);
});

describe('what cannot be trained is refused', () => {
  test.for<[() => unknown, string]>([
    [
      () => network(3, [hidden(4, all(), frozen), softmax(2, all(), frozen)]),
      'No layer is trainable: there would be nothing to train.',
    ],
    [
      () => network(3, [{ ...softmax(2), trainable: 0 as unknown as boolean }]),
      'Layer 1: trainable is true or false; got 0.',
    ],
    [
      () => network(3, [hidden(4, all(), { rateScale: 0 }), softmax(2)]),
      'Layer 1: rateScale is above 0, and so is the rate 0.001 times it; got 0 (a layer that stays as it is has trainable: false).',
    ],
    [
      () => network(3, [softmax(2, all(), { rateScale: -1 })]),
      'Layer 1: rateScale is above 0, and so is the rate 0.001 times it; got -1.',
    ],
    [
      () => network(3, [softmax(2, all(), { rateScale: NaN })]),
      'Layer 1: rateScale is above 0, and so is the rate 0.001 times it; got NaN.',
    ],
    [
      () => network(3, [softmax(2, all(), { rateScale: 5 })], sgd({ rate: 0.5, weightDecay: 0.5 })),
      'Layer 1: rateScale * rate * weightDecay is below 1; got 1.25.',
    ],
  ])('%#', ([call, message]) => {
    expect(call).toThrow(new RangeError(message));
  });

  test('by a network that there is, which stays as it was', async () => {
    using net = await create(network(13, [hidden(4), softmax(5)]), dense);
    const { spec } = net;
    net.setTraining(0, frozen);
    expect(() => net.setTraining(1, frozen)).toThrow(
      new RangeError('No layer is trainable: there would be nothing to train.'),
    );
    expect(() => net.setTraining(1, { rateScale: 0 })).toThrow('Layer 2: rateScale is above 0');
    expect(() => net.setTraining(2, frozen)).toThrow('The network has layers 0 to 1; got 2.');
    net.setTraining(0, { trainable: true });
    expect(net.spec).toEqual(spec);
  });
});
