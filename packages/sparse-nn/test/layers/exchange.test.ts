import { Arena, randomStream } from '@hashgrad/kernels';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Connections } from '../../src/layers/connections.ts';
import { drawPositions, dropSmallest, exchange, LargestGradients } from '../../src/layers/exchange.ts';

const arena = new Arena();
afterAll(() => arena.close());

const [units, inputs] = [7, 9];
const cases = fc
  .record({
    count: fc.integer({ min: 1, max: units * inputs }),
    dropped: fc.nat({ max: units * inputs }),
    seed: fc.nat({ max: 1000 }),
    block: fc.integer({ min: 1, max: units }),
  })
  .filter(({ count, dropped }) => dropped <= count);

/** Connections drawn at random with random weights, few of them different, so that there are equal ones. */
function drawn(count: number, seed: number): { connections: Connections; values: Float32Array } {
  const connections = new Connections(arena, units, inputs, count);
  const random = randomStream(seed, 'exchange test');
  connections.draw(random);
  return { connections, values: Float32Array.from({ length: count }, () => random.integer(9) - 4) };
}

test('the smallest weights go, the largest gradients come, and what is kept stays', () => {
  fc.assert(
    fc.property(cases, ({ count, dropped, seed, block }) => {
      const { connections, values } = drawn(count, seed);
      using _ = connections;
      const random = randomStream(seed, 'gradients');
      const gradients = Float32Array.from({ length: units * inputs }, () => random.integer(9) - 4);
      const before = [...connections.positions()];
      const weightAt = new Map(before.map((position, place) => [position, values[place]!]));
      const kept = dropSmallest(connections, values, dropped);
      const found = new LargestGradients(inputs, kept, dropped);
      for (let first = 0; first < units; first += block) {
        const rows = Math.min(block, units - first);
        found.offer(gradients.subarray(first * inputs), inputs, first, rows);
      }
      const from = exchange(connections, kept, found.positions());
      // By sorting all of them, of equal ones the first.
      const bySize = before.toSorted(
        (a, b) => Math.abs(weightAt.get(a)!) - Math.abs(weightAt.get(b)!) || a - b,
      );
      const stays = new Set(bySize.slice(dropped));
      const grows = [...gradients.keys()]
        .filter((position) => !stays.has(position))
        .toSorted((a, b) => Math.abs(gradients[b]!) - Math.abs(gradients[a]!) || a - b)
        .slice(0, dropped);
      const expected = [...stays, ...grows].toSorted((a, b) => a - b);
      expect([...connections.positions()]).toEqual(expected);
      expect(expected).toHaveLength(count);
      expect([...from].map((place) => (place < 0 ? undefined : values[place]))).toEqual(
        expected.map((position) => weightAt.get(position)),
      );
    }),
  );
});

test('drawn ones are none of those that are kept, and each of the others is as likely', () => {
  const often = new Map<number, number>();
  const draws = 3000;
  const { connections, values } = drawn(50, 1);
  using _ = connections;
  const kept = dropSmallest(connections, values, 10);
  const stays = new Set([...kept.positions].filter((__, place) => kept.kept[place] === 1));
  for (let seed = 0; seed < draws; seed++) {
    const positions = drawPositions(kept, units * inputs, 10, randomStream(seed, 'test'));
    expect(new Set(positions).size).toBe(10);
    for (const position of positions) {
      expect(stays.has(position)).toBe(false);
      often.set(position, (often.get(position) ?? 0) + 1);
    }
  }
  const p = 10 / 23;
  expect(often.size).toBe(23);
  for (const count of often.values()) {
    expect(Math.abs(count / draws - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws));
  }
});
