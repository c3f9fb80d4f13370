/** What plain JavaScript gives where something else was meant: each is refused with a sentence of ours, and changes nothing. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  exportSafetensors,
  FrozenNetwork,
  hidden,
  importSafetensors,
  lsh,
  Network,
  network,
  nonZerosOf,
  optimizerCost,
  rateAt,
  sgd,
  softmax,
  splitExamples,
  toExamples,
  topK,
  type Examples,
} from '../src/index.ts';
import { blobs } from './data.ts';
import { bits, create } from './training.ts';

const rows = blobs({ rows: 12, columns: 3, classes: 2 });
const select = lsh({ count: 4, family: simHash({ bits: 3, tables: 4 }) });
const spec = network(3, [hidden(8, select), softmax(2)]);

const ODD: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['{}', {}],
  ['[]', []],
  ["'x'", 'x'],
  ['0.5', 0.5],
  ['-1', -1],
  ['NaN', NaN],
  ['1n', 1n],
  ['a function', () => 1],
  ['a regular expression', /x/],
];

/** Uses, each with the odd values that it rightly takes. */
const uses: readonly [string, (net: Network, odd: never) => unknown, readonly string[]][] = [
  ['Network.create(odd)', (_, odd) => Network.create(odd), []],
  ['Network.fromSpec(odd)', (_, odd) => Network.fromSpec(odd), []],
  ['Network.load(odd)', (_, odd) => Network.load(odd), []],
  ['seed', (_, odd) => made(Network.create(spec, { seed: odd })), ['undefined', '-1']],
  ['batchSize', (_, odd) => made(Network.create(spec, { batchSize: odd })), ['undefined']],
  ['nonZeros', (_, odd) => made(Network.create(spec, { nonZeros: odd })), ['undefined']],
  ['threads', (_, odd) => made(Network.create(spec, { threads: odd })), ['undefined']],
  ['capacity', (_, odd) => made(Network.create(spec, { capacity: odd })), ['undefined']],
  ['relaxed', (_, odd) => made(Network.create(spec, { relaxed: odd })), ['undefined']],
  [
    'createWorker',
    (_, odd) => made(Network.create(spec, { createWorker: odd })),
    ['undefined', 'a function'],
  ],
  ['use(odd)', (net, odd) => net.use(odd), ['{}', 'a regular expression']],
  ['train(odd)', (net, odd) => net.train(odd, { epochs: 1, shuffle: false }), []],
  ['train(rows, odd)', (net, odd) => net.train(rows, odd), []],
  ['a piece', (net, odd) => net.train([rows, odd], { epochs: 1, shuffle: false }), []],
  ['the pieces of an epoch', (net, odd) => net.train(() => odd, { epochs: 1, shuffle: false }), []],
  ['step(odd)', (net, odd) => net.step(odd), []],
  ['evaluate(odd)', (net, odd) => net.evaluate(odd), []],
  ['evaluate(rows, odd)', (net, odd) => net.evaluate(rows, odd), ['undefined', '{}', 'a regular expression']],
  ['evaluateAsync(odd)', (net, odd) => net.evaluateAsync(odd), []],
  ['at', (net, odd) => net.evaluate(rows, { at: odd }), ['undefined', '[]']],
  ['propensities', (net, odd) => net.evaluate(rows, { propensities: odd }), ['undefined']],
  ['predict(odd)', (net, odd) => net.predict(odd), []],
  ['k', (net, odd) => net.predict(rows, { k: odd }), ['undefined']],
  ['pass', (net, odd) => net.predict(rows, { pass: odd }), ['undefined']],
  [
    'predictAsync(rows, odd)',
    (net, odd) => net.predictAsync(rows, odd),
    ['undefined', '{}', 'a regular expression'],
  ],
  ['outputs(odd)', (net, odd) => net.outputs(odd), []],
  [
    'outputsAsync(rows, odd)',
    (net, odd) => net.outputsAsync(rows, odd),
    ['undefined', '{}', 'a regular expression'],
  ],
  ['weights(odd)', (net, odd) => net.weights(odd), []],
  ['setWeights(0, odd)', (net, odd) => net.setWeights(0, odd), []],
  ['setTraining(0, odd)', (net, odd) => net.setTraining(0, odd), ['{}', 'a regular expression']],
  ['tuneSelector(0, odd, goal)', (net, odd) => net.tuneSelector(0, odd, { recall: 0.5 }), []],
  ['tuneSelector(0, rows, odd)', (net, odd) => net.tuneSelector(0, rows, odd), []],
  ['a candidate', (net, odd) => net.tuneSelector(0, rows, { recall: 0.5, candidates: [odd] }), []],
  ['candidates', (net, odd) => net.tuneSelector(0, rows, { recall: 0.5, candidates: odd }), ['undefined']],
  ['save(odd)', (net, odd) => net.save(odd === 'x' ? join(tmpdir(), 'hashgrad-odd') : odd), ["'x'"]],
  ['a probe', (net, odd) => net.train(rows, { epochs: 1, diagnostics: { probe: odd } }), ['undefined']],
  ['freeze(odd)', (net, odd) => made(net.freeze(odd)), ['undefined', '{}', 'a regular expression']],
  ['tables', (net, odd) => made(net.freeze({ tables: odd })), ['undefined']],
  ['FrozenNetwork.of(odd)', (_, odd) => FrozenNetwork.of(odd), []],
  ['FrozenNetwork.load(odd)', (_, odd) => FrozenNetwork.load(odd), []],
  ['exportSafetensors(odd, names)', (_, odd) => exportSafetensors(odd, ['a', 'b']), []],
  ['exportSafetensors(net, odd)', (net, odd) => exportSafetensors(net, odd), []],
  ['names of a layer', (net, odd) => exportSafetensors(net, [odd, 'b']), ['null', "'x'"]],
  ['importSafetensors(net, odd)', (net, odd) => importSafetensors(net, odd, ['a', 'b']), []],
  ['toExamples(odd)', (_, odd) => toExamples(odd), []],
  ['inputs', (_, odd) => toExamples({ inputs: odd }), []],
  ['labels', (_, odd) => toExamples({ inputs: [[1]], labels: odd }), ['undefined']],
  ['names', (_, odd) => toExamples({ inputs: [[1]], labels: ['a'], names: odd }), ['undefined']],
  ['columns', (_, odd) => toExamples({ inputs: [1], columns: odd }), ['undefined']],
  ['nonZerosOf(odd)', (_, odd) => nonZerosOf(odd, 2), ['[]']],
  ['the batch size of nonZerosOf', (_, odd) => nonZerosOf([rows], odd), []],
  ['splitExamples(odd)', (_, odd) => splitExamples(odd as Examples, 0.5), []],
  ['rateAt(odd, 0)', (_, odd) => rateAt(odd, 0), []],
  ['rateAt(optimizer, odd)', (_, odd) => rateAt(sgd({ rate: 1 }), odd), ['0.5']],
  ['optimizerCost(odd)', (_, odd) => optimizerCost(odd), []],
  ['hidden(odd)', (_, odd) => network(3, [hidden(odd), softmax(2)]), []],
  ['a selector', (_, odd) => network(3, [hidden(3, odd), softmax(2)]), ['undefined']],
  ['an optimizer', (_, odd) => network(3, [softmax(2)], odd), ['undefined']],
];

