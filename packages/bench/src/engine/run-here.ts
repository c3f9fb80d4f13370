/** A study from start to end in one call, for programs. */
import { measureOf } from '../measures/index.ts';
import { inThisProcess } from './executor.ts';
import { planPoints } from './plan.ts';
import type { TrialRecord } from './record.ts';
import { checkPoints, ownMetricsOf, type RunOptions, runStudy } from './runner.ts';
import { packageSources } from './sources.ts';
import { Store } from './store.ts';
import { defineStudy, type Study } from './study.ts';

/**
 * Runs a study in this process, or goes on with it where `folder` has records of it.
 *
 * @param folder holds the records; it is made if need be.
 * @param options `sources` are digests of code of your own that trials depend on, by name: when they change, trials are run
 * again. Measures and metrics that are functions cannot be seen otherwise.
 * @returns the records of all of its trials, failed ones included.
 * @throws {Error} for what makes no study, before the first trial.
 */
export async function runHere(
  study: Study,
  folder: string,
  {
    sources = {},
    ...options
  }: Omit<RunOptions, 'executor'> & { readonly sources?: Readonly<Record<string, string>> } = {},
): Promise<TrialRecord[]> {
  defineStudy(study);
  const points = planPoints(study);
  await checkPoints(study, points);
  using store = Store.open(folder, study.name);
  const executor = inThisProcess(measureOf(study), ownMetricsOf(study));
  const request = { study, points, sources: { ...packageSources(), ...sources } };
  return await runStudy(request, store, { ...options, executor });
}
