/** From the runs of the study of outputs to one row for each arm. */
import { secondsTo } from './benchmarks/wide-accuracy.ts';
import { FULL } from './outputs-arms.ts';
import type { Learned, OutputsMoment, OutputsRecord } from './outputs-records.ts';
import { spread, type Spread } from './spread.ts';

/** One arm, all its seeds together. */
export interface OutputsRow {
  readonly arm: string;
  /** Number of runs, one a seed. */
  readonly runs: number;
  /** Seconds of training for 100,000 rows. */
  readonly secondsPer100k: Spread;
  /** Multiply-adds of training a row. */
  readonly multiplyAdds: number;
  readonly paddedShare: number;
  /** At the end of training. */
  readonly precision1: Spread;
  readonly precision5: Spread;
  readonly loss: Spread;
  /** Seconds until the arm is where the full softmax of the same seed ends. */
  readonly soon: { readonly [measure in Goal]: Spread | 'never' | undefined };
  readonly curve: readonly OutputsPoint[];
}

/** The measures that have a time to the full softmax's end. */
export type Goal = 'precision1' | 'loss';

/** A checkpoint, over the seeds. */
export interface OutputsPoint {
  readonly rows: number;
  readonly seconds: Spread;
  readonly precision1: Spread;
  readonly precision5: Spread;
  readonly loss: Spread;
}

/** A row for each arm, in the order of the records. */
export function summarizeOutputs(records: readonly OutputsRecord[]): OutputsRow[] {
  const full = new Map(records.filter(({ arm }) => arm === FULL).map((record) => [record.seed, record]));
  return [...Map.groupBy(records, ({ arm }) => arm)].map(([arm, runs]) => {
    const end = (measure: keyof Learned): Spread => spread(runs.map((run) => lastOf(run)[measure]));
    const goal = (measure: Goal): OutputsRow['soon'][Goal] => {
      const known = runs.filter(({ seed }) => full.has(seed));
      if (known.length === 0) return undefined;
      const times = known.map((run) => secondsToGoal(run, lastOf(full.get(run.seed)!), measure));
      return times.every((time) => time !== undefined) ? spread(times) : 'never';
    };
    return {
      arm,
      runs: runs.length,
      secondsPer100k: spread(runs.map((run) => (1e5 * lastOf(run).seconds) / lastOf(run).rows)),
      multiplyAdds: spread(runs.map((run) => lastOf(run).multiplyAdds / lastOf(run).rows)).mean,
      paddedShare: spread(runs.map(({ paddedShare }) => paddedShare)).mean,
      precision1: end('precision1'),
      precision5: end('precision5'),
      loss: end('loss'),
      soon: { precision1: goal('precision1'), loss: goal('loss') },
      curve: curveOf(runs),
    };
  });
}

function lastOf({ moments }: OutputsRecord): OutputsMoment {
  return moments.at(-1)!;
}

/** By straight lines between checkpoints. A network that knows nothing has a P@1 of 0 and the loss log(classes). */
function secondsToGoal(
  { moments, classes }: OutputsRecord,
  goal: Learned,
  measure: Goal,
): number | undefined {
  if (measure === 'precision1') {
    const learned = moments.map(({ seconds, precision1 }) => ({ seconds, precision: precision1 }));
    return secondsTo(goal.precision1, learned);
  }
  const learned = moments.map(({ seconds, loss }) => ({ seconds, precision: -loss }));
  return secondsTo(-goal.loss, learned, -Math.log(classes));
}

function curveOf(runs: readonly OutputsRecord[]): OutputsPoint[] {
  const byRows = Map.groupBy(
    runs.flatMap(({ moments }) => moments),
    ({ rows }) => rows,
  );
  return [...byRows].map(([rows, moments]) => ({
    rows,
    seconds: spread(moments.map(({ seconds }) => seconds)),
    precision1: spread(moments.map(({ precision1 }) => precision1)),
    precision5: spread(moments.map(({ precision5 }) => precision5)),
    loss: spread(moments.map(({ loss }) => loss)),
  }));
}
