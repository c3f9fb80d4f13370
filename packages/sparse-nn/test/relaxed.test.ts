import { hasRelaxedSimd } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { FrozenNetwork, hidden, Network, network, softmax } from '../src/index.ts';
import { blobs } from './data.ts';
import { bits, create, fit } from './training.ts';

const examples = blobs({ rows: 75, columns: 37, classes: 10 });
const spec = network(37, [hidden(61), softmax(10)]);

/** A network that was trained for an epoch. */
async function trained(relaxed?: boolean): Promise<Network> {
  const net = await create(spec, examples, { batchSize: 20, ...(relaxed === undefined ? {} : { relaxed }) });
  await fit(net, examples);
  return net;
}

describe('relaxed', () => {
  test('by default it is on wherever the engine has it', async () => {
    using given = await trained(hasRelaxedSimd());
    using left = await trained();
    expect(bits(left)).toBe(bits(given));
  });

  test('a checkpoint keeps it, so that training goes on with the same bits', async () => {
    using whole = await trained(false);
    await fit(whole, examples);
    using half = await trained(false);
    using loaded = await Network.load(half.toBytes());
    await fit(loaded, examples);
    expect(bits(loaded)).toBe(bits(whole));
    await half.use({ batchSize: 20 });
    await fit(half, examples);
    expect(bits(half)).toBe(bits(whole));
  });

  test.runIf(hasRelaxedSimd())('and may be given another one', async () => {
    using half = await trained(false);
    using loaded = await Network.load(half.toBytes(), { relaxed: true });
    expect(loaded.outputs(examples)).not.toEqual(half.outputs(examples));
  });

  test("a frozen network has its network's, unless it is given", async () => {
    using net = await trained(false);
    using own = await net.freeze();
    using given = await net.freeze({ relaxed: false });
    using loaded = await FrozenNetwork.load(own.toBytes(), { relaxed: false });
    const outputs = net.outputs(examples);
    for (const frozen of [own, given, loaded]) expect(frozen.outputs(examples)).toEqual(outputs);
  });

  test.runIf(hasRelaxedSimd())('both can be asked for where the engine has it', async () => {
    using net = await trained(true);
    using frozen = await net.freeze({ relaxed: true });
    expect(frozen.outputs(examples)).toEqual(net.outputs(examples));
  });
});
