/** Studies: to define one's own, to run them from programs, and to read their records. The command line is `hashgrad`. */
export { compare, type Comparison } from './analysis/compare.ts';
export { contrasts, type Contrast, type ContrastOutcome } from './analysis/contrasts.ts';
export { summarize, type PointSummary } from './analysis/aggregate.ts';
export { METRICS, metricInfo, metricValue, type MetricInfo } from './analysis/metrics.ts';
export { ARMS, armSpec, hiddenArms, type Arm, type ArmOptions } from './arms/hidden.ts';
export { childProcesses, type Limits, type StudyReference } from './engine/child-processes.ts';
export { type Executor, inThisProcess, type OwnMetrics, type TrialEvents } from './engine/executor.ts';
export type { Sources } from './engine/key.ts';
export type { Measure, MeasureContext, Measured, MeasureDefinition, Outcome } from './engine/measure.ts';
export { mergeRecords, type RecordsOf } from './engine/merge.ts';
export type { Changes } from './engine/changes.ts';
export { planPoints, type Block, type PlannedPoint, type PlannedTrial } from './engine/plan.ts';
export type { Progress } from './engine/progress.ts';
export {
  checkTrialRecord,
  RECORD_VERSION,
  type Config,
  type Cost,
  type Json,
  type Point,
  type Stage,
  type Trial,
  type TrialError,
  type TrialRecord,
} from './engine/record.ts';
export { checkPoints, ownMetricsOf, runStudy, type RunOptions, type RunRequest } from './engine/runner.ts';
export { runHere } from './engine/run-here.ts';
export { packageSources } from './engine/sources.ts';
export { latestRecords, readRecords, Store } from './engine/store.ts';
export {
  defineStudy,
  sized,
  type Factor,
  type Level,
  type OwnMetric,
  type Size,
  type SizeName,
  type Study,
  type Tuning,
} from './engine/study.ts';
export { describeMachine, thisMachine, type Machine, type StudyContext } from './machine.ts';
export { MEASURES, measureOf } from './measures/index.ts';
export { trainConfig, type TrainConfig, type Trained, type TrainOptions } from './measures/train.ts';
export { CORPORA, clustered, flat, lognormal, type Corpus, type CorpusSize } from './corpora.ts';
export type { Learned, OutputsMoment, OutputsRecord } from './outputs-records.ts';
export { outputsTable, renderOutputsReport } from './outputs-report.ts';
export { runOutputsStudy, type OutputsSettings } from './outputs-study.ts';
export { byFrequency } from './outputs-task.ts';
export { pureSvd, type Factors } from './pure-svd.ts';
export { STUDIES } from './studies/index.ts';
export { renderReport, type Report } from './report/report.ts';
export type { ReportContext, ReportFacts, SectionSpec } from './report/facts.ts';
export { images, type ImagesTask } from './tasks/images.ts';
export { registerTask } from './tasks/index.ts';
export type { TaskDefinition } from './tasks/task.ts';