/** What engines say where nobody has looked. */
const NOT_OURS =
  /Cannot |is not a function|is not iterable|is not a constructor|not defined|Invalid typed array|out of bounds|Maximum call|reading '|serialize/;

/** A sentence of ours, or what the file system and JSON say. */
const SENTENCE = /^nothing$|^\S.*\.$|ENOENT|is not valid JSON/s;

/** Uses that may take some steps before the odd value comes. */
const TRAINS = /train|probe|piece/;

/** Closes what was made. */
async function made(net: Promise<Network | FrozenNetwork>): Promise<void> {
  (await net).close();
}

describe.each(uses)('%s', (name, use, taken) => {
  test('takes what it can, and refuses the rest with a sentence', async () => {
    using net = await create(spec, rows, { batchSize: 5 });
    const before = bits(net);
    for (const [value, odd] of ODD) {
      const said = await (async () => use(net, odd as never))().then(
        () => 'nothing',
        (error: Error) => error.message,
      );
      expect([value, said === 'nothing']).toEqual([value, taken.includes(value)]);
      expect(said).not.toMatch(NOT_OURS);
      expect(said).toMatch(SENTENCE);
    }
    expect(bits(net) === before || TRAINS.test(name)).toBe(true);
  });
});

describe('a frozen model whose arrays are not its own', () => {
  test.for<[string, (model: FrozenNetwork['model']) => object]>([
    [
      'too few weights',
      ({ layers: [first, last] }) => ({ layers: [{ ...first!, weights: first!.weights.slice(1) }, last!] }),
    ],
    ['weights of another format', () => ({ format: 'int8' })],
    [
      'a bias of other units',
      ({ layers: [first, last] }) => ({ layers: [{ ...first!, bias: new Float32Array(3) }, last!] }),
    ],
    ['other inputs', () => ({ inputs: 30 })],
    ['a stride that is none', ({ layers: [first, last] }) => ({ layers: [{ ...first!, stride: 1 }, last!] })],
  ])('%s', async ([, change]) => {
    using net = await create(network(3, [hidden(8, topK({ count: 3 })), softmax(2)]), rows);
    using frozen = await net.freeze();
    const { model } = frozen;
    await expect(FrozenNetwork.of({ ...model, ...change(model) } as never)).rejects.toThrow(
      /^Layer 1 of a frozen model has not the arrays of 8 rows of (3|30) (float32|int8) weights\.$/,
    );
    using again = await FrozenNetwork.of(model);
    expect(again.outputs(rows)).toEqual(net.outputs(rows));
  });
});

test('a step that is refused does not forget where training ended before the best weights came back', async () => {
  const options = { epochs: 6, validationSplit: 0.5, earlyStopping: { patience: 9, restoreBest: true } };
  using a = await create(spec, rows, { batchSize: 5 });
  using b = await create(spec, rows, { batchSize: 5 });
  for (const net of [a, b]) await net.train(rows, options);
  expect(() => b.step({ ...rows, columns: 4 })).toThrow('The network has 3 inputs; the examples have 4.');
  for (const net of [a, b]) await net.train(rows, { ...options, epochs: 8, resume: true });
  expect(bits(b)).toBe(bits(a));
});
