/** How each point was tuned: what was tried, and what was chosen. */
import { ownMetrics } from '../../analysis/aggregate.ts';
import { bestTuned } from '../../analysis/best-tuned.ts';
import { metricInfo, metricValue } from '../../analysis/metrics.ts';
import { unitText, valueText } from '../../analysis/numbers.ts';
import { pointKey, pointLabel } from '../../analysis/runs.ts';
import type { Json, TrialRecord } from '../../engine/record.ts';
import { plural } from '../../format.ts';
import { inOrder } from '../facts.ts';
import type { DrawSection } from './section.ts';

/** What a search is called. */
const SEARCHES: Readonly<Record<string, string>> = {
  grid: 'a grid',
  random: 'a random search',
  halving: 'successive halving',
};

/** A row for each point, and all trials of tuning below. */
export const tuning: DrawSection = ({ study, records }, _, id) => {
  const tried = records.filter(({ trial }) => trial.stage === 'tune');
  if (study.tune === undefined)
    return [{ kind: 'text', text: 'Nothing was tuned: all points share what the study sets.' }];
  if (tried.length === 0) return [{ kind: 'text', text: 'No trial of tuning has finished yet.' }];
  const { search } = study.tune;
  const metric = metricInfo(study.tune.metric, ownMetrics(study.metrics));
  const points = inOrder(
    study,
    [...Map.groupBy(tried, ({ trial }) => pointKey(trial.point)).values()].map((group) => ({
      point: (group[0] as TrialRecord).trial.point,
      group,
    })),
  );
  const unit = unitText(metric.unit).trim();
  const value = unit === '' ? metric.title : `${metric.title}, ${unit}`;
  return [
    {
      kind: 'text',
      text: `${plural(tried.length, 'trial')} of tuning (${SEARCHES[search] ?? search}) over ${Object.keys(study.tune.parameters).join(', ')}, with the seed ${study.tune.seed}, judged by ${metric.title} on a validation part that is neither trained on nor tested on.`,
    },
    {
      kind: 'table',
      id,
      names: 1,
      head: ['point', 'trials', 'best', value, 'at the edge'],
      rows: points.map(({ point, group }) => {
        const best = bestTuned(group, metric, search);
        return [
          pointLabel(point),
          String(group.length),
          best === undefined ? '–' : tunedText(best),
          best === undefined ? '–' : valueText(metricValue(best, metric.name) as number, metric.unit, 2),
          best === undefined ? '–' : edges(group, best, search).join(', ') || 'no',
        ];
      }),
    },
    {
      kind: 'note',
      text: '“At the edge” names parameters whose best value is the least or the greatest that was tried: a wider search may find better.',
    },
    {
      kind: 'details',
      summary: 'All trials of tuning',
      blocks: [
        {
          kind: 'table',
          id: `${id}-all`,
          names: 2,
          head: ['point', 'tried', value],
          rows: points.flatMap(({ point, group }) =>
            group.map((record) => {
              const reached = metricValue(record, metric.name);
              return [
                pointLabel(point),
                tunedText(record),
                reached === undefined ? (record.error?.message ?? '–') : valueText(reached, metric.unit, 2),
              ];
            }),
          ),
        },
      ],
    },
  ];
};

function tunedText({ trial }: TrialRecord): string {
  return Object.entries(trial.tuned)
    .map(([path, value]) => `${path} = ${JSON.stringify(value)}`)
    .join(', ');
}

/** The parameters whose best value has no neighbour on one side. */
function edges(group: readonly TrialRecord[], best: TrialRecord, search: string): string[] {
  return Object.entries(best.trial.tuned).flatMap(([path, value]) => {
    if (search === 'halving' && path === 'epochs') return []; // those of its rung
    const tried = [...new Set(group.map(({ trial }): Json => trial.tuned[path] ?? null))].filter(
      (each) => typeof each === 'number',
    );
    const outermost = value === Math.min(...tried) || value === Math.max(...tried);
    return tried.length > 1 && outermost ? [path] : [];
  });
}
