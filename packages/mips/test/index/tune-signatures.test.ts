import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SearchEffort } from '../../src/index/search-options.ts';
import type { TuneResult } from '../../src/index/tune-result.ts';
import { THOROUGH, tuneSignatures } from '../../src/index/tune-signatures.ts';

/** The share of a normal law below x, about. */
const below = (x: number): number => 1 / (1 + Math.exp(-1.702 * x));

/**
 * An index as a formula: the share of the best that signatures, blocks and lengths leave, and microseconds of blocks that are
 * read and vectors that are scored. At a reach of `middle` half of the blocks are read.
 */
interface Model {
  readonly middle: number;
  readonly width: number;
  /** Microseconds of reading everything, and of scoring the vectors within a deviation. */
  readonly read: number;
  readonly score: number;
  /** How soon a share of the longest vectors has most of the best. */
  readonly lengths: number;
}

function ask({ middle, width, read, score, lengths }: Model, options: SearchEffort): TuneResult {
  const { slack = 0, reach = 0, share = 0 } = options;
  const z = (reach - middle) / width;
  const recall = below(slack + 1) * below(z + 1) * below(lengths * share);
  const microseconds = share * (read * below(z) + score * Math.exp(1.4 * slack));
  return {
    hashing: { method: 'signatures', bits: 128, vectors: 'float32' },
    options,
    recall,
    scored: 0,
    microseconds,
    reached: false,
  };
}

function tune(model: Model, goal: number): { result: TuneResult; microseconds: number } {
  let microseconds = 0;
  const tried = (options: SearchEffort): TuneResult => {
    const result = ask(model, options);
    microseconds += result.microseconds;
    return { ...result, reached: result.recall >= goal };
  };
  const thorough = { ...ask(model, THOROUGH), recall: 1, reached: true };
  return { result: tuneSignatures(tried, thorough), microseconds };
}

const models = fc.record({
  middle: fc.double({ min: 2.5, max: 4.5, noNaN: true }),
  width: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
  read: fc.double({ min: 100, max: 2000, noNaN: true }),
  score: fc.double({ min: 20, max: 200, noNaN: true }),
  lengths: fc.double({ min: 5, max: 40, noNaN: true }),
});
const GOALS = [0.7, 0.8, 0.9, 0.95];

describe('tuning of signatures', () => {
  test('reaches the recall, and never takes twice as long as the best options of a grid do', () => {
    fc.assert(
      fc.property(models, fc.constantFrom(...GOALS), (model, goal) => {
        const { result } = tune(model, goal);
        expect(ask(model, result.options).recall).toBeGreaterThanOrEqual(goal);
        let least = Infinity;
        for (let slack = -2; slack <= 3.5; slack += 0.2) {
          for (let reach = 2; reach <= 6; reach += 0.1) {
            for (const share of [1, 0.5, 0.25, 0.125, 0.06]) {
              const { recall, microseconds } = ask(model, { slack, reach, share });
              if (recall >= goal) least = Math.min(least, microseconds);
            }
          }
        }
        expect(result.microseconds).toBeLessThan(2 * least);
      }),
    );
  });

  test('takes no longer for a lower recall, and not as long as a hundred searches of all', () => {
    fc.assert(
      fc.property(models, (model) => {
        const times = GOALS.map((goal) => tune(model, goal));
        for (const [i, { result, microseconds }] of times.entries()) {
          const lower = times[i - 1]?.result.microseconds ?? 0;
          expect(result.microseconds).toBeGreaterThan(0.9 * lower);
          expect(microseconds).toBeLessThan(100 * ask(model, { slack: 1, reach: 6, share: 1 }).microseconds);
        }
      }),
    );
  });
});
