/** The tables of the READMEs that a program draws. */
import { COST_WEIGHTS, OPERATIONS } from '../../packages/sparse-nn/src/index.ts';
import { COUNT_NAMES } from '../../packages/bench/src/analysis/costs.ts';
import { BENCHMARKS } from '../../packages/bench/src/benchmarks/index.ts';
import type { TrialRecord } from '../../packages/bench/src/engine/record.ts';
import type { SizeName, Study } from '../../packages/bench/src/engine/study.ts';
import { attention } from '../../packages/bench/src/studies/attention.ts';
import { selectors } from '../../packages/bench/src/studies/selectors.ts';
import { attentionTable } from './attention-table.ts';
import { catalogueTable } from './catalogue-table.ts';
import { markdownTable } from './markers.ts';
import { selectorsTable } from './selectors-table.ts';

/** A table in a README, between the markers of its name. */
export interface DocsTable {
  /** Of its markers; and of the kept records, if it is of a study. */
  readonly name: string;
  /** From the root of the repository. */
  readonly readme: string;
  /** What the records are of, if it is of a study; the command that makes them is the study's in this size. */
  readonly study?: { readonly study: Study; readonly size: SizeName };
  /** The text between the markers. `records` are there if it is of a study. */
  draw(records: readonly TrialRecord[]): string;
}

/** All of them. */
export const TABLES: readonly DocsTable[] = [
  {
    name: 'selectors',
    readme: 'README.md',
    study: { study: selectors, size: 'full' },
    draw: (records) => selectorsTable(selectors, records),
  },
  {
    name: 'attention',
    readme: 'packages/bench/README.md',
    study: { study: attention, size: 'full' },
    draw: (records) => attentionTable(attention, records),
  },
  {
    name: 'benchmarks',
    readme: 'packages/bench/README.md',
    draw: () =>
      markdownTable(
        ['benchmark', 'measures'],
        BENCHMARKS.map(({ name, description }) => [`\`${name}\``, description]),
        2,
      ),
  },
  { name: 'catalogue', readme: 'packages/datasets/README.md', draw: catalogueTable },
  {
    name: 'weights',
    readme: 'packages/bench/README.md',
    draw: () =>
      markdownTable(
        ['one of these', 'counts as multiply-adds'],
        OPERATIONS.map((name) => [COUNT_NAMES[name], String(COST_WEIGHTS[name])]),
      ),
  },
];

/** Sections whose tables of studies were printed by an earlier form of the study, of which no records were kept. */
export const WITHOUT_RECORDS: readonly { readonly readme: string; readonly section: string }[] = [
  { readme: 'packages/bench/README.md', section: 'MNIST, all of it' },
  { readme: 'packages/bench/README.md', section: 'From 1,000 to 64,000 units' },
  { readme: 'packages/bench/README.md', section: 'Skip-grams of Wikipedia' },
  { readme: 'packages/mips/README.md', section: 'What the transforms find' },
  { readme: 'packages/mips/README.md', section: 'The highest X % of activations' },
];
