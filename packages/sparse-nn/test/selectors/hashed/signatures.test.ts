import { randomStream } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import {
  hidden,
  network,
  rehashNever,
  sgd,
  signatures,
  softmax,
  type Examples,
  type RehashSpec,
} from '../../../src/index.ts';
import { blobs, copies } from '../../data.ts';
import { dense, largest, shareFound, sums, train } from '../../hidden-choice.ts';
import { estimate } from '../../moments.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

const x = dense.inputs.slice(0, 20);

/** What is chosen after training with this schedule, and what is then chosen by the weights as they are. */
async function trainAndChoose(rehash: RehashSpec): Promise<[unknown, unknown]> {
  const spy = new Spy();
  const select = signatures({ count: 9, rehash });
  using net = await create(network(20, [hidden(60, spy.on(select)), softmax(5)], sgd({ rate: 0.5 })), dense);
  await fit(net, dense, 5);
  net.evaluate(dense, { pass: 'sparse' });
  const kept = spy.last.active;
  spy.selector?.rewritten?.();
  net.evaluate(dense, { pass: 'sparse' });
  return [kept, spy.last.active];
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

  test('follow training as often as `rehash` says', async () => {
    const [kept, fresh] = await trainAndChoose(1);
    expect(kept).toEqual(fresh);
    const [stale, anew] = await trainAndChoose(rehashNever());
    expect(stale).not.toEqual(anew);
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
