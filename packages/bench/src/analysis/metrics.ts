/** The registry of metrics: unit, direction, whether it is deterministic, and what it says. */
import type { TrialRecord } from '../engine/record.ts';
import { totalWork } from './costs.ts';

/**
 * Units that numbers are shown by: a share lies between 0 and 1 and is shown in per cent, differences of shares in points;
 * multiply-adds, bytes and counts get prefixes. Any other unit is shown behind the number.
 */
export type Unit = 'share' | 'nats' | 'multiply-adds' | 'count' | 'seconds' | '1/s' | 'bytes' | 'ratio';

/** What is known of a metric. */
export interface MetricInfo {
  /** Its key in the records, e.g. `accuracy.sparse`. */
  readonly name: string;
  /** How tables and axes call it, without its unit. */
  readonly title: string;
  /** One of {@link Unit}, or a unit of one's own. */
  readonly unit: Unit | (string & {});
  readonly better: 'higher' | 'lower';
  /** Whether a repeated trial gives the same number to the bit. Times are not deterministic. */
  readonly deterministic: boolean;
  /** One sentence. */
  readonly description: string;
}

/** A metric that is worked out of a record, rather than stored in it. */
interface Derived extends MetricInfo {
  readonly of: (record: TrialRecord) => number | undefined;
}

const exact = { deterministic: true } as const;
const timed = { deterministic: false } as const;
const share = { unit: 'share', better: 'higher', ...exact } as const;

/** The metrics that the measures of this package give. A study's own are told to {@link metricInfo}. */
export const METRICS: readonly MetricInfo[] = [
  {
    ...share,
    name: 'accuracy.full',
    title: 'accuracy, full pass',
    description: 'Share of test rows classified correctly when all units are computed.',
  },
  {
    ...share,
    name: 'accuracy.sparse',
    title: 'accuracy, sparse pass',
    description: 'Share of test rows classified correctly when only the chosen units are computed.',
  },
  {
    ...share,
    name: 'precision1',
    title: 'P@1',
    description: 'Share of test rows whose most probable class is one of their labels.',
  },
  {
    ...share,
    name: 'precision5',
    title: 'P@5',
    description: 'Share of the 5 most probable classes that are labels, mean over the test rows.',
  },
  {
    ...exact,
    name: 'loss',
    title: 'loss',
    unit: 'nats',
    better: 'lower',
    description: 'Cross-entropy of the full softmax, mean over the test rows.',
  },
  {
    ...exact,
    name: 'loss.sparse',
    title: 'loss, sparse pass',
    unit: 'nats',
    better: 'lower',
    description:
      'Cross-entropy of the softmax when only the chosen hidden units are computed, mean over the test rows.',
  },
  {
    ...share,
    name: 'gain.precision1',
    title: 'P@1 above frequency’s',
    description: 'P@1, less that of always naming the most frequent class of the training rows.',
  },
  {
    ...exact,
    name: 'gain.loss',
    title: 'loss below frequencies’',
    unit: 'nats',
    better: 'higher',
    description:
      'Cross-entropy of the frequencies of the classes among the training rows, less the network’s.',
  },
  {
    ...share,
    name: 'activeShare',
    title: 'active',
    better: 'lower',
    description: 'Mean share of hidden units, or of classes, computed in training.',
  },
  {
    ...share,
    name: 'paddedShare',
    title: 'padded',
    better: 'lower',
    description: 'Share of active units that were filled in at random, in the last epoch.',
  },
  {
    ...share,
    name: 'deadShare',
    title: 'dead',
    better: 'lower',
    description:
      'Share of the hidden units that give nothing but 0 for all test rows, in layers that choose units.',
  },
  {
    ...share,
    name: 'recall',
    title: 'recall',
    description: 'Share of the true nearest items that were found; of several efforts by the greatest.',
  },
  {
    ...share,
    name: 'recallWithin',
    title: 'recall within the share',
    description:
      'Recall of the greatest effort that scores no more than the share of the items that the study allows.',
  },
  {
    ...share,
    name: 'overlap',
    title: 'of the highest',
    description: 'Share of the units with the highest activations that were chosen, mean over the rows.',
  },
  {
    ...share,
    name: 'mass',
    title: 'sum found',
    description:
      'Sum of the activations of the units that were chosen, as a share of that of as many with the highest; of several efforts the greatest.',
  },
  {
    ...share,
    name: 'massWithin',
    title: 'sum found within the work',
    description:
      'The same of the efforts whose choice takes no more than the share of the work that the study allows.',
  },
  {
    ...share,
    name: 'chooseShare',
    title: 'work of choosing',
    better: 'lower',
    description:
      'Work of hashing a row and choosing its units, all counts of it in multiply-adds, as a share of the products of all units.',
  },
  ...[50, 80, 90].map((goal): MetricInfo => ({
    ...share,
    name: `chooseShareAt${goal}`,
    title: `work of choosing at ${goal} %`,
    better: 'lower',
    description: `The same where ${goal} % of the sum are found, between two efforts interpolated.`,
  })),
  {
    ...share,
    name: 'kept',
    title: 'P@1 kept',
    description: 'P@1 of the labels that were found, as a share of that of an exact search.',
  },
  {
    ...share,
    name: 'precision',
    title: 'precision',
    description: 'Share of the items up to a rank that are true ones, mean over the queries.',
  },
  {
    ...share,
    name: 'averagePrecision',
    title: 'average precision',
    description: 'Precision at the rank of each true item, mean over these and over the queries.',
  },
  {
    ...exact,
    name: 'outputError',
    title: 'error of the output',
    unit: 'ratio',
    better: 'lower',
    description:
      'Length of the difference between the output and that of exact attention, in lengths of that one, mean over the queries.',
  },
  {
    ...share,
    name: 'readShare',
    title: 'keys read',
    better: 'lower',
    description: 'Share of the keys whose products and values were read, mean over the queries.',
  },
  {
    ...share,
    name: 'examined',
    title: 'share scored',
    better: 'lower',
    description: 'Share of the items whose score was computed, mean over the queries.',
  },
  {
    ...timed,
    name: 'queriesPerSecond',
    title: 'queries a second',
    unit: '1/s',
    better: 'higher',
    description: 'Queries answered one after the other in a second.',
  },
  ...[80, 90, 95, 99].map((goal): MetricInfo => ({
    ...timed,
    name: `queriesPerSecondAt${goal}`,
    title: `queries a second at ${goal} %`,
    unit: '1/s',
    better: 'higher',
    description: `Queries a second at a recall of ${goal} %, between two efforts interpolated.`,
  })),
  {
    ...timed,
    name: 'microseconds',
    title: 'µs a row',
    unit: 'µs',
    better: 'lower',
    description: 'Microseconds that a query takes, one after the other.',
  },
  ...[90, 95, 99].map((goal): MetricInfo => ({
    ...timed,
    name: `microsecondsAt${goal}`,
    title: `µs a row at ${goal} % of P@1`,
    unit: 'µs',
    better: 'lower',
    description: `Microseconds a query where ${goal} % of the exact P@1 are kept, between two efforts interpolated.`,
  })),
  {
    ...timed,
    name: 'secondsPerEpoch',
    title: 'time an epoch',
    unit: 'seconds',
    better: 'lower',
    description: 'Training time of one pass over the training rows, evaluations left out.',
  },
  {
    ...timed,
    name: 'secondsPer100k',
    title: 'time per 100,000 rows',
    unit: 'seconds',
    better: 'lower',
    description: 'Training time of 100,000 rows, evaluations left out.',
  },
  {
    ...exact,
    name: 'multiplyAdds',
    title: 'multiply-adds',
    unit: 'multiply-adds',
    better: 'lower',
    description: 'Multiply-adds alone per training sample; see work for all counts together.',
  },
];

