/** How long a network is trained: for some epochs, or until a budget is spent. */
import { type EpochReport, type FitOptions, PARTS, type Spent, workOf } from '@hashgrad/sparse-nn';

/** The part of a config that says so. Training ends with the first limit that it reaches. */
export interface LengthConfig {
  /** Passes over the training rows; `null` if the budget alone says where training ends. */
  readonly epochs: number | null;
  /** What training may take: it ends after the step that spends it, perhaps in the middle of an epoch. */
  readonly budget: {
    /** Of training alone. Where training ends then differs from time to time and between machines. */
    readonly seconds: number | null;
    /** All work, every kind of it by its weight: the metric `work`, summed over the rows. The same everywhere. */
    readonly multiplyAdds: number | null;
  };
}

/** No limit but the epochs. */
export const NO_BUDGET: LengthConfig['budget'] = { seconds: null, multiplyAdds: null };

/** @throws {RangeError} if a limit is out of range, or there is none. */
export function checkLength({ epochs, budget }: LengthConfig): void {
  const { seconds, multiplyAdds } = budget;
  if (epochs !== null && !(Number.isInteger(epochs) && epochs >= 1)) {
    throw new RangeError(`epochs is a whole number of at least 1, or null; got ${JSON.stringify(epochs)}.`);
  }
  for (const [name, value] of Object.entries({ seconds, multiplyAdds })) {
    if (value !== null && !(value > 0 && value < Infinity)) {
      throw new RangeError(`budget.${name} is a number above 0, or null; got ${JSON.stringify(value)}.`);
    }
  }
  if (epochs === null && seconds === null && multiplyAdds === null) {
    throw new RangeError('training would have no end: set epochs, budget.multiplyAdds or budget.seconds.');
  }
}

/** How long training lasts, and how much of it is over. */
export class Length {
  /** Of the run, at most. */
  readonly epochs: number;
  readonly #budget: LengthConfig['budget'];
  /** In the epochs that have ended. */
  readonly #spent = { epochs: 0, seconds: 0, work: 0 };

  constructor({ epochs, budget }: LengthConfig) {
    this.epochs = epochs ?? Number.MAX_SAFE_INTEGER;
    this.#budget = budget;
  }

  /** For `fit`. */
  get options(): FitOptions {
    const { seconds, multiplyAdds } = this.#budget;
    const until = (spent: Spent): boolean =>
      (seconds !== null && this.#spent.seconds + spent.seconds >= seconds) ||
      (multiplyAdds !== null && this.#spent.work + spent.work >= multiplyAdds);
    return { epochs: this.epochs, ...(seconds === null && multiplyAdds === null ? {} : { until }) };
  }

  ended(report: EpochReport): void {
    this.#spent.epochs = report.epoch;
    this.#spent.seconds += report.seconds;
    this.#spent.work += workOf(report, PARTS);
  }

  /** From 0 to 1. */
  get done(): number {
    const { seconds, multiplyAdds } = this.#budget;
    const { epochs, ...spent } = this.#spent;
    const shares = [spent.seconds / (seconds ?? Infinity), spent.work / (multiplyAdds ?? Infinity)];
    return Math.min(1, Math.max(epochs / this.epochs, ...shares));
  }
}
