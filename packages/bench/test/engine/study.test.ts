import { describe, expect, test } from 'vitest';
import type { Changes } from '../../src/engine/changes.ts';
import { overrideFactors, parseOverride } from '../../src/engine/overrides.ts';
import { planPoints } from '../../src/engine/plan.ts';
import { checkPoints } from '../../src/engine/runner.ts';
import { defineStudy, sized, type Study } from '../../src/engine/study.ts';
import { STUDIES } from '../../src/studies/index.ts';
import { study } from './made-up.ts';

const check = (change: Partial<Study>): Promise<void> => {
  const changed = study(change);
  return checkPoints(changed, planPoints(changed));
};

const prepare = async ({ b }: Record<string, unknown>): Promise<void> => {
  if (b === 4) throw new Error('there is no data.');
};

const even = ({ a }: Record<string, unknown>, stage: string): void => {
  if (stage === 'tune' && a === 5) throw new Error('no odd ones.');
};

const boo = (): never => {
  throw new Error('boo');
};

describe('a wrong study is refused with its name and what there is instead', () => {
  const cases: [string, Partial<Study>, string][] = [
    ['its name', { name: 'My study' }, `got "My study"`],
    ['no seeds', { seeds: [] }, 'The study sums has no seeds.'],
    ['a seed twice', { seeds: [1, 1] }, 'The study sums has the seed 1 twice.'],
    [
      'a seed out of range',
      { seeds: [2 ** 32] },
      'a seed is a whole number from 0 to 4294967295; got 4294967296',
    ],
    ['a factor without levels', { factors: { a: {} } }, 'the factor a has no levels'],
    ['no metrics', { metrics: [] }, 'has no metrics'],
    [
      'a field that there is not',
      { seedz: [1] } as object,
      'The study sums has no field "seedz"; there are name, question, measure, base, ',
    ],
    [
      'a size that there is not',
      { sizes: { small: {} } } as object,
      'The study sums has no size "small"; there are tiny, quick, full.',
    ],
    [
      'a field of a size that there is not',
      { sizes: { tiny: { seed: [1] } } } as object,
      'The study sums: the size tiny has no field "seed"; there are seeds, levels, set.',
    ],
    [
      'a baseline of no factor',
      { baseline: { arm: 'x' } },
      'the baseline names the factor arm; the factors are a, b.',
    ],
    [
      'a baseline of no level',
      { baseline: { a: 'x' } },
      'the baseline names the level "x" of a; its levels are one, two.',
    ],
    [
      'a contrast by no metric',
      { contrasts: [{ arms: [{ a: 'one' }, { a: 'two' }], metric: 'x' }] },
      "the study's metrics are loss",
    ],
    [
      'a section that there is not',
      { report: [{ kind: 'plots' }] },
      'There is no section "plots"; the sections are answer, ',
    ],
    [
      'a size of no level',
      { sizes: { quick: { levels: { a: ['x'] } } } },
      'the size quick names the level "x" of a',
    ],
    [
      'tuning on its own seed',
      { tune: { parameters: {}, search: 'grid', seed: 1, metric: 'loss' } },
      'is tuned with the seed 1, which is one of its own',
    ],
  ];
  const own = { name: 'mine', title: 'mine', unit: 'count', better: 'lower', deterministic: true } as const;
  // What no compiler has read may be of any type.
  const untyped: [string, object, string][] = [
    ['no name', { name: undefined }, 'A study: name should be a text such as "my-study", but is missing.'],
    ['no question', { question: 3 }, 'The study sums: question should be a text, but is 3.'],
    [
      'no measure',
      { measure: undefined },
      'measure should be the name of a measure, or a function, but is missing',
    ],
    ['no base', { base: undefined }, 'base should be an object of values by name, but is missing'],
    ['a function in the base', { base: { a: () => 1 } }, 'The study sums: base.a is no plain JSON: () => 1.'],
    ['a typed array', { base: { a: new Float32Array(1) } }, 'base.a is no plain JSON: an object of a class'],
    ['no factors', { factors: 3 }, 'factors should be an object of levels by factor, but is 3'],
    [
      'levels as a list',
      { factors: { a: [1] } },
      'factors.a should be an object of levels by name, but is [1]',
    ],
    [
      'a level that is a number',
      { factors: { a: { x: 3 } } },
      'factors.a.x should be an object of values by name, but is 3',
    ],
    ['NaN', { factors: { a: { x: { a: NaN } } } }, 'The study sums: factors.a.x.a is no plain JSON: NaN.'],
    ['one seed', { seeds: 1 }, 'seeds should be a list of whole numbers, but is 1'],
    [
      'one metric',
      { metrics: 'loss' },
      'metrics should be a list of names or metrics of your own, but is "loss"',
    ],
    ['a metric twice', { metrics: ['loss', 'loss'] }, 'The study sums has the metric loss twice.'],
    ['half a metric', { metrics: [own] }, 'metrics[0].description should be a text, but is missing'],
    [
      'a metric without a direction',
      { metrics: [{ ...own, description: '', better: 'more' }] },
      'metrics[0].better should be "higher" or "lower", but is "more"',
    ],
  ];
  test.each(untyped)('%s', (_, change, message) => {
    expect(() => defineStudy(study(change as Partial<Study>))).toThrow(message);
  });

  test.each(cases)('%s', (_, change, message) => {
    expect(() => defineStudy(study(change))).toThrow(message);
  });

  test.each([
    ['throws', boo, 'boo'],
    ['sets nothing', () => undefined, 'what it sets is no plain JSON: undefined.'],
    ['sets NaN', () => ({ a: NaN }), 'what it sets.a is no plain JSON: NaN.'],
  ])('a computed level that %s', (_, level, message) => {
    const factors = { a: { one: level as unknown as () => Changes } };
    expect(() => planPoints(study({ factors }))).toThrow(`The study sums: the level one of a: ${message}`);
  });

  test.each([
    ['choose=3', 'but it is an object: {"kind":"none"}.'],
    ['widths=10', 'but it is a list: [10].'],
  ])('what is no object or list where one is: --set %s', (text, message) => {
    const what = study({ base: { a: 1, b: 1, choose: { kind: 'none' }, widths: [10] } });
    expect(() => planPoints(what, [parseOverride(text)])).toThrow(message);
    expect(planPoints(what, [parseOverride('widths=[20,30]')])[0]?.config['widths']).toEqual([20, 30]);
  });

  test.each([
    [{ kind: 'table', metrics: ['los'] }],
    [{ kind: 'table', relative: ['los'] }],
    [{ kind: 'table', targets: [{ metric: 'los', over: 'seconds' }] }],
    [{ kind: 'pareto', x: 'los' }],
    [{ kind: 'curves', y: 'los' }],
    [{ kind: 'bars', y: 'los' }],
  ])('a metric of its report before the first trial: %j', async (section) => {
    await expect(check({ report: [section] })).rejects.toThrow(
      `The study sums: a section ${section.kind} of its report: There is no metric "los".`,
    );
  });

  test('a level with a comma is named in quotes; a text that is no level, where a number may stand, too', () => {
    const what = study({ factors: { a: { '1,000': { a: 2 }, '2': { a: 3 } } } });
    const set = (text: string): Study => overrideFactors(what, [parseOverride(text)]).study;
    expect(Object.keys(set('a="1,000"').factors['a'] ?? {})).toEqual(['1,000']);
    const levels = 'its levels are 2, "1,000".';
    expect(() => set('a=two')).toThrow(`--set names the level "two" of a; ${levels}`);
    expect(set('a=7').factors['a']).toEqual({ 7: { a: 7 } });
  });

  test('metrics and measures before the first trial', async () => {
    await expect(check({ metrics: ['accuracy'] })).rejects.toThrow(
      /There is no metric "accuracy".* accuracy\.full, /,
    );
    await expect(check({ measure: 'trian' })).rejects.toThrow(
      'there is no measure "trian"; the measures are train',
    );
    await expect(check({ measure: 'train', metrics: ['recall'] })).rejects.toThrow(
      'the measure train does not give recall; it gives accuracy.full',
    );
    const refusing = { name: 'no', description: '', metrics: ['loss'], measure: () => ({ metrics: {} }) };
    const tune = { parameters: { a: [2, 5] }, search: 'grid', seed: 9, metric: 'loss' } as const;
    await expect(check({ measure: { ...refusing, check: even }, tune })).rejects.toThrow(
      'The study sums, one, small: no odd ones.',
    );
    await expect(check({ measure: { ...refusing, prepare } })).rejects.toThrow(
      'The study sums, one, large: there is no data.',
    );
  });
});

