/** When a layer's hash tables are made anew while its weights move: schedules, as plain JSON. */
import { countOf } from '../selector-state.ts';
import type { SelectorState } from '../selector.ts';
import type { ChangeDetector } from './change-detector.ts';

/** After so many steps, again and again; or a schedule. */
export type RehashSpec = number | RehashSamplesSpec | RehashDecaySpec | RehashOnChangeSpec | RehashNeverSpec;

/** Rehashing by samples as plain JSON, see `rehashSamples`. */
export interface RehashSamplesSpec {
  readonly kind: 'samples';
  /** Samples from one rehash to the next. */
  readonly every: number;
}

/** Ever rarer rehashing as plain JSON, see `rehashDecay`. */
export interface RehashDecaySpec {
  readonly kind: 'decay';
  /** Steps before the first rehash, N0. */
  readonly first: number;
  /** By what factor the time to the next one grows: e^lambda. */
  readonly rate: number;
}

/** Rehashing when weights have turned, as plain JSON, see `rehashOnChange`. */
export interface RehashOnChangeSpec {
  readonly kind: 'onChange';
  /** Share of the signatures' bits, above 0 and below 1, that must have changed. */
  readonly threshold: number;
  /** Steps between two looks at it. */
  readonly every: number;
  /** Bits of a unit's signature. */
  readonly bits: number;
}

/** Tables that stay as they are, as plain JSON, see `rehashNever`. */
export interface RehashNeverSpec {
  readonly kind: 'never';
}

/**
 * After so many samples, again and again, whatever the size of a batch: at the end of the step that completes them. So
 * networks that are trained in batches of different sizes rehash equally often in an epoch. SLIDE's own program does it
 * every 6,400 samples.
 */
export function rehashSamples(every: number): RehashSamplesSpec {
  return { kind: 'samples', every };
}

/**
 * SLIDE's exponential decay (Chen et al., MLSys 2020, section 3.1): the t-th rehash comes at step
 * first * (1 + e^rate + ... + e^(rate (t - 1))), rounded. Weights move ever less, so that tables stay good for longer.
 * `first` is 50 by default, as in the paper.
 */
export function rehashDecay(parameters: { readonly rate: number; readonly first?: number }): RehashDecaySpec {
  return { kind: 'decay', first: 50, ...parameters };
}

/**
 * Change detection as in MONGOOSE (Chen et al., ICLR 2021, section 3.2): each unit has a signature of `bits` (default 32)
 * signs of random projections, which is much cheaper to compute than its codes. Every so many steps (`every`, default 10)
 * those of the units that were updated are computed again, and the tables are made anew if more than `threshold` of all
 * bits differ from what they were at the last rehash. A weight vector that turned by an angle has that angle over pi of
 * its bits changed.
 */
export function rehashOnChange(parameters: {
  readonly threshold: number;
  readonly every?: number;
  readonly bits?: number;
}): RehashOnChangeSpec {
  return { kind: 'onChange', every: 10, bits: 32, ...parameters };
}

/** The tables stay as the initial weights made them: what the similarity to weights that learn is worth (an ablation). */
export function rehashNever(): RehashNeverSpec {
  return { kind: 'never' };
}

/** @throws {RangeError} if it is no schedule, or a number in it is out of its range. */
export function checkRehash(kind: string, spec: RehashSpec): void {
  const check = (good: boolean, name: string, range: string, value: unknown): void => {
    if (!good) throw new RangeError(`${kind}: ${name} is ${range}; got ${String(value)}.`);
  };
  if (typeof spec === 'number') {
    return check(isCount(spec), 'rehash', 'a number of steps, 1 or more, or a schedule', spec);
  }
  switch (spec?.kind) {
    case 'samples':
      check(isCount(spec.every), 'every of rehash', 'a number of samples, 1 or more', spec.every);
      return;
    case 'decay':
      check(isCount(spec.first), 'first of rehash', 'a number of steps, 1 or more', spec.first);
      check(spec.rate >= 0 && spec.rate < Infinity, 'rate of rehash', '0 or more', spec.rate);
      return;
    case 'onChange':
      check(
        spec.threshold > 0 && spec.threshold < 1,
        'threshold of rehash',
        'above 0 and below 1',
        spec.threshold,
      );
      check(isCount(spec.every), 'every of rehash', 'a number of steps, 1 or more', spec.every);
      check(isCount(spec.bits) && spec.bits <= 1024, 'bits of rehash', 'from 1 to 1024', spec.bits);
      return;
    case 'never':
      return;
    default:
      throw new RangeError(
        `${kind}: rehash is a number of steps, rehashSamples(...), rehashDecay(...), rehashOnChange(...) or ` +
          `rehashNever(); got ${JSON.stringify(spec)}.`,
      );
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/** The step at which SLIDE's schedule has its rehash number `time`, from 1 on. */
export function decayStep({ first, rate }: RehashDecaySpec, time: number): number {
  let sum = 0;
  for (let i = 0; i < time; i++) sum += first * Math.exp(rate * i);
  return Math.round(sum);
}

/** Tells at each step whether it is time. */
export class RehashClock {
  readonly #spec: RehashSpec;
  readonly #detector: ChangeDetector | undefined;
  /** Rehashes so far. */
  times = 0;
  /** Training steps so far. */
  step = 0;
  /** Samples so far. */
  samples = 0;

  /** The detector is for the schedule that needs one. */
  constructor(spec: RehashSpec, detector: ChangeDetector | undefined) {
    this.#spec = spec;
    this.#detector = detector;
  }

  /** Whether to rehash after another training step, of so many samples; `rows` were updated since the last rehash. */
  tick(samples: number, rows: Int32Array): boolean {
    this.step++;
    this.samples += samples;
    const due = this.#isDue(samples, rows);
    if (due) this.times++;
    return due;
  }

  /** What a checkpoint keeps. */
  state(): Record<string, number> {
    const counters = { step: this.step, rehashes: this.times };
    return this.#bySamples ? { ...counters, samples: this.samples } : counters;
  }

  restore(state: SelectorState): void {
    this.step = countOf(state, 'step');
    this.times = countOf(state, 'rehashes');
    if (this.#bySamples) this.samples = countOf(state, 'samples');
  }

  get #bySamples(): boolean {
    return typeof this.#spec === 'object' && this.#spec.kind === 'samples';
  }

  #isDue(samples: number, rows: Int32Array): boolean {
    const spec = this.#spec;
    if (typeof spec === 'number') return this.step % spec === 0;
    switch (spec.kind) {
      case 'samples':
        return this.samples % spec.every < samples;
      case 'decay':
        return this.step === decayStep(spec, this.times + 1);
      case 'onChange':
        return this.step % spec.every === 0 && this.#detector!.changed(rows) > spec.threshold;
      case 'never':
        return false;
    }
  }
}
