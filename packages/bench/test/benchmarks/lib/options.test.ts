import { Option } from 'commander';
import { expect, test } from 'vitest';
import { defineBench } from '../../../src/benchmarks/lib/benchmark.ts';
import { BENCHMARKS } from '../../../src/benchmarks/index.ts';

function bench(flags: string): unknown {
  return defineBench<{ readonly steps: number }>({
    name: 'toy',
    description: '',
    options: { steps: new Option(flags, '') },
    run: async () => ({ unit: 'ms', rows: [], figures: {} }),
  });
}

test('an option stands under the name of its flag', () => {
  expect(() => bench('--steps <n>')).not.toThrow();
  expect(() => bench('--rounds <n>')).toThrow(
    'The benchmark toy has the option steps under the flag --rounds <n>.',
  );
});

test('an option of several benchmarks is written in one way', () => {
  const flags = BENCHMARKS.flatMap(({ options }) =>
    Object.entries(options as Readonly<Record<string, Option>>),
  ).filter(
    // One size or several, one corpus or several.
    ([name]) => name !== 'vectors' && name !== 'corpus',
  );
  for (const [name, group] of Map.groupBy(flags, ([each]) => each)) {
    expect([name, new Set(group.map(([, option]) => option.flags)).size]).toEqual([name, 1]);
  }
});
