import { describe, expect, test } from 'vitest';
import { adam, Network, network, type EpochReport } from '../../src/index.ts';
import { blobs } from '../data.ts';
import { bits, create } from '../training.ts';
import { cases, dense, mixed, run } from './checkpoint-cases.ts';

describe('a network that was saved goes on with the same bits', () => {
  test.for(cases)('$name: after any step, on any number of threads', async ({ spec, examples }) => {
    using undisturbed = await create(spec, examples, { batchSize: 20 });
    const expected = await run(undisturbed, examples, { epochs: 3 });
    // An epoch has four steps.
    for (const [i, maxSteps] of [1, 4, 5, 7, 11].entries()) {
      using first = await create(spec, examples, { batchSize: 20 });
      const before = await run(first, examples, { epochs: 3, maxSteps });
      using second = await Network.load(first.toBytes(), { threads: (i % 3) + 1 });
      expect(bits(second)).toBe(bits(first));
      expect(second.evaluate(examples, { pass: 'sparse' })).toEqual(
        first.evaluate(examples, { pass: 'sparse' }),
      );
      const after = await run(second, examples, { epochs: 3, resume: true });
      // An epoch that was interrupted is reported twice: as far as it came, and whole.
      const whole = before.filter((report) => (report as EpochReport).samples === examples.rows);
      expect([...whole, ...after].map((report) => ({ ...report, stopped: undefined }))).toEqual(
        expected.map((report) => ({ ...report, stopped: undefined })),
      );
      expect(bits(second)).toBe(bits(undisturbed));
    }
  });

  test('early stopping, with its best weights', async () => {
    const validation = { examples: blobs({ rows: 30, columns: 37, classes: 10, seed: 2 }) };
    const options = { validation, earlyStopping: { patience: 2, restoreBest: true }, epochs: 12 };
    const spec = network(37, mixed, adam({ rate: 0.02 }));
    using undisturbed = await create(spec, dense, { batchSize: 20 });
    const expected = await run(undisturbed, dense, options);
    expect(expected.at(-1)).toMatchObject({ stopped: 'earlyStopping' });
    for (const maxSteps of [4 * expected.length - 5, 4 * expected.length - 2]) {
      using first = await create(spec, dense, { batchSize: 20 });
      await run(first, dense, { ...options, maxSteps });
      using second = await Network.load(first.toBytes());
      const reports = await run(second, dense, { ...options, resume: true });
      expect(reports.at(-1)).toEqual(expected.at(-1));
      expect(bits(second)).toBe(bits(undisturbed));
      // It is over: nothing is left to resume.
      expect(await run(second, dense, { ...options, resume: true })).toEqual([]);
    }
  });

  test('without `resume` a new run begins, where the random streams are', async () => {
    const [, , , { spec, examples }] = cases;
    using a = await create(spec, examples, { batchSize: 20 });
    await run(a, examples, { epochs: 2, maxSteps: 3 });
    using b = await Network.load(a.toBytes());
    expect(await run(b, examples, { epochs: 1 })).toEqual(await run(a, examples, { epochs: 1 }));
    expect(bits(b)).toBe(bits(a));
  });
});
