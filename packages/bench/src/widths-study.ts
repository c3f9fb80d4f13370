/** The study of widths: from what width of the hidden layer on does hashing win? A study of selectors for each width. */
import type { DenseDataset, Split } from '@hashgrad/datasets';
import { collectGarbage } from './collect-garbage.ts';
import { timeDense } from './dense-batches.ts';
import type { DenseTiming } from './dense-batches.ts';
import { silent } from './progress.ts';
import type { Progress } from './progress.ts';
import type { RunRecord } from './records.ts';
import { runStudy } from './study.ts';
import { planStudy } from './plan.ts';
import type { StudySettings } from './plan.ts';
import { summarize } from './summary.ts';
import type { SummaryRow } from './summary.ts';

/** Everything that decides what a study of widths measures. */
export interface WidthsSettings extends Omit<StudySettings, 'hidden' | 'fractions'> {
  /** Units of the one hidden layer, a study each. */
  readonly widths: readonly number[];
  /** What sparse arms may compute: a share of the units, in (0, 1], or so many whatever the width. */
  readonly active: { readonly fraction: number } | { readonly count: number };
  /** Batch sizes that dense is timed at; the study's own is always one of them. */
  readonly denseBatches: readonly number[];
}

/** What was measured at one width. */
export interface WidthResult {
  readonly width: number;
  readonly records: readonly RunRecord[];
  /** Dense by batch size, ascending; empty if dense is no arm. */
  readonly dense: readonly DenseTiming[];
}

/** Where progress and results go. */
export interface WidthsOutputs {
  /** Is told that a width begins, and gives what its study tells its progress. */
  readonly progressOf?: (width: number) => Progress;
  /** Is given each record as soon as its run is finished. */
  readonly onRecord?: (record: RunRecord) => void;
  /** All of a width is measured. */
  readonly onResult?: (result: WidthResult) => void;
}

/** The study of each width, ascending. @throws Error or RangeError for what makes no study. */
export function planWidths(settings: WidthsSettings): StudySettings[] {
  const { widths, active, arms, seeds, epochs, batchSize, threads, rate } = settings;
  const shared = { arms, seeds, epochs, batchSize, threads, rate };
  if (widths.length === 0)
    throw new Error('A study of widths needs at least one of its widths, but the list is empty.');
  const repeated = widths.find((width, index) => widths.indexOf(width) !== index);
  if (repeated !== undefined) throw new Error(`The list of widths holds ${repeated} twice.`);
  const studies = widths
    .toSorted((a, b) => a - b)
    .map((width): StudySettings => {
      if ('count' in active && active.count > width) {
        throw new RangeError(
          `${active.count} active units were asked for, but the narrowest layer has ${width}.`,
        );
      }
      // A count is a share of its own at every width; the share of the units rounds to the count again.
      const fraction = 'count' in active ? active.count / width : active.fraction;
      return { ...shared, hidden: [width], fractions: [fraction] };
    });
  for (const study of studies) planStudy(study);
  return studies;
}

/**
 * Makes the study of each width, the narrowest first.
 *
 * @throws Error or RangeError for settings that make no study, before the first run.
 */
export async function runWidths(
  split: Split<DenseDataset>,
  settings: WidthsSettings,
  { progressOf, onRecord, onResult }: WidthsOutputs = {},
): Promise<WidthResult[]> {
  const studies = planWidths(settings);
  const batches = [...new Set([settings.batchSize, ...settings.denseBatches])].toSorted((a, b) => a - b);
  const largest = batches.at(-1) as number;
  if (largest > split.train.rows) {
    throw new RangeError(
      `Dense cannot be timed at batches of ${largest}: there are ${split.train.rows} training samples.`,
    );
  }
  const results: WidthResult[] = [];
  for (const study of studies) {
    const width = study.hidden[0] as number;
    const progress = progressOf?.(width) ?? silent;
    const withDense = planStudy(study).some(({ arm }) => arm === 'dense');
    const dense = withDense ? await timeDense(split.train, study, batches) : [];
    collectGarbage();
    const records = await runStudy(split, study, {
      progress,
      onRecord: (record) => {
        collectGarbage();
        onRecord?.(record);
      },
    });
    const result = { width, records, dense };
    results.push(result);
    onResult?.(result);
  }
  return results;
}

/** One arm at one width, or dense at the batch size at which it is fastest. */
export interface WidthRow {
  readonly width: number;
  readonly label: string;
  /** Of the dense network at its best batch size only the time is known. */
  readonly summary: SummaryRow | null;
  readonly secondsPerEpoch: number;
  /** Time as a multiple of dense's at its best batch size; `null` if dense is no arm. */
  readonly relative: number | null;
}

/** What dense at its best batch size is called. */
export const BEST_DENSE = 'dense, best batch';

/** The fastest of dense's batch sizes, and its time as a share of that at the study's own. */
export function bestBatch({ records, dense }: WidthResult): { batchSize: number; share: number } | null {
  const own = dense.find(({ batchSize }) => batchSize === records[0]?.batchSize);
  if (own === undefined) return null;
  const best = dense.reduce((a, b) => (b.secondsPerSample < a.secondsPerSample ? b : a));
  return { batchSize: best.batchSize, share: best.secondsPerSample / own.secondsPerSample };
}

/**
 * The rows of a width. What dense gains by its best batch size was measured by single steps, by turns; a run is compared with
 * the dense run of the same seed, of which that share is taken.
 */
export function widthRows(result: WidthResult): WidthRow[] {
  const { width } = result;
  const best = bestBatch(result);
  return summarize(result.records).flatMap((summary): WidthRow[] => {
    const { arm, secondsRelative } = summary;
    const seconds = summary.secondsPerEpoch.median;
    const relative = best && secondsRelative ? secondsRelative.median / best.share : null;
    const row = { width, label: arm, summary, secondsPerEpoch: seconds, relative };
    if (arm !== 'dense' || best === null) return [row];
    return [
      row,
      { width, label: BEST_DENSE, summary: null, secondsPerEpoch: seconds * best.share, relative: 1 },
    ];
  });
}
