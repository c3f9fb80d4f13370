import type { Split, DenseDataset } from '@hashgrad/datasets';
import type { EpochRecord, RunRecord } from './records.ts';
import type { PlannedRun, StudySettings } from './study.ts';
export async function runOnce(
  _a: Split<DenseDataset>,
  _b: PlannedRun,
  _c: StudySettings,
  _d: (epoch: EpochRecord) => void,
): Promise<RunRecord> {
  throw new Error('x');
}
