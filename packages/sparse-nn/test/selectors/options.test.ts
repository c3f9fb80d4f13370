import { expect, test } from 'vitest';
import { simHash } from '@hashgrad/lsh';
import { simpleLsh } from '@hashgrad/mips';
import {
  frequency,
  hidden,
  inBatch,
  lsh,
  network,
  persistent,
  retrieve,
  softmax,
  topK,
  balanceByBias,
  balanceByBoosting,
  balanceByLoss,
  type BalanceSpec,
} from '../../src/index.ts';
import { NETWORKS } from '../golden/networks.ts';

/** Every kind of selector that a network with pinned bits has: a test beside those holds that these are all. */
const SPECS = new Map(
  NETWORKS.flatMap(({ spec }) => spec.layers.map(({ select }) => [select.kind, { select, spec }] as const)),
);

test.for([...SPECS])(
  '%s: a misspelt option is refused by its name, and not silently without effect',
  ([kind, { select, spec }]) => {
    const { inputs, layers, optimizer, updateMode = 'neuron' } = spec;
    const of = (layer: (typeof layers)[number], extra: object) =>
      layer.select === select ? { ...layer, select: { ...select, ...extra } } : layer;
    const build = (extra: object) =>
      network(
        inputs,
        layers.map((layer) => of(layer, extra)),
        optimizer,
        { updateMode },
      );
    expect(() => build({ minColisions: 2 })).toThrow(`${kind} has no option 'minColisions'`);
    expect(() => build({})).not.toThrow();
  },
);

test.for([balanceByBias(), balanceByBoosting(), balanceByLoss()])(
  'balance of kind $kind refuses what is none of its options',
  (balance) => {
    const misspelt: BalanceSpec = Object.assign({ rates: 1 }, balance);
    const select = topK({ count: 2, balance: misspelt });
    expect(() => network(4, [hidden(8, select), softmax(3)])).toThrow(
      `balance of kind '${balance.kind}' has no option 'rates'`,
    );
  },
);

test('what a selector needs and was not given is told by name, and not by the engine', () => {
  const nothing = undefined as never;
  for (const [who, make] of Object.entries({ lsh, persistent, inBatch, retrieve, frequency })) {
    expect(() => make(nothing)).toThrow(`${who} takes an object of options; got undefined.`);
  }
  const given = { count: 3 } as never;
  expect(() => lsh(given)).toThrow(
    "A hash family is given as the spec of one, such as { kind: '...' }; got undefined.",
  );
  expect(() => lsh({ count: 3, family: simHash as never })).toThrow('got a function.');
  expect(() => frequency(given)).toThrow('frequency: frequencies are numbers, one a class; got undefined.');
  expect(() => network(4, [softmax(8, retrieve({ count: 3, hard: 1 } as never))])).toThrow(
    'retrieve: by is a selector, such as topK({}); got undefined.',
  );
  const transform = simpleLsh as never;
  expect(() =>
    network(4, [softmax(8, lsh({ count: 3, family: simHash({ bits: 2, tables: 3 }), transform }))]),
  ).toThrow("A transform is given as the spec of one, such as { kind: '...' }; got a function.");
});
