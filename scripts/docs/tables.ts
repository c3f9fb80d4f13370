/** The tables of READMEs and of the site's pages that a program draws. */
import { COST_WEIGHTS, OPERATIONS } from '../../packages/sparse-nn/src/index.ts';
import type { Contrast } from '../../packages/bench/src/analysis/contrasts.ts';
import { COUNT_NAMES } from '../../packages/bench/src/analysis/costs.ts';
import { BENCHMARKS } from '../../packages/bench/src/benchmarks/index.ts';
import type { TrialRecord } from '../../packages/bench/src/engine/record.ts';
import type { SizeName, Study } from '../../packages/bench/src/engine/study.ts';
import { attention } from '../../packages/bench/src/studies/attention.ts';
import { balance } from '../../packages/bench/src/studies/balance.ts';
import { capacity } from '../../packages/bench/src/studies/capacity.ts';
import { negatives } from '../../packages/bench/src/studies/negatives.ts';
import { vectorIndex } from '../../packages/bench/src/studies/vector-index.ts';
import { attentionTable } from './attention-table.ts';
import { benchmarkTable } from './benchmark-table.ts';
import { MEASURED } from './measured.ts';
import { capacityTable } from './capacity-table.ts';
import { catalogueTable } from './catalogue-table.ts';
import { indexTable } from './index-table.ts';
import { markdownTable } from './markers.ts';
import { comparisonTable } from './site/comparisons.ts';
import { SITE_TABLES } from './site/tables.ts';
import { STORY } from './story.ts';

/** What the study of balance compares of arms that its whole form has. */
function balanceContrasts(): readonly Contrast[] {
  const arms = balance.sizes?.full?.levels?.['arm'] ?? [];
  return (balance.contrasts ?? []).filter((contrast) =>
    contrast.arms.every(({ arm }) => arms.includes(arm as string)),
  );
}

/** A table in a README or on a page, between the markers of its name. */
export interface DocsTable {
  /** Of its markers. */
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** What the records are of, if it is of a study, whose name they have; the command that makes them is the study's in this size. */
  readonly study?: { readonly study: Study; readonly size: SizeName };
  /** What stands there while no records are kept. Without it that is an error. */
  readonly unsettled?: string;
  /** Of a page that there is only while records are kept: the page with the markers and nothing between them. */
  readonly blank?: string;
  /** The text between the markers. `records` are there if it is of a study. */
  draw(records: readonly TrialRecord[]): string;
}

/** All of them. */
export const TABLES: readonly DocsTable[] = [
  ...SITE_TABLES,
  ...STORY,
  ...MEASURED.map((quoted) => benchmarkTable(quoted)),
  {
    name: 'attention',
    file: 'packages/bench/README.md',
    study: { study: attention, size: 'full' },
    draw: (records) => attentionTable(attention, records),
  },
  {
    name: 'capacity',
    file: 'packages/bench/README.md',
    study: { study: capacity, size: 'full' },
    draw: (records) => capacityTable(capacity, records),
  },
  {
    name: 'capacity-comparisons',
    file: 'packages/bench/README.md',
    study: { study: capacity, size: 'full' },
    draw: (records) => comparisonTable(capacity, records, capacity.contrasts ?? []),
  },
  {
    name: 'negatives',
    file: 'packages/bench/README.md',
    study: { study: negatives, size: 'full' },
    draw: (records) => comparisonTable(negatives, records, negatives.contrasts ?? []),
  },
  ...(['deadShare', 'loss.sparse'] as const).map((metric): DocsTable => ({
    name: `balance-${metric.split('.')[0]}`,
    file: 'packages/sparse-nn/README.md',
    study: { study: balance, size: 'full' },
    draw: (records) => {
      const family = balanceContrasts();
      const compared = family.filter((contrast) => contrast.metric === metric);
      return comparisonTable(balance, records, compared, { family });
    },
  })),
  {
    name: 'index',
    file: 'packages/mips/README.md',
    study: { study: vectorIndex, size: 'full' },
    draw: (records) => indexTable(vectorIndex, records),
  },
  {
    name: 'benchmarks',
    file: 'packages/bench/README.md',
    draw: () =>
      markdownTable(
        ['benchmark', 'measures'],
        BENCHMARKS.map(({ name, description }) => [`\`${name}\``, description]),
        2,
      ),
  },
  { name: 'catalogue', file: 'packages/datasets/README.md', draw: catalogueTable },
  {
    name: 'weights',
    file: 'packages/bench/README.md',
    draw: () =>
      markdownTable(
        ['one of these', 'counts as multiply-adds'],
        OPERATIONS.map((name) => [COUNT_NAMES[name], String(COST_WEIGHTS[name])]),
      ),
  },
];
