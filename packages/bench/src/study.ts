/** The ablation study of selectors: making the runs that it has. */
import type { Split, DenseDataset } from '@hashgrad/datasets';
import { planStudy } from './plan.ts';
import type { StudySettings } from './plan.ts';
import { silent } from './progress.ts';
import type { Progress } from './progress.ts';
import type { RunRecord } from './records.ts';
import { runOnce } from './run.ts';

/** Where the progress and the records of a study go. */
export interface StudyOutputs {
  readonly progress?: Progress;
  /** Is given each record as soon as its run is finished. */
  readonly onRecord?: (record: RunRecord) => void;
}

/**
 * Makes all runs of a study, one after the other.
 *
 * @returns the records, in the order of {@link planStudy}.
 */
export async function runStudy(
  split: Split<DenseDataset>,
  settings: StudySettings,
  outputs: StudyOutputs = {},
): Promise<RunRecord[]> {
  const { progress = silent, onRecord } = outputs;
  const plan = planStudy(settings);
  const records: RunRecord[] = [];
  progress.start(plan, settings.epochs);
  try {
    for (const run of plan) {
      progress.begin(run);
      const record = await runOnce(split, run, settings, (epoch) => progress.epoch(epoch));
      records.push(record);
      onRecord?.(record);
      progress.end(record);
    }
  } finally {
    progress.stop();
  }
  return records;
}
