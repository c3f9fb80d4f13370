/** How to repeat the study, and what of it failed or is missing. */
import { runsByPoint, missingSeeds, pointLabel } from '../../analysis/runs.ts';
import type { TrialRecord } from '../../engine/record.ts';
import { duration, plural } from '../../format.ts';
import { describeMachine } from '../../engine/machine.ts';
import type { Block } from '../blocks.ts';
import { inOrder } from '../facts.ts';
import type { DrawSection } from './section.ts';

/** The command, versions, commit, machines, seeds, sources, and the config of each point. */
export const repeat: DrawSection = ({ study, records, context }, _, id) => {
  const runs = inOrder(study, runsByPoint(records));
  const missing = runs.flatMap((each) =>
    missingSeeds(each, study.seeds).map((seed) => [pointLabel(each.point), String(seed)]),
  );
  const failed = runs.flatMap(({ failed: list }) => list);
  const blocks: Block[] = [
    ...(context.command === undefined ? [] : [{ kind: 'code', text: context.command } as const]),
    { kind: 'facts', facts: facts(records, study.seeds, context) },
  ];
  if (failed.length > 0) {
    blocks.push(
      { kind: 'text', text: `${plural(failed.length, 'trial')} failed:` },
      {
        kind: 'table',
        id: `${id}-failed`,
        names: 1,
        head: ['point', 'seed', 'what went wrong'],
        rows: failed.map(({ trial, error }) => [
          pointLabel(trial.point),
          String(trial.seed),
          error?.message ?? '',
        ]),
      },
    );
  }
  if (missing.length > 0) {
    const list = missing.map(([label, seed]) => `${label} with seed ${seed}`);
    blocks.push({ kind: 'text', text: `Missing: ${list.join('; ')}.` });
  }
  return [
    ...blocks,
    {
      kind: 'details',
      summary: 'What each point was',
      blocks: runs.flatMap(({ point, finished, failed: list }): Block[] => {
        const record = finished[0] ?? list[0];
        const { config = {}, tuned = {} } = record?.trial ?? {};
        return [
          { kind: 'text', text: pointLabel(point) },
          {
            kind: 'code',
            text: JSON.stringify(Object.keys(tuned).length > 0 ? { tuned, config } : config, null, 2),
          },
        ];
      }),
    },
  ];
};

function facts(
  records: readonly TrialRecord[],
  seeds: readonly number[],
  { commit, versions = {} }: { commit?: string; versions?: Readonly<Record<string, string>> },
): [string, string][] {
  const machines = [...new Set(records.map(({ machine }) => describeMachine(machine)))];
  const sources = new Set(
    records.flatMap((record) =>
      Object.entries(record.sources).map(([name, digest]) => `${name} ${digest.slice(0, 12)}`),
    ),
  );
  const times = records.map(({ startedAt }) => startedAt).toSorted();
  const tuned = records.filter(({ trial }) => trial.stage === 'tune').length;
  const list: [string, string][] = [
    ['Seeds', seeds.join(', ')],
    ['Trials', `${records.length - tuned}${tuned > 0 ? `, and ${tuned} of tuning` : ''}`],
    ['Time of all trials', duration(records.reduce((sum, { seconds }) => sum + seconds, 0))],
    ['First and last start', times.length === 0 ? '–' : `${started(times[0])}, ${started(times.at(-1))}`],
    [machines.length === 1 ? 'Machine' : 'Machines', machines.join('; ') || '–'],
  ];
  if (records.some(({ shared }) => shared))
    list.push(['Times', 'not comparable: some trials ran at once, or a block on several machines']);
  if (commit !== undefined) list.push(['Commit', commit]);
  const released = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  if (released.length > 0) list.push(['Versions', released.join(', ')]);
  if (sources.size > 0) list.push(['Sources (SHA-256)', [...sources].join(', ')]);
  return list;
}

function started(time: string | undefined): string {
  return (time ?? '–').replace('T', ' ').replace(/(:\d\d)(\.\d+)?Z$/, '$1 UTC');
}
