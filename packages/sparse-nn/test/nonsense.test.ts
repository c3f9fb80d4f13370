import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  all,
  cosineDecay,
  exponentialDecay,
  hidden,
  linearOutput,
  momentum,
  network,
  sgd,
  sigmoidOutput,
  softmax,
  splitExamples,
  stepDecay,
  warmUp,
  type FitOptions,
  type LayerSpec,
  type NetworkSpec,
  type OptimizerSpec,
  type ScheduleSpec,
} from '../src/index.ts';
import { blobs } from './data.ts';
import { bits, create } from './training.ts';

/** What is no number that an option could have, and how messages show it. */
const NO_NUMBERS: readonly [unknown, string][] = [
  [NaN, 'NaN'],
  [-1, '-1'],
  [Infinity, 'Infinity'],
  ['0.5', "'0.5'"],
  [null, 'null'],
  [true, 'true'],
  [[0.5], 'an array of 1'],
  [{}, 'Object'],
];

/** Every option that is a number, of every optimizer. */
const optimizers: readonly [string, (options: object) => OptimizerSpec, readonly string[]][] = [
  ['sgd', (options) => sgd({ rate: 0.1, ...options }), []],
  ['momentum', (options) => momentum({ rate: 0.1, ...options }), ['decay']],
  ['adagrad', (options) => adagrad(options), ['epsilon', 'initial']],
  ['adam', (options) => adam(options), ['beta1', 'beta2', 'epsilon']],
];

function built(optimizer: OptimizerSpec): NetworkSpec {
  return network(3, [softmax(2)], optimizer);
}

describe.each(optimizers)('%s refuses', (kind, make, own) => {
  const names = ['rate', 'weightDecay', 'clipValue', 'clipNorm', ...own];
  test.for(names.flatMap((name) => NO_NUMBERS.map((value) => [name, ...value] as const)))(
    '%s of %o, naming it',
    ([name, value, text]) => {
      const message = new RegExp(`^${kind}: ${name} is .*; got ${text.replace(/[[\]]/g, '\\$&')}\\.$`);
      expect(() => built(make({ [name]: value }))).toThrow(RangeError);
      expect(() => built(make({ [name]: value }))).toThrow(message);
    },
  );

  test('what is no number in 32 bits', () => {
    expect(() => built(make({ clipNorm: 1e39 }))).toThrow(
      `${kind}: clipNorm is a positive number; got 1e+39.`,
    );
    for (const name of own.filter((each) => each.startsWith('beta') || each === 'decay')) {
      expect(() => built(make({ [name]: 1 - 1e-12 }))).toThrow(
        `${kind}: ${name} is from 0 to below 1; got 0.99`,
      );
    }
  });

  test('an option that there is not, in a call and in JSON, and says what it is called here', () => {
    const known = ['rate', 'schedule', 'weightDecay', 'clipValue', 'clipNorm'].join(', ');
    expect(() => make({ nesterov: true })).toThrow(TypeError);
    expect(() => make({ nesterov: true })).toThrow(
      `${kind} has no option 'nesterov'; its options are ${known}`,
    );
    expect(() => make({ lr: 0.1 })).toThrow(`${kind} has no option 'lr': it is called \`rate\`.`);
    expect(() => built({ ...make({}), nesterov: true } as unknown as OptimizerSpec)).toThrow(
      `${kind} has no option 'nesterov'`,
    );
  });

  test('a schedule that is none', () => {
    for (const [schedule, text] of [
      [0.1, '0.1'],
      ['cosine', "'cosine'"],
      [null, 'null'],
    ] as const) {
      expect(() => built(make({ schedule }))).toThrow(
        `A schedule is an object, as cosineDecay() gives it; got ${text}.`,
      );
    }
  });

  test('nothing that is undefined: that is as left out', () => {
    const undefineds = Object.fromEntries(names.slice(1).map((name) => [name, undefined]));
    expect(make({ ...undefineds, schedule: undefined })).toEqual(make({}));
  });
});

