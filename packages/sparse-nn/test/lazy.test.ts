import { describe, expect, test } from 'vitest';
import {
  adam,
  fixed,
  hidden,
  momentum,
  network,
  registerSelector,
  sgd,
  softmax,
  type LayerSpec,
  type OptimizerSpec,
  type SelectorSpec,
} from '../src/index.ts';
import { blobs } from './data.ts';
import { distance } from './distance.ts';
import { create, fit } from './training.ts';

const optimizers: readonly OptimizerSpec[] = [
  sgd({ rate: 0.2 }),
  momentum({ rate: 0.05 }),
  adam({ rate: 0.01 }),
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
      most: units,
      keep: 1,
      paddedShare: 0,
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
