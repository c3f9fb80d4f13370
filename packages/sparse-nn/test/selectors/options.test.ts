import { expect, test } from 'vitest';
import {
  hidden,
  network,
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
