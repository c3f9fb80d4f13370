/** The report of a study: an entry of its own, for it brings a library of plots that records are made without. */
export type { ReportContext, ReportFacts } from './facts.ts';
export { renderReport, type Report } from './report.ts';
