/** Made-up studies, trials and records for the tests of the engine. */
import type { Config, Trial, TrialRecord } from '../../src/engine/record.ts';
import type { Study } from '../../src/engine/study.ts';

/** A study of numbers: its measure adds up. */
export function study(change: Partial<Study> = {}): Study {
  return {
    name: 'sums',
    question: 'What is the sum?',
    measure: (config, { seed }) => ({
      metrics: { loss: (config['a'] as number) * 10 + (config['b'] as number) + seed / 1000 },
    }),
    base: { a: 1, b: 1, choose: { kind: 'none' } },
    factors: {
      a: { one: { a: 1 }, two: { a: 2 } },
      b: { small: { b: 3 }, large: { b: 4 } },
    },
    seeds: [1, 2],
    metrics: ['loss'],
    ...change,
  };
}

/** A trial of it. */
export function trial(change: Partial<Trial> = {}): Trial {
  const config: Config = { a: 1, b: 1 };
  return { study: 'sums', point: { a: 'one' }, seed: 1, stage: 'run', tuned: {}, config, ...change };
}

/** A record with plain numbers; give what should differ. */
export function record(change: Partial<TrialRecord> = {}): TrialRecord {
  return {
    version: 1,
    key: 'a'.repeat(64),
    trial: trial(),
    block: 'seed 1',
    machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 8, platform: 'linux x64', node: 'v26.10.0' },
    sources: { '@hashgrad/kernels': '0' },
    startedAt: '2026-11-23T20:15:00.000Z',
    seconds: 1.5,
    shared: false,
    metrics: { loss: 0.1, secondsPerEpoch: 2 },
    series: { loss: [0.5, 0.1], seconds: [1, 2] },
    cost: {
      forward: { multiplyAdds: 100, comparisons: 0, additions: 0, words: 0, entries: 0, candidates: 0 },
    },
    partSeconds: { forward: 1 },
    ...change,
  };
}
