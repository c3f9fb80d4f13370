import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  all,
  cosineDecay,
  exponentialDecay,
  fixed,
  hidden,
  linearOutput,
  lsh,
  momentum,
  Network,
  network,
  random,
  sgd,
  softmax,
  stepDecay,
  topK,
  warmUp,
  type LshSpec,
  type NetworkOptions,
  type NetworkSpec,
  type ScheduleSpec,
  type SgdSpec,
} from '../src/index.ts';
import { blobs } from './data.ts';
import { bits, create, fit } from './training.ts';

const family = simHash({ bits: 4, tables: 5 });
const layers = [hidden(8), softmax(5)];

describe('a network is refused', () => {
  test.for<[() => unknown, string]>([
    [() => network(0, layers), 'A network has 1 or more inputs; got 0.'],
    [() => network(10, []), 'A network has at least one layer; got none.'],
    [() => network(10, [hidden(8), hidden(2.5), softmax(5)]), 'Layer 2 has 1 or more units; got 2.5.'],
    [
      () => network(10, [hidden(8)]),
      'The last layer is trained by the loss that belongs to its activation: softmax or sigmoid (cross-entropy), ' +
        "or linear (mean squared error); got 'relu'.",
    ],
    [
      () => network(10, [hidden(8, all(), { activation: 'tanh' })]),
      "or linear (mean squared error); got 'tanh'.",
    ],
    [() => network(10, [softmax(8), softmax(5)]), 'Layer 1 is not the last: no softmax.'],
    [
      () => network(10, [hidden(8, all(), { activation: 'gelu' as 'relu' }), softmax(5)]),
      "Layer 1: activations of a hidden layer are relu, linear, sigmoid and tanh; got 'gelu'.",
    ],
    [
      () => network(10, [hidden(8, all(), { dropout: 1 }), softmax(5)]),
      'Layer 1: dropout is a probability from 0 to below 1; got 1.',
    ],
    [
      () => network(10, [hidden(8), { ...softmax(5), dropout: 0.5 }]),
      'Layer 2 is the last: no dropout, which is for hidden layers; got 0.5.',
    ],
    [
      () => network(10, [hidden(8, { kind: 'magic' }), softmax(5)]),
      "Layer 1: There is no selector 'magic'; known are all, topK, lsh, signatures, clusters, lowRank, adaptiveDropout, random, fixed, mostActive, noisyTopK, ",
    ],
    [
      () => network(10, [hidden(8, topK({ count: 9 })), softmax(5)]),
      "Layer 1: topK: count is an integer from 1 to the layer's 8 units; got 9.",
    ],
    [
      () => network(10, [hidden(8), softmax(5, random({ fraction: 0 }))]),
      'Layer 2: random: fraction is above 0 and at most 1; got 0.',
    ],
    [
      () => network(10, [hidden(8, fixed({})), softmax(5)]),
      'Layer 1: fixed: give either a fraction or a count of active units.',
    ],
    [
      () => network(10, [hidden(8, lsh({ count: 2, family, rehash: 0 })), softmax(5)]),
      'Layer 1: lsh: rehash is a number of steps, 1 or more, or a schedule; got 0.',
    ],
    [
      () => network(10, [hidden(8, lsh({ count: 2, family, rank: 'best' as LshSpec['rank'] })), softmax(5)]),
      "Layer 1: lsh: rank is 'count' or 'union'; got 'best'.",
    ],
    [
      () => network(10, [hidden(8, lsh({ count: 2, family: { ...family, bits: 99 } })), softmax(5)]),
      'simHash: bits is an integer from 1 to 24; got 99.',
    ],
    [
      () => network(10, [hidden(8, lsh({ count: 2, family, transform: { kind: 'twist' } })), softmax(5)]),
      "Layer 1: There is no transform 'twist'; known are identity, simpleLsh, simpleAlsh, signAlsh, l2Alsh, xbox, qnf, saAlsh, normRanging, asymmetricMinHash.",
    ],
    [
      () => network(10, [hidden(8, random({ count: 4, logQ: true })), softmax(5)]),
      'Layer 1: random with logQ corrects the classes of a softmax or sigmoid output; elsewhere it does nothing: leave logQ out.',
    ],
    [
      () => network(10, [hidden(8), linearOutput(5, lsh({ count: 2, family, pad: 'uniform', logQ: true }))]),
      'Layer 2: lsh with logQ corrects the classes of a softmax or sigmoid output;',
    ],
    [
      () => network(10, [hidden(8), softmax(5, random({ count: 4, shared: 2 ** 32 }))]),
      'Layer 2: random: shared is a number of samples, from 1 to 2147483647; got 4294967296.',
    ],
    [
      () => network(10, [hidden(8), softmax(5, lsh({ count: 4, family, shared: 2 ** 31 }))]),
      'Layer 2: lsh: shared is a number of samples, from 1 to 2147483647; got 2147483648.',
    ],
    [() => network(10, layers, sgd({ rate: 0 })), 'sgd: rate is a positive number; got 0.'],
    [() => network(10, layers, adam({ rate: NaN })), 'adam: rate is a positive number; got NaN.'],
    [
      () => network(10, layers, momentum({ rate: 0.1, decay: 1 })),
      'momentum: decay is from 0 to below 1; got 1.',
    ],
    [
      () => network(10, layers, adam({ firstMoment: 'row' as 'bfloat16' })),
      "adam: firstMoment is float32 or bfloat16; got 'row'.",
    ],
    [
      () => network(10, layers, adam({ secondMoment: 'float16' as 'row' })),
      "adam: secondMoment is float32 or bfloat16 or row; got 'float16'.",
    ],
    [() => network(10, layers, adam({ beta2: -1 })), 'adam: beta2 is from 0 to below 1; got -1.'],
    [() => network(10, layers, adam({ epsilon: 0 })), 'adam: epsilon is a positive number; got 0.'],
    [
      () => network(10, layers, adam({ skipped: 'never' as 'wait' })),
      "adam: skipped is catchUp or wait; got 'never'.",
    ],
    [
      () => network(10, layers, adam({ skipped: 'catchUp', beta1: 0.9, beta2: 0.8 })),
      'adam: to catch up, beta1 is below the root of beta2, or the skipped steps would have no end; got 0.9 and 0.8.',
    ],
    [
      () => network(10, layers, momentum({ rate: 0.1, velocity: 'row' as 'bfloat16' })),
      "momentum: velocity is float32 or bfloat16; got 'row'.",
    ],
    [() => network(10, layers, adagrad({ epsilon: -1 })), 'adagrad: epsilon is a positive number; got -1.'],
    [
      () => network(10, layers, adagrad({ initial: -1 })),
      'adagrad: initial is from 0 to below Infinity; got -1.',
    ],
    [
      () => network(10, layers, adagrad({ sums: 'column' as 'row' })),
      "adagrad: sums is float32 or bfloat16 or row; got 'column'.",
    ],
    [
      () => network(10, layers, { kind: 'lion', rate: 1 } as unknown as SgdSpec),
      "There is no optimizer 'lion'; known are sgd, momentum, adagrad, adam.",
    ],
    [
      () => network(10, layers, sgd({ rate: 0.1, clipValue: 0 })),
      'sgd: clipValue is a positive number; got 0.',
    ],
    [
      () => network(10, layers, sgd({ rate: 0.1, clipNorm: -1 })),
      'sgd: clipNorm is a positive number; got -1.',
    ],
    [
      () => network(10, layers, sgd({ rate: 0.1, clipNorm: 1, clipValue: 1 })),
      'sgd: give either clipValue or clipNorm; got both.',
    ],
    [
      () => network(10, layers, sgd({ rate: 0.1, weightDecay: -1 })),
      'sgd: weightDecay is from 0 to below Infinity; got -1.',
    ],
    [
      () => network(10, layers, sgd({ rate: 0.1, weightDecay: 10 })),
      'sgd: rate * weightDecay is from 0 to below 1; got 1.',
    ],
    [
      () => network(10, layers, sgd({ rate: 0.1, schedule: stepDecay({ every: 0 }) })),
      'step: every is a number of steps, 1 or more; got 0.',
    ],
    [
      () => network(10, layers, sgd({ rate: 0.1, schedule: exponentialDecay({ every: 9, factor: 2 }) })),
      'exponential: factor is above 0 and at most 1; got 2.',
    ],
    [
      () => network(10, layers, sgd({ rate: 0.1, schedule: cosineDecay({ steps: 9, end: -1 }) })),
      'cosine: end is from 0 to 1; got -1.',
    ],
    [
      () =>
        network(
          10,
          layers,
          sgd({ rate: 0.1, schedule: warmUp({ steps: 9, next: cosineDecay({ steps: 1.5 }) }) }),
        ),
      'cosine: steps is a number of steps, 1 or more; got 1.5.',
    ],
    [
      () =>
        network(
          10,
          layers,
          sgd({ rate: 0.1, schedule: { kind: 'warmUp', steps: 9, next: null as unknown as ScheduleSpec } }),
        ),
      'A schedule is an object, as cosineDecay() gives it; got null.',
    ],
    [
      () => network(10, layers, sgd({ rate: 0.1, schedule: { kind: 'sine' } as unknown as ScheduleSpec })),
      "There is no schedule 'sine'; known are constant, step, exponential, cosine, warmUp.",
    ],
  ])('%#: %s', ([make, message]) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  test.for<[NetworkOptions, string]>([
    [{ batchSize: 0 }, 'A batch has 1 or more samples; got 0.'],
    [{ batchSize: 1.5 }, 'A batch has 1 or more samples; got 1.5.'],
    [{ nonZeros: -1 }, 'A batch has 0 or more non-zeros; got -1.'],
    [{ threads: 0 }, 'A team has from 1 to 64 threads; got 0.'],
    [{ seed: 0.5 }, 'A seed is an integer; got 0.5.'],
    [
      { epochs: 3 } as NetworkOptions,
      "Network.create has no option 'epochs'; its options are seed, batchSize, nonZeros, signal, threads, createWorker, capacity, relaxed.",
    ],
  ])('with options %o', async ([options, message]) => {
    await expect(Network.create(network(10, layers), options)).rejects.toThrow(message);
  });

  test('that comes as JSON, where it is made', async () => {
    const spec = JSON.parse(JSON.stringify(network(10, layers))) as NetworkSpec;
    using net = await Network.create(spec);
    expect(net.spec).toEqual(spec);
    await expect(Network.create({ ...spec, layers: [hidden(8)] })).rejects.toThrow(
      'The last layer is trained by the loss that belongs to its activation',
    );
  });

  test('that does not fit into memory', async () => {
    await expect(Network.create(network(100_000, [hidden(20_000), softmax(5)]))).rejects.toThrow(
      'No room for a network of 29.80 GiB in the 4 GiB that 32-bit WebAssembly addresses: ' +
        "layer 1 (100000 x 20000) 7.45 GiB of weights, 14.90 GiB of adam's state, 7.45 GiB of gradients; " +
        "layer 2 (20000 x 5) 1 MiB of weights, 1 MiB of adam's state, 1 MiB of gradients. " +
        "With adam({ firstMoment: 'bfloat16', secondMoment: 'row' }) it would need 18.63 GiB.",
    );
  });

  test('where only its moments do not fit, with what smaller ones would need', async () => {
    const wide = network(100_000, [hidden(128), softmax(3_000_000, lsh({ count: 100, family }))]);
    await expect(Network.create(wide, { nonZeros: 100 })).rejects.toThrow(
      /^No room for a network of 4\.4\d GiB in .* it would need 2\.2\d GiB\.$/,
    );
  });
});

describe('a run is refused', () => {
  const good = blobs({ rows: 12, columns: 10, classes: 5 });

  test.for([0, -1, 1.5, NaN])('with %d epochs', async (epochs) => {
    using net = await create(network(10, layers), good);
    await expect(fit(net, good, epochs)).rejects.toThrow(`epochs is an integer of 1 or more; got ${epochs}.`);
  });

  test('as an evaluation by an unknown pass', async () => {
    using net = await create(network(10, layers), good);
    expect(() => net.evaluate(good, { pass: 'half' as 'full' })).toThrow(
      "A pass is 'full' or 'sparse'; got 'half'.",
    );
  });

  test.for([-1, 2, 0.5])('when it looks at the weights of layer %d of two', async (layer) => {
    using net = await create(network(10, layers), good);
    expect(() => net.weights(layer)).toThrow(`The network has layers 0 to 1; got ${layer}.`);
  });

  test('once its loss is no number, naming the step, the layer and what to try', async () => {
    using net = await create(network(10, [hidden(8), hidden(8), softmax(5)], sgd({ rate: 1e25 })), good, {
      batchSize: 4,
    });
    await expect(fit(net, good, 9)).rejects.toThrow(
      /^The loss became NaN at step [2-9], in the relu of layer 2: try a smaller rate than 1e\+25, clipNorm, or inputs of a smaller scale\.$/,
    );
  });

  test('once its loss is no number, where only the loss is not', async () => {
    const huge = { ...good, targets: new Float32Array(24).fill(1e30) };
    using net = await create(network(10, [hidden(8), linearOutput(2)], adam({ clipNorm: 1 })), huge);
    await expect(fit(net, huge)).rejects.toThrow(
      'The loss became Infinity at step 1, in the linear of layer 2: ' +
        'try a smaller rate than 0.001, or inputs and targets of a smaller scale.',
    );
  });

  test('once its loss explodes', async () => {
    using net = await create(network(10, [softmax(5)], sgd({ rate: 1e9 })), good, { batchSize: 4 });
    await expect(fit(net, good, 9)).rejects.toThrow(
      /^The loss grew to \d\.\d+e\+\d+ at step [2-9], more than 1000000 times what it was at first, in the softmax of layer 1: try a smaller rate than 1000000000, clipNorm, or inputs of a smaller scale\.$/,
    );
  });

  test('once the norm of a gradient is no number, before anything is updated', async () => {
    // The gradient by the first layer's weights overflows when it is squared; the loss does not.
    const large = { ...good, inputs: good.inputs.map((x) => x * 1e20) };
    const spec = network(
      10,
      [hidden(8, all(), { activation: 'tanh' }), softmax(5)],
      sgd({ rate: 1, clipNorm: 1 }),
    );
    using net = await create(spec, large);
    // Weights so small that tanh has a slope.
    net.weights(0).values.forEach((w, i, weights) => (weights[i] = w * 1e-21));
    const start = bits(net);
    await expect(fit(net, large)).rejects.toThrow(
      'The squared norm of the gradient became Infinity at step 1, in the tanh of layer 1: ' +
        'try a smaller rate than 1, or inputs of a smaller scale.',
    );
    expect(bits(net)).toBe(start);
  });

  test('on a network that was disposed', async () => {
    const net = await create(network(10, layers), good);
    net[Symbol.dispose]();
    await expect(fit(net, good)).rejects.toThrow('This network is closed.');
    expect(() => net.evaluate(good)).toThrow('This network is closed.');
  });
});
