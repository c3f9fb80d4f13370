/** Lessons that lsh gives to families that learn. */
import { randomStream } from '@hashgrad/kernels';
import { itq, learned, simHash, type FamilySpec } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import { hidden, lsh, network, sgd, softmax, type DenseExamples, type LshSpec } from '../../../src/index.ts';
import { blobs } from '../../data.ts';
import { largest, sums } from '../../hidden-choice.ts';
import { referenceOf } from '../../reference.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

const [UNITS, INPUTS, ROWS, COUNT] = [1500, 32, 200, 60];

/** Inputs of 0 or more, as a ReLU layer gives them; the labels are of no matter. */
function inputs(seed: number): DenseExamples {
  const random = randomStream(seed, 'inputs');
  const values = Float32Array.from({ length: ROWS * INPUTS }, () => Math.max(0, random.normal()));
  return { rows: ROWS, columns: INPUTS, inputs: values, labels: new Int32Array(ROWS).map((_, i) => i % 5) };
}

/** The share of the exact best ten that is found for other inputs than those of training, weights of falling variance. */
async function recall(family: FamilySpec, options: Partial<LshSpec> = {}): Promise<number> {
  const spy = new Spy();
  const select = lsh({ count: COUNT, family, transform: identity(), centred: true, rehash: 1, ...options });
  const layers = [hidden(UNITS, spy.on(select)), softmax(5)];
  using net = await create(network(INPUTS, layers, sgd({ rate: 1e-30 })), inputs(1));
  const random = randomStream(3, 'weights');
  const { values, stride } = net.weights(0);
  for (let u = 0; u < UNITS; u++) {
    for (let k = 0; k < INPUTS; k++) values[u * stride + k] = 1 + random.normal() / (1 + k);
  }
  spy.selector?.rewritten?.();
  await fit(net, inputs(1), 2);
  net.evaluate(inputs(2), { pass: 'sparse' });
  const [layer] = referenceOf(net);
  const found = spy.last.inputs.map((x, s) => {
    const best = largest(sums(layer, x), 10);
    return best.filter((u) => spy.last.active[s].includes(u)).length / 10;
  });
  return found.reduce((sum, each) => sum + each, 0) / ROWS;
}

describe('taught in training', () => {
  const size = { bits: 6, tables: 20 };

  test('families that learn find more of the best units than simHash does with as many bits', async () => {
    const plain = await recall(simHash(size));
    expect(await recall(itq(size))).toBeGreaterThan(1.2 * plain);
    expect(
      await recall(learned(size), {
        lessons: { every: 1, rows: 1000, queries: 200, target: 'best', near: 10 },
      }),
    ).toBeGreaterThan(1.5 * plain);
  });
});

test('a lesson comes at every so many-th rehash, from the first one on, and is counted', async () => {
  const examples = blobs({ rows: 40, columns: 20, classes: 5 });
  const family = learned({ bits: 4, tables: 6, iterations: 3, batch: 8 });
  const lessons = { every: 2, queries: 30, near: 4, rows: 50 };
  const select = lsh({ count: 9, family, transform: identity(), rehash: 2, lessons });
  using net = await create(network(20, [hidden(60, select), softmax(5)], sgd({ rate: 1e-30 })), examples);
  const taught: number[] = [];
  const work: number[] = [];
  for (let step = 1; step <= 10; step++) {
    const [{ comparisons, multiplyAdds }] = await fit(net, examples);
    // Only the search for the best units compares: 30 inputs with 60 units, twice.
    if (comparisons.rehash > 0) taught.push(step);
    work.push(multiplyAdds.rehash - (comparisons.rehash > 0 ? 60 * 21 * 24 : 0));
    expect([0, 30 * 60 * 2]).toContain(comparisons.rehash);
  }
  expect(taught).toEqual([2, 6, 10]);
  // The search; and triplets of vectors with their bias by all directions, forth and back. All units are then hashed.
  expect(work[1]).toBe(30 * 60 * 20 + 3 * 2 * 3 * 8 * 21 * 24);
});

test('labels that are to be found are, by their inputs', async () => {
  // Ten clouds: an input has its label's direction, and the labels' weights are learned.
  const examples = blobs({ rows: 400, columns: 20, classes: 100 });
  const spy = new Spy();
  const family = learned({ bits: 5, tables: 8, iterations: 200 });
  const lessons = { every: 1, queries: 256, target: 'labels' } as const;
  const select = lsh({ count: 30, family, transform: identity(), centred: true, rehash: 4, lessons });
  const share = async (chosen: LshSpec): Promise<number> => {
    using net = await create(network(20, [hidden(32), softmax(100, spy.on(chosen))]), examples, {
      batchSize: 50,
    });
    await fit(net, examples, 6);
    net.evaluate(examples, { pass: 'sparse' });
    const evaluated = spy.choices.slice(-8).flatMap(({ active }) => active);
    return evaluated.filter((ids, row) => ids.includes(examples.labels[row])).length / examples.rows;
  };
  const { lessons: _, ...untaught } = select;
  const plain = await share({ ...untaught, family: simHash({ bits: 5, tables: 8 }) });
  expect(await share(select)).toBeGreaterThan(plain + 0.1);
});

test.for<[Partial<LshSpec>, string]>([
  [
    { lessons: {} as never, family: simHash({ bits: 3, tables: 4 }) },
    'lessons are for families that learn; simHash does not.',
  ],
  [{ redraw: 1 }, 'itq learns, which a redraw would undo; redraw is 0, got 1.'],
  [{ lessons: { every: 0 } as never }, 'every of lessons is an integer, 1 or more; got 0.'],
  [{ lessons: { target: 'all' } as never }, "target of lessons is 'best' or 'labels'; got 'all'."],
  [{ lessons: { near: 60 } as never }, "near of lessons is below the layer's 60 units; got 60."],
  [
    { family: itq({ bits: 6, tables: 4 }) },
    'codes of 6 bits are learned of 64 units or more, one a bucket; the layer has 60.',
  ],
])('refuses %o', ([options, message]) => {
  const select = lsh({ count: 9, family: itq({ bits: 3, tables: 4 }), ...options });
  expect(() => network(20, [hidden(60, select), softmax(5)])).toThrow(`Layer 1: lsh: ${message}`);
});