test.for<[string, () => unknown, string]>([
  ['a number', () => sgd(0.1 as never), 'sgd takes an object of options; got 0.1.'],
  ['nothing', () => momentum(undefined as never), 'momentum takes an object of options; got undefined.'],
  ['null', () => adam(null as never), 'adam takes an object of options; got null.'],
  ['a list', () => adagrad([0.1] as never), 'adagrad takes an object of options; got an array of 1.'],
  ['a number for a schedule', () => stepDecay(10 as never), 'stepDecay takes an object of options; got 10.'],
  [
    'an unknown option',
    () => cosineDecay({ steps: 5, warm: 1 } as never),
    "cosineDecay has no option 'warm'; its options are steps, end.",
  ],
  [
    'an unknown option',
    () => exponentialDecay({ every: 5, gamma: 1 } as never),
    "exponentialDecay has no option 'gamma'",
  ],
  ['an unknown option', () => warmUp({ steps: 5, after: 1 } as never), "warmUp has no option 'after'"],
  ['no optimizer', () => built('adam' as never), 'spec.optimizer is an object; got "adam".'],
])('optimizers and schedules refuse %s: %#', ([, make, message]) => {
  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
});

describe('schedules refuse', () => {
  const schedules: readonly [string, (value: unknown) => object, string][] = [
    ['step', (every) => ({ kind: 'step', every, factor: 0.5 }), 'step: every'],
    ['step', (factor) => ({ kind: 'step', every: 2, factor }), 'step: factor'],
    ['exponential', (every) => ({ kind: 'exponential', every, factor: 0.5 }), 'exponential: every'],
    ['exponential', (factor) => ({ kind: 'exponential', every: 2, factor }), 'exponential: factor'],
    ['cosine', (steps) => ({ kind: 'cosine', steps, end: 0 }), 'cosine: steps'],
    ['cosine', (end) => ({ kind: 'cosine', steps: 5, end }), 'cosine: end'],
    ['warmUp', (steps) => ({ kind: 'warmUp', steps, next: { kind: 'constant' } }), 'warmUp: steps'],
  ];
  test.for(schedules.flatMap(([, make, name]) => NO_NUMBERS.map((value) => [name, make, ...value] as const)))(
    '%s',
    ([name, make, value, text]) => {
      const schedule = make(value) as ScheduleSpec;
      expect(() => built(sgd({ rate: 0.1, schedule }))).toThrow(RangeError);
      expect(() => built(sgd({ rate: 0.1, schedule }))).toThrow(new RegExp(`^${name} is .*; got `));
      expect(() => built(sgd({ rate: 0.1, schedule }))).toThrow(`; got ${text}.`);
    },
  );

  test('an option that there is not, in JSON', () => {
    const schedule = { kind: 'cosine', steps: 5, end: 0, restarts: 3 } as unknown as ScheduleSpec;
    expect(() => built(sgd({ rate: 0.1, schedule }))).toThrow(
      new TypeError("The schedule 'cosine' has no option 'restarts'; its options are kind, steps, end."),
    );
  });
});

