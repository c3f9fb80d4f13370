import { describe, expect, test } from 'vitest';
import type { Contrast } from '../../src/analysis/contrasts.ts';
import { crossings, crossingSentence } from '../../src/analysis/factor-crossing.ts';
import { levelNumber } from '../../src/analysis/levels.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { madeUp } from '../made-up.ts';

const facts = { metrics: ['accuracy.sparse', 'loss'], seeds: [1, 2, 3] };
const contrast: Contrast = { arms: [{ arm: 'lsh' }, { arm: 'narrow' }], metric: 'accuracy.sparse' };
const WIDTHS = ['32,000', '1,000', '4,000', '16,000'];

/** The first arm gains with the logarithm of the width; it is ahead from `from` on. */
function sentence(from: number, noise: number = 0.001, { metric } = contrast): string {
  const sign = metric === 'loss' ? -1 : 1;
  const records = [1, 2, 3].flatMap((seed) =>
    WIDTHS.flatMap((width) => {
      const gain = 0.01 * Math.log2((levelNumber(width) as number) / from) + noise * (seed - 2);
      return [
        madeUp({ arm: 'lsh', width }, seed, { [metric]: 0.5 + sign * gain + seed / 10 }),
        madeUp({ arm: 'narrow', width }, seed, { [metric]: 0.5 + seed / 10 }),
      ];
    }),
  );
  const [found, ...others] = crossings(facts, { ...contrast, metric }, 'width', records);
  expect(others).toEqual([]);
  return crossingSentence(found!);
}

function pair(seed: number, width: string): TrialRecord[] {
  return [
    madeUp({ arm: 'lsh', width }, seed, { 'accuracy.sparse': 1 }),
    madeUp({ arm: 'narrow', width }, seed, { 'accuracy.sparse': 0 }),
  ];
}

test('levels are numbers as people write them, or names', () => {
  expect(['8,000', '0.05', '2.5 %', '10%', '1e-3'].map(levelNumber)).toEqual([8000, 0.05, 2.5, 10, 0.001]);
  expect(['adam', '', '%', '5 units'].map(levelNumber)).toEqual([null, null, null, null]);
});

describe('crossingSentence', () => {
  test('says from where on, whatever the order of levels and the metric’s direction', () => {
    expect(sentence(8000)).toMatch(
      /^lsh is better than narrow in accuracy, sparse pass from a width of 8,000 on \(95 % interval 6,730 to 9,500; 3 seeds\)\.$/,
    );
    expect(sentence(8000, 0.001, { ...contrast, metric: 'loss' })).toContain('in loss from a width of');
  });

  test('at all, at none, beyond what was measured', () => {
    expect(sentence(100)).toBe(
      'lsh is better than narrow in accuracy, sparse pass at all levels of width from 1,000 to 32,000 (3 seeds).',
    );
    expect(sentence(1e6)).toContain('at none of the levels of width');
    // Student's t of 2 degrees of freedom times the error of 3 seeds: 0.0248, of which a doubling is worth 0.01.
    expect(sentence(28_000, 0.01)).toContain(
      'from a width of 28,000 on (95 % interval 5,000 to beyond 32,000; 3 seeds)',
    );
    for (const [from, noise] of [
      [33_000, 0.01],
      [28_000, 0.05],
    ] as const) {
      expect(sentence(from, noise)).toMatch(/^From what width on .* is undecided with 3 seeds: /);
    }
  });

  test('needs two levels and two seeds', () => {
    expect(crossings(facts, contrast, 'width', [...pair(1, '10'), ...pair(1, '20')])).toEqual([]);
    expect(crossings(facts, contrast, 'width', [...pair(1, '10'), ...pair(2, '10')])).toEqual([]);
    expect(crossings(facts, contrast, 'width', [])).toEqual([]);
  });
});
