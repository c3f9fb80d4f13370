import { describe, expect, test } from 'vitest';
import { summarize } from '../../src/analysis/aggregate.ts';
import { contrasts, type Contrast, type ContrastFacts } from '../../src/analysis/contrasts.ts';
import {
  claimSentences,
  decisionText,
  fillIn,
  headline,
  outcomeSentence,
} from '../../src/analysis/verdict.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { madeUp, records, study } from '../made-up.ts';

const pair: Contrast = { arms: [{ arm: 'lsh' }, { arm: 'random' }], metric: 'accuracy.sparse' };

function sentence(
  a: readonly number[],
  b: readonly number[],
  contrast: Contrast = pair,
  metric = 'accuracy.sparse',
): string {
  const list = [a, b].flatMap((values, arm) =>
    values.map((value, seed) => madeUp({ arm: ['lsh', 'random'][arm] as string }, seed, { [metric]: value })),
  );
  const [outcome] = contrasts(
    { metrics: [metric], seeds: [0, 1], contrasts: [{ ...contrast, metric }] },
    list,
  );
  return outcomeSentence(outcome!);
}

describe('outcomeSentence', () => {
  test('a difference, with everything that it rests on', () => {
    expect(sentence([0.52, 0.62, 0.73], [0.5, 0.6, 0.7])).toBe(
      'lsh against random: accuracy, sparse pass is better by 2.33 points (95 % interval 0.90 to 3.77; 3 seeds; p = 0.020).',
    );
    expect(sentence([0.5, 0.6, 0.7], [0.52, 0.62, 0.73])).toContain(
      'is worse by 2.33 points (95 % interval −3.77 to −0.90;',
    );
  });

  test('a difference that is sure to be smaller than the margin says so', () => {
    expect(sentence([0.502, 0.6021, 0.702], [0.5, 0.6, 0.7])).toMatch(
      /is better by 0\.20 points, though within ±0\.50 points \(95 % interval 0\.19 to 0\.22;/,
    );
  });

  test('the same within a margin', () => {
    expect(sentence([0.5, 0.6, 0.7], [0.5003, 0.6001, 0.6998])).toMatch(
      /is the same within ±0\.50 points \(the difference is −0\.01 points, 90 % interval −0\.05 to 0\.04; 3 seeds\)\.$/,
    );
  });

  test('undecided, and how many seeds would decide; one seed never decides', () => {
    expect(sentence([0.52, 0.6, 0.73], [0.5, 0.61, 0.7])).toMatch(
      /^lsh against random: accuracy, sparse pass is undecided: the difference is 1\.33 points \(95 % interval −3\.84 to 6\.50; 3 seeds; p = 0\.383\)\. About \d+ seeds would decide it, if difference and spread stay as they are\.$/,
    );
    expect(sentence([0.52], [0.5])).toBe(
      'lsh against random: accuracy, sparse pass is undecided: the difference is 2.00 points, but one seed has no interval.',
    );
    expect(sentence([0.5, 0.6], [0.5, 0.6], { ...pair, margin: 0 })).toContain('The seeds do not vary');
  });

  test('times are said as ratios', () => {
    expect(sentence([6, 6.3, 6.1], [3, 3.1, 3.1], pair, 'secondsPerEpoch')).toMatch(
      /time an epoch is worse at 2\.00 times the other’s \(95 % interval 1\.\d\d to 2\.\d\d; 3 seeds; p < 0\.001\)\.$/,
    );
    const times: Contrast = { ...pair, margin: 0.1 };
    expect(sentence([3, 3.1, 3.2], [3.01, 3.1, 3.2], times, 'secondsPerEpoch')).toMatch(
      /is the same within ±10 % \(the ratio is 0\.999, 90 % interval 0\.996 to 1\.00; 3 seeds\)\.$/,
    );
    expect(sentence([3, 6, 1], [3, 3, 3], pair, 'secondsPerEpoch')).toContain(
      'is undecided: the ratio is 0.874 (95 % interval ',
    );
  });
});

/** Pairs at one fraction that are so far apart. */
function at(fraction: string, differences: readonly number[]): TrialRecord[] {
  return differences.flatMap((difference, seed) => [
    madeUp({ arm: 'lsh', fraction }, seed, { 'accuracy.sparse': 0.5 + difference }),
    madeUp({ arm: 'random', fraction }, seed, { 'accuracy.sparse': 0.5 }),
  ]);
}

/** The same, all of them at one level of another factor. */
function wide(list: TrialRecord[]): TrialRecord[] {
  return list.map((record) => ({
    ...record,
    trial: { ...record.trial, point: { ...record.trial.point, width: 'wide' } },
  }));
}

function claims(...list: TrialRecord[][]): string[] {
  const claimed = { ...pair, claim: 'choosing beats chance' };
  const facts = { metrics: ['accuracy.sparse'], seeds: [0], contrasts: [pair, claimed] };
  return claimSentences(contrasts(facts, list.flat()));
}

describe('claimSentences', () => {
  const [ahead, behind, unclear, same] = [
    [0.1, 0.11, 0.1],
    [-0.1, -0.11, -0.1],
    [0.1, -0.1, 0.02],
    [0, 0.0001, 0],
  ];

  test('one answer at all levels is said once', () => {
    expect(claims(at('5 %', ahead), at('10 %', ahead))).toEqual(['Choosing beats chance: yes.']);
    expect(claims(at('5 %', behind))).toEqual(['Choosing beats chance: no.']);
    expect(claims(at('5 %', same))).toEqual(['Choosing beats chance: no.']);
    expect(claims(at('5 %', unclear))).toEqual(['Choosing beats chance: undecided.']);
    expect(claims()).toEqual(['Choosing beats chance: not measured yet.']);
  });

  test('answers that depend on a level name it', () => {
    expect(claims(at('2.5 %', unclear), at('5 %', ahead), at('10 %', ahead))).toEqual([
      'Choosing beats chance: undecided at 2.5 %; yes at 5 % and 10 %.',
    ]);
  });

  test('and no level that all answers share', () => {
    expect(claims(wide(at('5 %', ahead)), wide(at('10 %', behind)))).toEqual([
      'Choosing beats chance: yes at 5 %; no at 10 %.',
    ]);
  });
});

/** What a trial of so many multiply-adds has. */
const cost = (multiplyAdds: number): Partial<TrialRecord> => ({
  cost: { all: { multiplyAdds, comparisons: 0, additions: 0, words: 0, entries: 0, candidates: 0 } },
});

test('an arm that costs more than the other’s curve reaches is out of reach, not unmeasured', () => {
  const facts = {
    metrics: ['accuracy.sparse'],
    seeds: [1],
    contrasts: [{ ...pair, at: { cost: 'work', along: 'size' }, claim: 'choosing beats chance' }],
  };
  const of = (work: number) =>
    contrasts(facts, [
      madeUp({ arm: 'lsh' }, 1, { 'accuracy.sparse': 0.8 }, cost(work)),
      madeUp({ arm: 'random', size: '1' }, 1, { 'accuracy.sparse': 0.5 }, cost(1)),
      madeUp({ arm: 'random', size: '2' }, 1, { 'accuracy.sparse': 0.6 }, cost(2)),
    ]);
  expect(headline(of(3))).toBe('Of 1 planned comparison 1 is out of reach of equal cost.');
  expect(claimSentences(of(3))).toEqual(['Choosing beats chance: out of reach.']);
  expect(outcomeSentence(of(3)[0]!)).toBe(
    'lsh against random, at equal work: accuracy, sparse pass cannot be told: no curve of random along size reaches that cost.',
  );
  expect(outcomeSentence(contrasts(facts, [])[0]!)).toContain('is not measured yet');
});

/** A study of one comparison by this metric. */
const judgedBy = (metric: string): ContrastFacts => ({
  metrics: [metric],
  seeds: [1],
  contrasts: [{ ...pair, metric, claim: 'choosing beats chance' }],
});

test('what has no value, or times of a busy machine, is said to lack that', () => {
  const valueless = contrasts(judgedBy('accuracy.sparse'), [
    madeUp({ arm: 'lsh' }, 1, { loss: 1 }),
    madeUp({ arm: 'random' }, 1, { 'accuracy.sparse': 0.5 }),
  ]);
  expect(claimSentences(valueless)).toEqual(['Choosing beats chance: has no value.']);
  expect(headline(valueless)).toBe('Of 1 planned comparison 1 has no value on one side.');
  expect(outcomeSentence(valueless[0]!)).toContain('cannot be told: one of them has no such value');
  const [busy] = contrasts(judgedBy('secondsPerEpoch'), [
    madeUp({ arm: 'lsh' }, 1, { secondsPerEpoch: 1 }, { shared: true }),
    madeUp({ arm: 'random' }, 1, { secondsPerEpoch: 0.5 }),
  ]);
  expect(decisionText(busy!)).toBe('not comparable');
  expect(outcomeSentence(busy!)).toContain('was taken beside other work');
});

test.each([
  [1, 'not told (all but 100 % in both arms)', 'it is all but 100 % in both arms'],
  [0.9995, 'not told (all but 100 % in both arms)', 'it is all but 100 % in both arms'],
  [0.9, 'no', 'is equal with each seed'],
])('arms that both have %s with each seed: %s', (value, answer, words) => {
  const facts = {
    metrics: ['accuracy.sparse'],
    seeds: [1, 2],
    contrasts: [{ ...pair, claim: 'choosing beats chance' }],
  };
  const list = contrasts(
    facts,
    ['lsh', 'random'].flatMap((arm) =>
      [1, 2].map((seed) => madeUp({ arm }, seed, { 'accuracy.sparse': value })),
    ),
  );
  expect(claimSentences(list)).toEqual([`Choosing beats chance: ${answer}.`]);
  expect(outcomeSentence(list[0]!)).toContain(words);
});

test('arms that both have all but 100 % are in one count alone, however sure their difference is', () => {
  const values = { lsh: [1, 1, 1], random: [0.9991, 0.9992, 0.9991] };
  const list = contrasts(
    { metrics: ['accuracy.sparse'], seeds: [1, 2, 3], contrasts: [pair] },
    Object.entries(values).flatMap(([arm, all]) =>
      all.map((value, seed) => madeUp({ arm }, seed + 1, { 'accuracy.sparse': value })),
    ),
  );
  expect(list[0]!.p).toBeLessThan(0.05);
  expect(headline(list)).toBe('Of 1 planned comparison 1 has all but 100 % in both arms.');
});

test('the headline counts what came out how', () => {
  expect(headline(contrasts(study, records()))).toMatch(
    /^Of 15 planned comparisons \d+ differ.*out of reach of equal cost\.$/,
  );
  expect(headline([])).toContain('nothing is decided');
  expect(headline(contrasts({ ...study, contrasts: [pair] }, []))).toBe(
    'Of 1 planned comparison 1 is not measured yet.',
  );
});

describe('fillIn', () => {
  const points = summarize(study, records());

  test('fills numbers in from the records', () => {
    expect(
      fillIn('lsh: {accuracy.sparse | arm=lsh; fraction=5 %}; dense: {accuracy.sparse|arm=dense}.', points),
    ).toMatch(/^lsh: 94\.\d ± 0\.\d %; dense: 97\.\d ± 0\.\d %\.$/);
    expect(fillIn('{accuracy.sparse | arm=lsh; fraction=50 %}', points)).toBe('(not measured yet)');
  });

  test('refuses what is not one number', () => {
    expect(() => fillIn('{accuracy.sparse | arm=lsh}', points)).toThrow(
      'means 3 points: lsh, 2.5 %; lsh, 5 %; lsh, 10 %.',
    );
    expect(() => fillIn('{acuracy | arm=lsh}', points)).toThrow('no metric "acuracy"');
  });
});
