import { describe, expect, test } from 'vitest';
import { ARMS, DEFAULT_ARMS } from '../src/arms.ts';
import { planStudy } from '../src/plan.ts';

const arms = DEFAULT_ARMS;

describe('planStudy', () => {
  test('dense once a seed, every other arm at every fraction; seeds are the outer loop', () => {
    const plan = planStudy({ arms, fractions: [0.05, 0.25], seeds: [1, 2, 3] });
    expect(plan).toHaveLength(3 * (1 + 6 * 2));
    expect(plan.filter(({ arm }) => arm === 'dense').map(({ fraction, seed }) => [fraction, seed])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    const label = ({ arm, fraction }: (typeof plan)[0]): string => `${arm} ${fraction}`;
    expect(plan.slice(0, 13).map(label)).toEqual([
      'dense 1',
      ...['narrow', 'random', 'fixed', 'topK', 'lsh', 'signatures'].flatMap((arm) => [
        `${arm} 0.05`,
        `${arm} 0.25`,
      ]),
    ]);
    expect(plan.slice(13, 26).map(label)).toEqual(plan.slice(0, 13).map(label));
    expect(new Set(plan.map((run) => JSON.stringify(run))).size).toBe(plan.length);
  });

  test('knows the arms of the paper by its names', () => {
    const paper = { arms: ['NN', 'VD', 'AD', 'WTA', 'LSH'], fractions: [0.05], seeds: [1] };
    const ours = ['dense', 'random', 'adaptiveDropout', 'topK', 'lsh'];
    expect(planStudy(paper).map(({ arm }) => arm)).toEqual(ours);
    expect(() => planStudy({ ...paper, arms: ['lsh', 'LSH'] })).toThrow('The list of arms holds lsh twice.');
    expect(new Set(ARMS.flatMap(({ name, paperName = '' }) => [name, paperName])).size).toBe(ARMS.length + 6);
  });

  test('refuses what makes no study', () => {
    const good = { arms: ['dense'], fractions: [0.05], seeds: [1] };
    expect(() => planStudy({ ...good, arms: ['dense', 'lsj'] })).toThrow(
      'There is no arm "lsj"; the arms are dense (NN), narrow, random (VD), fixed, topK (WTA), lsh (LSH), signatures, adaptiveDropout (AD), mostActive, ',
    );
    expect(() => planStudy({ ...good, arms: ['lsh', 'lsh'] })).toThrow('The list of arms holds lsh twice.');
    expect(() => planStudy({ ...good, seeds: [] })).toThrow('at least one of its seeds');
    expect(() => planStudy({ ...good, fractions: [1.5] })).toThrow('1.5 was given');
  });
});
