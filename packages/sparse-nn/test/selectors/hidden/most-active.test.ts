import { describe, expect, test } from 'vitest';
import { hidden, mostActive, network, softmax } from '../../../src/index.ts';
import { dense, largest, sums, train } from '../../hidden-choice.ts';
import { create, fit } from '../../training.ts';

describe('mostActive', () => {
  test('is topK while it observes, and then those that were most often among them', async () => {
    const { choices, layer } = await train(mostActive({ count: 7, observe: 3 }), dense, 60, 6);
    const times = new Float64Array(60);
    for (const { inputs, active } of choices.slice(0, 3)) {
      for (const [s, input] of inputs.entries()) {
        expect(active[s]).toEqual(largest(sums(layer, input), 7));
        for (const id of active[s]) times[id]++;
      }
    }
    const hot = largest(Array.from(times), 7);
    for (const { active } of choices.slice(3)) for (const ids of active) expect(ids).toEqual(hot);
    expect(choices.length).toBe(6);
  });

  test('costs all products while it observes, and nothing after', async () => {
    using net = await create(
      network(20, [hidden(60, mostActive({ count: 7, observe: 2 })), softmax(5)]),
      dense,
    );
    const costs = (await fit(net, dense, 4)).map(({ multiplyAdds }) => multiplyAdds.choose);
    expect(costs).toEqual([50 * 60 * 20, 50 * 60 * 20, 0, 0]);
  });

  test('refuses to observe nothing', () => {
    expect(() => network(20, [hidden(60, mostActive({ count: 7, observe: 0 })), softmax(5)])).toThrow(
      'mostActive: observe is a number of steps, 1 or more; got 0.',
    );
  });
});
