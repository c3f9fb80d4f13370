/** Studies, their records and their report, for use from programs; the command line is `hashgrad`. */
export { ARMS, armSpec, DEFAULT_ARMS, type Arm, type ArmOptions } from './arms.ts';
export { describeMachine, thisMachine, type Machine, type StudyContext } from './machine.ts';
export { CORPORA, clustered, flat, lognormal, type Corpus, type CorpusSize } from './corpora.ts';
export type { Learned, OutputsMoment, OutputsRecord } from './outputs-records.ts';
export { outputsTable, renderOutputsReport } from './outputs-report.ts';
export { runOutputsStudy, type OutputsSettings } from './outputs-study.ts';
export { byFrequency } from './outputs-task.ts';
export { consoleProgress, type Progress } from './progress.ts';
export { pureSvd, type Factors } from './pure-svd.ts';
export { checkRecord, type EpochRecord, type RunRecord } from './records.ts';
export { renderReport } from './report.ts';
export { appendRecord, readRecords, startRecords, writeWhole } from './store.ts';
export { planStudy, type PlannedRun, type StudySettings } from './plan.ts';
export { runStudy, type StudyOutputs } from './study.ts';
export { summarize, type CurvePoint, type Range, type Spread, type SummaryRow } from './summary.ts';
export { summaryTable } from './table.ts';
