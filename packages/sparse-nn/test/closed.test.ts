import { simHash } from '@hashgrad/lsh';
import { expect, test } from 'vitest';
import { ownersAmong, usesWithout } from '../../../testing/closed.ts';
import * as sparse from '../src/index.ts';
import { type FrozenNetwork, hidden, lsh, Network, network, softmax, StandaloneLayer } from '../src/index.ts';

/** Methods for subclasses, which say nothing of a closed object. */
const PROTECTED = ['release', 'checkOpen', 'predicting', 'allOutputs', 'guard', 'inTurns', 'engine'];

const spec = network(8, [hidden(6), softmax(20, lsh({ count: 4, family: simHash({ bits: 3, tables: 2 }) }))]);

const owners: Record<string, () => Promise<Network | FrozenNetwork | StandaloneLayer>> = {
  Network: async () => Network.create(spec, { batchSize: 4 }),
  async FrozenNetwork() {
    using net = await Network.create(spec, { batchSize: 4 });
    return net.freeze();
  },
  StandaloneLayer: async () => StandaloneLayer.create({ inputs: 8, layer: hidden(6) }),
};

test('every class that owns something is tried', () => {
  expect(ownersAmong(sparse).toSorted()).toEqual(Object.keys(owners).toSorted());
});

test.each(Object.keys(owners))(
  'a %s, once closed, refuses every use, and may be closed again',
  async (name) => {
    const closed = await owners[name]!();
    closed.close();
    const message = name === 'StandaloneLayer' ? 'This layer is closed.' : 'This network is closed.';
    expect(await usesWithout(message, closed, PROTECTED)).toEqual([]);
    expect(() => closed.close()).not.toThrow();
  },
);