describe('layers refuse', () => {
  const options: readonly [string, (value: unknown) => LayerSpec[], RegExp][] = [
    [
      'dropout',
      (value) => [hidden(4, all(), { dropout: value as number }), softmax(2)],
      /^Layer 1: dropout is a probability/,
    ],
    [
      'rateScale',
      (value) => [softmax(2, all(), { rateScale: value as number })],
      /^Layer 1: rateScale is above 0/,
    ],
    [
      'labelSmoothing',
      (value) => [softmax(2, all(), { labelSmoothing: value as number })],
      /^Layer 1: labelSmoothing is from 0/,
    ],
    [
      'classWeights',
      (value) => [softmax(2, all(), { classWeights: [1, value as number] })],
      /^Layer 1: classWeights are finite numbers/,
    ],
    [
      'positiveWeights',
      (value) => [sigmoidOutput(2, all(), { positiveWeights: [1, value as number] })],
      /^Layer 1: positiveWeights are finite/,
    ],
    [
      'outputWeights',
      (value) => [linearOutput(2, all(), { outputWeights: [1, value as number] })],
      /^Layer 1: outputWeights are finite/,
    ],
  ];
  test.for(
    options.flatMap(([name, make, message]) =>
      NO_NUMBERS.map((value) => [name, make, message, ...value] as const),
    ),
  )('%s', ([, make, message, value, text]) => {
    expect(() => network(3, make(value))).toThrow(RangeError);
    expect(() => network(3, make(value))).toThrow(message);
    expect(() => network(3, make(value))).toThrow(text);
  });

  test.for<[() => unknown, string]>([
    [
      () => hidden(4, all(), { dropuot: 0.5 } as never),
      "hidden has no option 'dropuot'; its options are activation, dropout, connections, trainable, rateScale.",
    ],
    [
      () => softmax(4, all(), { positiveWeights: [1] } as never),
      "softmax has no option 'positiveWeights'; its options are classWeights, labelSmoothing, ",
    ],
    [() => sigmoidOutput(4, all(), { dropout: 0.5 } as never), "sigmoidOutput has no option 'dropout'"],
    [
      () => linearOutput(4, all(), { classWeights: [1] } as never),
      "linearOutput has no option 'classWeights'",
    ],
    [
      () => network(3, [softmax(2)], adam(), { mode: 'sample' } as never),
      "network has no option 'mode'; its options are updateMode.",
    ],
    [() => network(3, [{ ...softmax(2), dropuot: 0.5 } as never]), "spec.layers[0] has no option 'dropuot'"],
    [
      () => network(3, [{ ...softmax(2), units: '2' } as never]),
      'spec.layers[0].units is a number; got "2".',
    ],
    [() => network('3' as never, [softmax(2)]), 'spec.inputs is a number; got "3".'],
    [() => network(3, softmax(2) as never), 'spec.layers is a list; got {"units":2,'],
    [() => network(3, [null as never]), 'spec.layers[0] is an object; got null.'],
    [() => network(3, [softmax(2, 'lsh' as never)]), 'spec.layers[0].select is an object; got "lsh".'],
    [
      () => network(3, [softmax(2)], adam(), { updateMode: 7 as never }),
      'spec.updateMode is a string; got 7.',
    ],
  ])('what has not the form of one: %#', ([make, message]) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});

const rows = blobs({ rows: 30, columns: 3, classes: 2 });

test.for([...NO_NUMBERS, [1, '1'] as const, [0, '0'] as const])(
  'a split refuses a share of %o',
  ([share, text]) => {
    expect(() => splitExamples(rows, share as number)).toThrow(
      new RangeError(`The share of rows that is held back is above 0 and below 1; got ${text}.`),
    );
  },
);

test.for<[unknown, string]>([
  [{ seeds: 1 }, "splitExamples has no option 'seeds'; its options are seed."],
  [{ seed: 0.5 }, 'A seed is an integer; got 0.5.'],
  [7, 'splitExamples takes an object of options; got 7.'],
  [null, 'splitExamples takes an object of options; got null.'],
])('a split refuses options of %o', ([options, message]) => {
  expect(() => splitExamples(rows, 0.5, options as never)).toThrow(message);
});

test('a split refuses sets of labels whose offsets fall', () => {
  const sets = { ...rows, labelOffsets: Int32Array.from({ length: 31 }, (_, row) => (row === 3 ? 9 : row)) };
  expect(() => splitExamples(sets, 0.5)).toThrow('labelOffsets rise from 0 to 30; got 4 after 9 for row 3.');
});

describe('a run refuses', () => {
  const nested: readonly [string, (value: unknown) => object][] = [
    ['epochs', (value) => ({ epochs: value })],
    ['maxSteps', (value) => ({ maxSteps: value })],
    ["evaluateTraining's rows", (value) => ({ evaluateTraining: { rows: value } })],
    ["earlyStopping's patience", (value) => ({ validationSplit: 0.5, earlyStopping: { patience: value } })],
    ['minDelta', (value) => ({ validationSplit: 0.5, earlyStopping: { patience: 1, minDelta: value } })],
    ['everySteps', (value) => ({ checkpoint: { path: 'x', everySteps: value } })],
    ['everyEpochs', (value) => ({ checkpoint: { path: 'x', everyEpochs: value } })],
  ];
  test.for(nested.flatMap(([name, make]) => NO_NUMBERS.map((value) => [name, make, ...value] as const)))(
    '%s',
    async ([name, make, value, text]) => {
      using net = await create(network(3, [softmax(2)]), rows);
      const fit = (): unknown => net.fit(rows, { epochs: 1, ...make(value) } as FitOptions);
      expect(fit).toThrow(RangeError);
      expect(fit).toThrow(`${name} is`);
      expect(fit).toThrow(`; got ${text}.`);
    },
  );

  test.for<[object, string]>([
    [{ resume: 'yes' }, "resume is true or false; got 'yes'."],
    [{ resume: 0 }, 'resume is true or false; got 0.'],
    [
      { validationSplit: 0.5, earlyStopping: { patience: 1, restoreBest: 'false' } },
      "restoreBest is true or false; got 'false'.",
    ],
    [{ earlyStopping: null }, 'earlyStopping takes an object of options; got null.'],
    [{ earlyStopping: false }, 'earlyStopping takes an object of options; got false.'],
    [{ validation: null }, 'validation takes an object of options; got null.'],
    [{ validation: rows }, "validation has no option 'rows'; its options are examples, pass, "],
    [
      { validation: {} },
      'Examples are an object of typed arrays, { rows, columns, inputs, ... }; got undefined',
    ],
    [{ diagnostics: true }, 'diagnostics takes an object of options; got true.'],
    [{ checkpoint: 'run.safetensors' }, "checkpoint takes an object of options; got 'run.safetensors'."],
    [{ shuffle: 'yes' }, "shuffle takes an object of options; got 'yes'."],
    [{ shuffle: null }, 'shuffle takes an object of options; got null.'],
    [{ evaluateTraining: true }, 'evaluateTraining takes an object of options; got true.'],
    [{ validationSplit: '0.5' }, "The share of rows that is held back is above 0 and below 1; got '0.5'."],
    [{ onStep: 'log' }, "onStep is a function; got 'log'."],
  ])('%o', async ([options, message]) => {
    using net = await create(network(3, [softmax(2)]), rows);
    expect(() => net.fit(rows, { epochs: 1, ...options } as FitOptions)).toThrow(message);
  });

  test.for<[unknown, string]>([
    [Promise.resolve(false), 'until gives true or false; got Promise.'],
    [undefined, 'until gives true or false; got undefined.'],
    [1, 'until gives true or false; got 1.'],
  ])('to end by what `until` gives, where that is %o', async ([given, message]) => {
    using net = await create(network(3, [softmax(2)]), rows);
    await expect(net.train(rows, { epochs: 1, until: () => given as boolean })).rejects.toThrow(
      new TypeError(message),
    );
  });

  test('nothing of what is undefined', async () => {
    const names = ['maxSteps', 'until', 'resume', 'shuffle', 'signal', 'validation', 'onStep', 'onWarning'];
    const undefineds = Object.fromEntries(names.map((name) => [name, undefined]));
    using a = await create(network(3, [softmax(2)]), rows);
    using b = await create(network(3, [softmax(2)]), rows);
    await a.train(rows, { epochs: 2 });
    await b.train(rows, { ...undefineds, epochs: 2 });
    expect(bits(b)).toBe(bits(a));
  });
});

test.for<[object, string]>([
  [{ trainable: 'no' }, "Layer 1: trainable is true or false; got 'no'."],
  [{ rateScale: '2' }, "Layer 1: rateScale is above 0, and so is the rate 0.001 times it; got '2'."],
  [{ rate: 2 }, "setTraining has no option 'rate'; its options are trainable, rateScale."],
])('setTraining refuses %o, and changes nothing', async ([options, message]) => {
  using net = await create(network(3, [softmax(2)]), rows);
  const { spec } = net;
  expect(() => net.setTraining(0, options)).toThrow(message);
  expect(net.spec).toBe(spec);
});