const DERIVED: readonly Derived[] = [
  {
    ...exact,
    name: 'work',
    title: 'work',
    unit: 'multiply-adds',
    better: 'lower',
    description:
      'All counts of all parts per training sample (or query) in multiply-adds, choosing and updates included.',
    of: ({ cost }) => (Object.keys(cost).length === 0 ? undefined : totalWork(cost)),
  },
  {
    ...timed,
    name: 'partSeconds',
    title: 'time of all parts',
    unit: 'seconds',
    better: 'lower',
    description: 'Seconds of all parts of the work together.',
    of: ({ partSeconds }) => {
      const seconds = Object.values(partSeconds);
      return seconds.length === 0 ? undefined : seconds.reduce((sum, each) => sum + each, 0);
    },
  },
];

/**
 * What is known of the metric called `name`.
 *
 * @param own the study's own metrics, which go before the registry's of the same name.
 * @throws {Error} for an unknown name; the message lists what there is.
 */
export function metricInfo(name: string, own: readonly MetricInfo[] = []): MetricInfo {
  const all: readonly MetricInfo[] = [...own, ...METRICS, ...DERIVED];
  const found = all.find((metric) => metric.name === name);
  if (found === undefined) {
    throw new Error(
      `There is no metric ${JSON.stringify(name)}. There are ${all.map((metric) => metric.name).join(', ')}.`,
    );
  }
  return found;
}

/** The value of a metric in a record, stored or worked out; `undefined` where it has none. */
export function metricValue(record: TrialRecord, name: string): number | undefined {
  if (record.error !== undefined) return undefined;
  return record.metrics[name] ?? DERIVED.find((metric) => metric.name === name)?.of(record);
}

/** Whether two values are compared by their ratio rather than their difference: times, rates and amounts of work. */
export function isRatio({ unit }: MetricInfo): boolean {
  return ['seconds', 'µs', '1/s', 'multiply-adds', 'bytes', 'count'].includes(unit);
}
