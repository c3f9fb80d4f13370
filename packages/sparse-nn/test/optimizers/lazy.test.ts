import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  fixed,
  hidden,
  linearOutput,
  momentum,
  network,
  registerSelector,
  sgd,
  softmax,
  type Examples,
  type LayerSpec,
  type OptimizerSpec,
  type SelectorSpec,
} from '../../src/index.ts';
import { blobs } from '../data.ts';
import { distance } from '../distance.ts';
import { updateOf } from '../plain-mlp.ts';
import { create, fit } from '../training.ts';

const optimizers: readonly OptimizerSpec[] = [
  sgd({ rate: 0.2 }),
  momentum({ rate: 0.05 }),
  momentum({ rate: 0.05, skipped: 'wait', weightDecay: 0.1 }),
  adagrad({ rate: 0.05 }),
  adam({ rate: 0.01 }),
  adam({ rate: 0.01, skipped: 'catchUp', weightDecay: 0.1 }),
  adam({ rate: 0.01, firstMoment: 'bfloat16', secondMoment: 'bfloat16' }),
  adam({ rate: 0.01, secondMoment: 'row' }),
];

const examples = blobs({ rows: 22, columns: 13, classes: 5 });

/** Unit 0 fires from the given step on, the others always. */
interface LateSpec extends SelectorSpec {
  readonly from: number;
}

registerSelector({
  kind: 'late',
  check: () => {},
  bind(spec, { units }) {
    let step = 1;
    const rest = Array.from({ length: units - 1 }, (_, i) => i + 1);
    return {
      maxActive: units,
      keepProbability: 1,
      select({ batch }, { ids, offsets }) {
        const list = step >= (spec as LateSpec).from ? [0, ...rest] : rest;
        for (let s = 0; s < batch; s++) {
          ids.set(list, s * list.length);
          offsets[s + 1] = (s + 1) * list.length;
        }
      },
      updated: () => void step++,
      [Symbol.dispose]: () => {},
    };
  },
});

/** Linear, so that no unit is without a gradient. */
function late(from: number): LayerSpec {
  const select: LateSpec = { kind: 'late', from };
  return { units: 9, activation: 'linear', select };
}

describe('updates are lazy', () => {
  test.for(optimizers)('%o does not touch rows that no sample chose', async (optimizer) => {
    using net = await create(network(13, [late(4), softmax(5)], optimizer), examples);
    const row = (): Float32Array => {
      const { values, stride, bias } = net.weights(0);
      return Float32Array.of(...values.subarray(0, stride), bias[0]);
    };
    const start = row();
    const other = net.weights(0).values.slice();
    await fit(net, examples, 3);
    expect(row()).toEqual(start);
    expect(net.weights(0).values).not.toEqual(other);
    await fit(net, examples, 1);
    expect(row()).not.toEqual(start);
  });

  test("Adam's bias corrections follow a row's own count: its first update is the rate in each weight", async () => {
    using net = await create(network(13, [late(6), softmax(5)], adam({ rate: 0.01 })), examples);
    await fit(net, examples, 5);
    const start = net.weights(0).values.slice(0, 13);
    await fit(net, examples, 1);
    const now = net.weights(0).values.slice(0, 13);
    const moved = now.map((value, k) => Math.abs(value - start[k]));
    expect(distance(moved, new Float32Array(13).fill(0.01))).toBeLessThan(1e-3);
  });

  test('a fixed subset leaves the other units as they were', async () => {
    using net = await create(network(13, [hidden(40, fixed({ count: 10 })), softmax(5)]), examples);
    const { values, stride, bias } = net.weights(0);
    const start = values.slice();
    await fit(net, examples, 3);
    const changed = Array.from({ length: 40 }, (_, u) => u).filter((u) =>
      values.subarray(u * stride, (u + 1) * stride).some((value, k) => value !== start[u * stride + k]),
    );
    expect(changed.length).toBe(10);
    expect([...bias.keys()].filter((u) => bias[u] !== 0).every((u) => changed.includes(u))).toBe(true);
  });
});

/** What each optimizer does to one weight at each step, in 64-bit floats: `g` is 0 where the weight had no part in it. */
function denseForm(spec: OptimizerSpec): (w: number, g: number, t: number) => number {
  const update = updateOf(spec, 1, 1);
  return (w, g, t) => {
    const weight = Float64Array.of(w - spec.rate * (spec.weightDecay ?? 0) * w);
    update(weight, Float64Array.of(g), t, spec.rate);
    return weight[0];
  };
}

describe('rows that were skipped', () => {
  /** Row i is input i alone, with a target of its own. */
  const inputs = 4;
  const one = (input: number): Examples => ({
    rows: 1,
    columns: inputs,
    offsets: Int32Array.of(0, 1),
    ids: Int32Array.of(input),
    values: Float32Array.of(1),
    targets: Float32Array.of(input - 1.3),
  });
  // Input 0 always comes back soon, 2 after long, 3 only once.
  const order = [
    0,
    1,
    0,
    2,
    0,
    0,
    1,
    0,
    1,
    1,
    ...Array.from({ length: 60 }, (_, i) => i % 2),
    2,
    0,
    2,
    3,
    1,
    2,
    0,
  ];

  test.for<OptimizerSpec>([
    sgd({ rate: 0.1 }),
    sgd({ rate: 0.1, weightDecay: 0.2 }),
    momentum({ rate: 0.02 }),
    momentum({ rate: 0.02, decay: 0.5, weightDecay: 1e-3 }),
    adagrad({ rate: 0.2 }),
    adagrad({ rate: 0.2, weightDecay: 0.1 }),
    adam({ rate: 0.01, skipped: 'catchUp' }),
    adam({ rate: 0.01, skipped: 'catchUp', beta1: 0.5, beta2: 0.9 }),
    adam({ rate: 0.01, skipped: 'catchUp', secondMoment: 'row' }),
  ])('%o: are where a dense form takes them that sees the same gradients', async (optimizer) => {
    using net = await create(network(inputs, [linearOutput(1)], optimizer), one(0));
    const { values, stride, bias } = net.weights(0);
    const update = Array.from({ length: inputs }, () => denseForm(optimizer));
    const dense = Array.from({ length: inputs }, (_, i) => values[i * stride]);
    for (const [step, input] of order.entries()) {
      // The lazy form's gradient is by the weight as it was left when it was last touched.
      const gradient = 2 * (values[input * stride] + bias[0] - (input - 1.3));
      await fit(net, one(input));
      for (let i = 0; i < inputs; i++) dense[i] = update[i](dense[i], i === input ? gradient : 0, step + 1);
      // Decay beside movement is made good for one after the other, not by turns.
      expect(Math.abs(values[input * stride] - dense[input])).toBeLessThan(
        optimizer.weightDecay ? 2e-3 : 2e-5,
      );
    }
  });

  test.for<[OptimizerSpec, OptimizerSpec]>([
    [momentum({ rate: 0.02 }), momentum({ rate: 0.02, skipped: 'wait' })],
    [adam({ rate: 0.01, skipped: 'catchUp' }), adam({ rate: 0.01 })],
  ])('%o: end elsewhere where their moments wait', async ([catchUp, wait]) => {
    using a = await create(network(inputs, [linearOutput(1)], catchUp), one(0));
    using b = await create(network(inputs, [linearOutput(1)], wait), one(0));
    for (const input of [0, 1, 1, 1, 1, 0]) {
      await fit(a, one(input));
      await fit(b, one(input));
    }
    expect(Math.abs(a.weights(0).values[0] - b.weights(0).values[0])).toBeGreaterThan(1e-3);
  });
});
