/** Runs the trials of a study that are not finished yet, and keeps their records. */
import { metricInfo } from '../analysis/metrics.ts';
import { thisMachine } from './machine.ts';
import { measureOf } from '../measures/index.ts';
import type { Executor, OwnMetrics } from './executor.ts';
import { keyOf, type Sources } from './key.ts';
import { type Block, type PlannedPoint, type PlannedTrial, planRun } from './plan.ts';
import { planTuning } from './plan-tuning.ts';
import { type Progress, silent } from './progress.ts';
import { RECORD_VERSION, type Stage, type Trial, type TrialRecord } from './record.ts';
import { metricsOfSection } from '../report/options.ts';
import { latestRecords, type Store } from './store.ts';
import type { Study } from './study.ts';
import { bestParameters } from './tuned.ts';
import { inShard, type Shard } from './shard.ts';

/** What is to be run. */
export interface RunRequest {
  readonly study: Study;
  readonly points: readonly PlannedPoint[];
  readonly sources: Sources;
}

/** How it is run. */
export interface RunOptions {
  readonly executor: Executor;
  /** Blocks at once. Default 1; with more, times are marked as not comparable, but where the executor knows better. */
  readonly jobs?: number;
  /** Which part of the blocks. Default all. */
  readonly shard?: Shard;
  /** One stage only, of a study that is tuned. Default both. */
  readonly stage?: Stage;
  /** What is run although there are records of it: trials that failed, or all. */
  readonly again?: 'failed' | 'all';
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Checks every config of a study, and that its data is there.
 *
 * @throws {Error} that names the point and what is wrong.
 */
export async function checkPoints(study: Study, points: readonly PlannedPoint[]): Promise<void> {
  const definition = measureOf(study);
  checkMetrics(study);
  checkReport(study);
  const named = async (point: PlannedPoint, check: () => unknown): Promise<void> => {
    try {
      await check();
    } catch (error) {
      const name = Object.values(point.point).join(', ');
      throw new Error(`The study ${study.name}${name ? `, ${name}` : ''}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
  for (const point of points) await named(point, () => definition.check?.(point.config, 'run'));
  const tuning = study.tune === undefined ? [] : planTuning(study, study.tune, points).blocks;
  for (const trial of tuning.flatMap(({ trials }) => trials)) {
    await named(trial, () => definition.check?.(trial.config, 'tune'));
  }
  for (const point of points) await named(point, () => definition.prepare?.(point.config));
}

/** @throws {Error} for a metric that the study's measure does not give, naming those that it gives. */
function checkMetrics(study: Study): void {
  const { metrics: given, name } = measureOf(study);
  const own = study.metrics.filter((metric) => typeof metric !== 'string');
  const wanted = [...study.metrics, ...(study.tune ? [study.tune.metric] : [])];
  for (const metric of wanted.filter((each) => typeof each === 'string')) {
    if (own.some((each) => each.name === metric)) continue;
    metricInfo(metric);
    if (typeof study.measure === 'string' && !given.includes(metric)) {
      throw new Error(
        `The study ${study.name}: the measure ${name} does not give ${metric}; it gives ${given.join(', ')}.`,
      );
    }
  }
}

/** @throws {Error} for a metric of the report that there is not: better known now than when all trials are finished. */
function checkReport(study: Study): void {
  const own = study.metrics.filter((metric) => typeof metric !== 'string');
  for (const section of study.report ?? []) {
    for (const metric of metricsOfSection(section)) {
      try {
        metricInfo(metric, own);
      } catch (error) {
        throw new Error(
          `The study ${study.name}: a section ${section.kind} of its report: ${(error as Error).message}`,
          { cause: error },
        );
      }
    }
  }
}

/** Computes the metrics that a study brings itself. */
export function ownMetricsOf({ metrics }: Study): OwnMetrics {
  return (subject) =>
    Object.fromEntries(
      metrics.flatMap((metric): [string, number][] =>
        typeof metric === 'string' || metric.of === undefined ? [] : [[metric.name, metric.of(subject)]],
      ),
    );
}

/**
 * All trials of a study that can be planned now: those of the run only when its tuning is finished, or there is none; of
 * tuning by successive halving those that follow from the records.
 */
export function planTrials(
  { study, points, sources }: RunRequest,
  records: readonly TrialRecord[],
): Record<Stage, PlannedTrial[]> {
  const keyed = (blocks: readonly Block[]): PlannedTrial[] =>
    blocks.flatMap(({ name, trials }) =>
      trials.map((trial) => ({ trial, key: keyOf(trial, sources), block: name })),
    );
  if (study.tune === undefined) return { tune: [], run: keyed(planRun(study, points)) };
  const byKey = new Map(latestRecords(records).map((record) => [record.key, record]));
  const recordOf = (trial: Trial): TrialRecord | undefined => byKey.get(keyOf(trial, sources));
  const { blocks, finished } = planTuning(study, study.tune, points, recordOf);
  const tune = keyed(blocks);
  if (!finished) return { tune, run: [] };
  const inOrder = tune.map(({ key }) => byKey.get(key) as TrialRecord);
  return { tune, run: keyed(planRun(study, points, bestParameters(study, inOrder))) };
}

/**
 * Runs what is not finished. Each record is in the store before the next trial begins.
 *
 * @returns the records of the study's plan, those from before included.
 * @throws {Error} if the stage 'run' is asked for before tuning is finished, if a record cannot be written, or trials cannot be run.
 * @throws the signal's reason once it is aborted. What was finished is kept.
 */
export async function runStudy(
  request: RunRequest,
  store: Store,
  options: RunOptions,
): Promise<TrialRecord[]> {
  const { stage } = options;
  if (stage === 'tune' && request.study.tune === undefined) {
    throw new Error(`The study ${request.study.name} has nothing to tune.`);
  }
  const ran = new Set<string>();
  const asked = new Set<string>();
  let plan = planTrials(request, store.records);
  // The later trials of successive halving follow from the earlier ones.
  while (plan.tune.some(({ key }) => !asked.has(key))) {
    if (stage === 'run') break;
    for (const { key } of plan.tune) asked.add(key);
    await runTrials(plan.tune, request, store, options, ran);
    plan = planTrials(request, store.records);
  }
  if (stage !== 'tune') {
    if (plan.run.length === 0) {
      const missing =
        plan.tune.length - latestRecords(store.records, new Set(plan.tune.map(({ key }) => key))).length;
      throw new Error(
        `The tuning of ${request.study.name} is not finished: ${missing} of its ${plan.tune.length} trials are missing. ` +
          `Run --stage tune everywhere and merge first.`,
      );
    }
    await runTrials(plan.run, request, store, options, ran);
  }
  return latestRecords(store.records, new Set([...plan.tune, ...plan.run].map(({ key }) => key)));
}

async function runTrials(
  planned: readonly PlannedTrial[],
  { sources }: RunRequest,
  store: Store,
  { executor, jobs = 1, shard, again, progress = silent, signal }: RunOptions,
  ran: Set<string>,
): Promise<void> {
  const mine = shard === undefined ? planned : inShard(planned, shard);
  const keys = new Set(mine.map(({ key }) => key));
  const finished = latestRecords(store.records, keys).filter(
    ({ error }) => again === undefined || (again === 'failed' && error === undefined),
  );
  const done = new Set(finished.map(({ key }) => key));
  const todo = mine.filter(({ key }) => !done.has(key) && !ran.has(key));
  const blocks = [...Map.groupBy(todo, ({ block }) => block).values()];
  const shared = Math.min(jobs, blocks.length) > 1;
  const machine = thisMachine();
  const stop = new AbortController();
  const abort = (): void => stop.abort(signal?.reason);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  const runBlock = async (block: readonly PlannedTrial[]): Promise<void> => {
    const at = (index: number): PlannedTrial => block[index] as PlannedTrial;
    await executor.runBlock(
      block.map(({ trial }) => trial),
      {
        begin: (index) => progress.begin(at(index)),
        progress: (index, share) => progress.progress(at(index), share),
        note: (text) => progress.note(text),
        end(index, outcome, place = { machine, shared }) {
          const { key, trial, block: name } = at(index);
          const none = { metrics: {}, series: {}, cost: {}, partSeconds: {} };
          const { seconds, startedAt } = outcome;
          const record: TrialRecord = {
            version: RECORD_VERSION,
            key,
            trial,
            block: name,
            machine: place.machine,
            sources,
            startedAt,
            seconds,
            shared: place.shared,
            ...('error' in outcome ? { ...none, error: outcome.error } : outcome.measured),
          };
          store.append(record);
          ran.add(key);
          progress.end(record);
        },
      },
      stop.signal,
    );
  };
  progress.start(todo, finished, jobs);
  const waiting = [...blocks];
  const work = async (): Promise<void> => {
    for (let block = waiting.shift(); block !== undefined; block = waiting.shift()) {
      stop.signal.throwIfAborted();
      await runBlock(block);
    }
  };
  try {
    const workers = Array.from({ length: Math.min(Math.max(1, jobs), blocks.length) }, work);
    // One that fails stops the others; their processes must be gone before the folder is given back.
    for (const worker of workers) worker.catch((error: unknown) => stop.abort(error));
    await Promise.allSettled(workers);
    await Promise.all(workers);
  } finally {
    signal?.removeEventListener('abort', abort);
    progress.stop();
  }
}
