/** Studies: to define one's own, to run them from programs, and to read their records. Reports are `@hashgrad/bench/report`'s; the command line is `hashgrad`. */
export { compare, type Comparison } from './analysis/compare.ts';
export { contrasts, type Contrast, type ContrastOutcome } from './analysis/contrasts.ts';
export { summarize, type PointSummary } from './analysis/aggregate.ts';
export { METRICS, metricInfo, metricValue, type MetricInfo } from './analysis/metrics.ts';
export { ATTENTION_METHODS, type AttentionMethod } from './arms/attention.ts';
export { RANKING_METHODS, type RankingMethod } from './arms/ranking.ts';
export { OUTPUT_ARMS, OUTPUTS_ARMS } from './arms/outputs.ts';
export { CHOOSERS } from './arms/choosers.ts';
export { SEARCH_METHODS, type HashedMethod, type SearchMethod } from './arms/search.ts';
export { ARMS, armSpec, hiddenArms, type Arm, type ArmOptions } from './arms/hidden.ts';
export { childProcesses, type Limits, type StudyReference } from './engine/child-processes.ts';
export {
  type Executor,
  inThisProcess,
  type OwnMetrics,
  type Place,
  RefusedError,
  type TrialEvents,
} from './engine/executor.ts';
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
} from './engine/study.ts';
export { describeMachine, thisMachine, type Machine } from './engine/machine.ts';
export type { Candidates, GridSearch, HalvingSearch, RandomSearch, Range, Tuning } from './engine/tuning.ts';
export type { WorkerMessage, WorkerRequest } from './engine/worker-protocol.ts';
export { MEASURES, measureOf } from './measures/index.ts';
export { choosingConfig, type ChoosingConfig } from './measures/choosing.ts';
export { attentionConfig, type AttentionConfig } from './measures/attention.ts';
export { hashRankingConfig, type HashRankingConfig } from './measures/hash-ranking.ts';
export { searchConfig, type SearchConfig } from './measures/search.ts';
export { trainConfig, type TrainConfig, type Trained, type TrainOptions } from './measures/train.ts';
export { queueExecutor, type Asked } from './queue/queue-executor.ts';
export { STUDIES } from './studies/index.ts';
export type { SectionSpec } from './report/facts.ts';
export { byFrequency } from './tasks/class-frequencies.ts';
export { extreme, type ExtremeTask } from './tasks/extreme.ts';
export { films, type FilmsTask } from './tasks/films.ts';
export { images, type ImagesTask } from './tasks/images.ts';
export { registerTask } from './tasks/index.ts';
export { languageModel, type LanguageModelTask } from './tasks/language-model.ts';
export { layer, type LayerTask } from './tasks/layer.ts';
export { madeUpVectors, type CorpusSize, type MadeUpVectors } from './tasks/made-up-vectors.ts';
export { memorise, type MemoriseTask } from './tasks/memorise.ts';
export { needles, type NeedlesTask } from './tasks/needles.ts';
export { pureSvd, type Factors } from './tasks/pure-svd.ts';
export type { Corpus, KeyValues, LabelledRows, TaskData, TaskDefinition } from './tasks/task.ts';
export { trainedOutputs, type TrainedOutputsTask } from './tasks/trained-outputs.ts';
export { words, type WordsTask } from './tasks/words.ts';
