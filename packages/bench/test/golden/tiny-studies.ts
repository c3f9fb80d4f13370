/** What the studies' tiny forms measure that is the same on every machine, as digests. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../src/engine/json.ts';
import { deterministicPart } from '../../src/engine/merge.ts';
import type { Json, TrialRecord } from '../../src/engine/record.ts';
import type { Behaviour } from '../../../../testing/behaviour.ts';

/** Of one study: a digest of all trials' values, by the name of the metric, the series or the cost. */
export type Digests = Readonly<Record<string, string>>;

/** What digests.json holds: by what the engine does, then by the study's name. */
export type Golden = Partial<Record<Behaviour, Readonly<Record<string, Digests>>>>;

/** In the order of the plan's keys, whatever the order in which trials ran. */
export function digestsOf(records: readonly TrialRecord[]): Digests {
  const parts = records
    .map((record) => ({ of: nameOf(record), part: deterministicPart(record) }))
    .toSorted((a, b) => (a.of < b.of ? -1 : 1));
  const names = [...new Set(parts.flatMap(({ part }) => Object.keys(part)))].toSorted();
  return Object.fromEntries(
    names.map((name) => {
      const values = parts.map(({ of, part }) => [of, (part[name] ?? null) as Json]);
      const hash = createHash('sha256').update(canonicalJson(values)).digest('hex');
      return [name, hash.slice(0, 16)];
    }),
  );
}

function nameOf({ trial: { point, seed, stage, config } }: TrialRecord): string {
  return canonicalJson({ point, seed, stage, config });
}
