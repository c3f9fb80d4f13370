import { inclusionProbability } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import { ATTENTION_METHODS, tablesFor } from '../../src/arms/attention.ts';
import { attentionConfig, attentionMeasure } from '../../src/measures/attention.ts';
import { registerTask } from '../../src/tasks/index.ts';
import { madeUpVectors } from '../../src/tasks/made-up-vectors.ts';
import { needles } from '../../src/tasks/needles.ts';
import { configsOf, runMeasure } from './run-measure.ts';

const task = needles({ keys: 2000, queries: 16, dimensions: 32 });

describe.each([...configsOf(attentionConfig(task), ATTENTION_METHODS)])('%s', (_, config) => {
  test('reads about the share that it is told, and more of it is nearer to exact', async () => {
    const [few, many] = await Promise.all(
      [0.02, 0.2].map((share) => runMeasure(attentionMeasure, { ...config, share })),
    );
    const shares = [few, many].map(({ metrics }) => metrics['readShare'] as number);
    // Four of 2,000 keys are needles, which are read besides.
    expect(Math.abs(shares[0]! / 0.022 - 1)).toBeLessThan(0.2);
    expect(Math.abs(shares[1]! / 0.202 - 1)).toBeLessThan(0.1);
    expect(many!.metrics['outputError']).toBeLessThan(few!.metrics['outputError'] as number);
    expect(many!.cost['forward']?.multiplyAdds).toBeCloseTo(shares[1]! * 2000 * 64, 6);
  });

  test('gives the same twice, and other numbers by another seed', async () => {
    const once = await runMeasure(attentionMeasure, config);
    expect(await runMeasure(attentionMeasure, config)).toEqual(once);
    expect((await runMeasure(attentionMeasure, config, 2)).metrics['outputError']).not.toBe(
      once.metrics['outputError'],
    );
  });
});

registerTask({
  kind: 'two keys',
  load: () => ({
    name: 'two keys',
    dimensions: 1,
    queries: Float32Array.of(1),
    keys: Float32Array.of(Math.log(3), 0),
    values: Float32Array.of(1, 0, 0, 1),
  }),
});

test('the error by hand: of weights 3/4 and 1/4 the best key has the first', async () => {
  const config = attentionConfig({ kind: 'two keys', seed: 0 }, { share: 0.5 });
  const { metrics, cost } = await runMeasure(attentionMeasure, config);
  // (1, 0) in place of (3/4, 1/4).
  expect(metrics['outputError']).toBeCloseTo(Math.hypot(1 / 4, 1 / 4) / Math.hypot(3 / 4, 1 / 4), 6);
  expect(metrics['readShare']).toBe(0.5);
  expect([cost['choose']?.multiplyAdds, cost['forward']?.multiplyAdds]).toEqual([2, 3]);
});

test('tables are the fewest that read the share', () => {
  // In so many dimensions all directions are at right angles.
  const { tables } = tablesFor({ kind: 'sample', bits: 10, minCollisions: 2 }, 0.01, 1e6);
  expect(Math.abs(inclusionProbability(2 ** -10, tables, 2) / 0.01 - 1)).toBeLessThan(0.02);
});

test('what cannot be measured is refused', async () => {
  const base = attentionConfig(task);
  const run = (config: object): Promise<unknown> => runMeasure(attentionMeasure, { ...base, ...config });
  await expect(run({ share: 0 })).rejects.toThrow('share is a share above 0 and up to 1; got 0.');
  await expect(run({ method: { kind: 'best' } })).rejects.toThrow(
    'method.kind is top k, uniform or sample; got {"kind":"best"}.',
  );
  await expect(run({ method: { kind: 'top k', rest: 1 } })).rejects.toThrow(
    'method.rest is from 0 to below 1; got 1.',
  );
  await expect(run({ method: { kind: 'sample', bits: 24, minCollisions: 2 } })).rejects.toThrow(
    'No 4096 tables of 24 bits read the share 0.02 of the keys by 2 collisions.',
  );
  await expect(run({ task: madeUpVectors('flat', { vectors: 10 }) })).rejects.toThrow(
    'the task flat has vectors to search, but no keys to attend to.',
  );
});
