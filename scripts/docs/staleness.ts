/** Whether records that are quoted are still those of the study as it is. */
import { changed } from '../../packages/bench/src/engine/changes.ts';
import { canonicalJson } from '../../packages/bench/src/engine/json.ts';
import { planPoints, planRun } from '../../packages/bench/src/engine/plan.ts';
import type { Json, Trial, TrialRecord } from '../../packages/bench/src/engine/record.ts';
import { sized, type SizeName, type Study } from '../../packages/bench/src/engine/study.ts';
import { plural } from '../../packages/bench/src/format.ts';

/**
 * What of the records is not as the study would have it now, one sentence each; none if all is. What the code computes is for
 * other tests to hold, and an option that is newer than the records is taken to be what they had.
 */
export function staleness(study: Study, size: SizeName, records: readonly TrialRecord[]): string[] {
  const now = sized(study, size);
  const planned = planRun(now, planPoints(now, [], study)).flatMap(({ trials }) => trials);
  const wanted = new Map(planned.map((trial) => [addressOf(trial), trial]));
  const runs = records.filter(({ trial }) => trial.stage === 'run');
  const there = new Map(runs.map(({ trial }) => [addressOf(trial), trial]));
  const missing = [...wanted.keys()].filter((address) => !there.has(address));
  const surplus = [...there.keys()].filter((address) => !wanted.has(address));
  const altered = [...there].filter(([address, trial]) => {
    const other = wanted.get(address);
    // What was tuned is what tuning found.
    return other !== undefined && !isPart(trial.config, changed(other.config, trial.tuned, study.name));
  });
  return [
    ...sentence(missing, 'has no record', 'have no record'),
    ...sentence(surplus, 'is no part of the study any more', 'are no part of the study any more'),
    ...sentence(
      altered.map(([address]) => address),
      'has another config now',
      'have another config now',
    ),
  ];
}

function addressOf({ point, seed }: Trial): string {
  return `${canonicalJson(point)}, seed ${seed}`;
}

function sentence(addresses: readonly string[], one: string, many: string): string[] {
  if (addresses.length === 0) return [];
  const verb = addresses.length === 1 ? one : many;
  return [`${plural(addresses.length, 'trial')} ${verb}, such as ${addresses[0]}.`];
}

/** Whether everything in `part` is in `whole`, too; lists are as long as each other. */
export function isPart(part: Json, whole: Json): boolean {
  if (Array.isArray(part) || typeof part !== 'object' || part === null) {
    if (!Array.isArray(part)) return part === whole;
    return (
      Array.isArray(whole) &&
      part.length === whole.length &&
      part.every((item, index) => isPart(item, whole[index] as Json))
    );
  }
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return false;
  const other = whole as Readonly<Record<string, Json>>;
  return Object.entries(part).every(
    ([name, value]) => Object.hasOwn(other, name) && isPart(value as Json, other[name] as Json),
  );
}