describe('our studies', () => {
  test.each(STUDIES.map((each) => [each.name, each] as const))(
    '%s holds no code that trials run, and can be planned',
    async (_, each) => {
      // Their sources are not part of the keys of trials: only what is in the config may decide them.
      expect(typeof each.measure).toBe('string');
      for (const metric of each.metrics) expect(typeof metric).toBe('string');
      for (const size of ['tiny', 'quick', 'full'] as const) {
        const smaller = sized(each, size);
        const points = planPoints(smaller, [], each);
        expect(points.length).toBeGreaterThan(1);
        if (size === 'tiny') await checkPoints(smaller, points);
      }
    },
  );

  test('selectors has dense once a seed, and every other arm at every share', () => {
    const [selectors] = STUDIES as [Study];
    const points = planPoints(sized(selectors, 'full'), [], selectors).map(
      ({ point }) => `${point['arm']} ${point['active']}`,
    );
    expect(points).toHaveLength(13);
    expect(points.filter((point) => point.startsWith('dense'))).toEqual(['dense undefined']);
    expect(points).toContain('lsh 25 %');
  });
});

const levels = ({ factors }: Study): string[] => Object.keys(factors['a'] ?? {});

test('a form leaves levels out, and --set can name them nevertheless', () => {
  const whole = defineStudy(study({ sizes: { full: { levels: { a: ['one'] } }, tiny: { seeds: [7] } } }));
  const full = sized(whole, 'full');
  expect(levels(full)).toEqual(['one']);
  // A form that is missing is the full one, one that is there says all itself.
  expect(levels(sized(whole, 'quick'))).toEqual(['one']);
  expect(levels(sized(whole, 'tiny'))).toEqual(['one', 'two']);
  const named = overrideFactors(full, [parseOverride('a=two')], whole);
  expect(levels(named.study)).toEqual(['two']);
});

const set = (text: string): string[] => {
  const { study: changed, paths } = overrideFactors(study(), [parseOverride(text)]);
  expect(paths).toEqual([]);
  return planPoints(changed).map(({ point, config }) => `${point['a']} ${String(config['a'])}`);
};

describe('factors on the command line', () => {
  test('levels are picked by name, or replaced by values of the config', () => {
    expect(set('a=two')).toEqual(['two 2', 'two 2']);
    expect(set('a=5')).toEqual(['5 5', '5 5']);
    const arm = study({ factors: { arm: { dense: {}, sparse: { a: 3 } } } });
    expect(() => overrideFactors(arm, [parseOverride('arm=lhs')])).toThrow(
      '--set names the level "lhs" of arm; its levels are dense, sparse.',
    );
  });

  test('values are JSON or texts, and commas within brackets belong to them', () => {
    expect(parseOverride('a.b=[1,2],{"c":"d,e"},x').values).toEqual([[1, 2], { c: 'd,e' }, 'x']);
    expect(() => parseOverride('a')).toThrow('--set takes a path and values');
    expect(() => parseOverride('a=1,,2')).toThrow('a value is empty');
    expect(() => parseOverride('a=1,1')).toThrow('the value 1 comes twice');
  });
});
