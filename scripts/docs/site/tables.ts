/** What a program draws into the site's pages. */
import { attention } from '../../../packages/bench/src/studies/attention.ts';
import { capacity } from '../../../packages/bench/src/studies/capacity.ts';
import { selectors } from '../../../packages/bench/src/studies/selectors.ts';
import { selectorsTable } from '../selectors-table.ts';
import type { DocsTable } from '../tables.ts';
import { benchmarkSections } from './benchmarks.ts';
import { comparisonTable, pairs } from './comparisons.ts';
import { dataSetSections } from './data-sets.ts';
import { reportSections } from './report.ts';
import { studySections } from './studies.ts';

const page = (name: string): string => `docs/src/content/docs/${name}.md`;

/** Studies of which records are kept. */
const KEPT = {
  selectors: { study: selectors, size: 'full' },
  attention: { study: attention, size: 'full' },
  capacity: { study: capacity, size: 'full' },
} as const;

/** Arms of the study of selectors by accuracy, where each computes the units in the test that it did in training. */
const accuracy = (list: readonly (readonly [string, string])[]) => pairs('accuracy.sparse', 'arm', list);

/** Pairs of methods of the study of attention, at equal shares of keys. */
const nearness = (list: readonly string[]) =>
  list.map((method) => ({
    arms: [{ method: '10 bits, twice' }, { method }] as const,
    metric: 'outputError',
    margin: 0.02,
    at: { cost: 'readShare', along: 'share' },
  }));

/** All of them. */
export const SITE_TABLES: readonly DocsTable[] = [
  {
    name: 'selectors',
    file: page('questions/hashing-or-skipping'),
    study: KEPT.selectors,
    draw: (records) => selectorsTable(selectors, records),
  },
  {
    name: 'comparisons',
    file: page('questions/hashing-or-skipping'),
    study: KEPT.selectors,
    draw: (records) =>
      comparisonTable(
        selectors,
        records,
        accuracy([
          ['lsh', 'narrow'],
          ['lsh', 'fixed'],
          ['lsh', 'random'],
          ['signatures', 'narrow'],
          ['signatures', 'fixed'],
        ]),
      ),
  },
  {
    name: 'comparisons',
    file: page('questions/highest-without-computing'),
    study: KEPT.selectors,
    draw: (records) =>
      comparisonTable(
        selectors,
        records,
        accuracy([
          ['topK', 'dense'],
          ['signatures', 'topK'],
          ['lsh', 'topK'],
          ['signatures', 'lsh'],
        ]),
      ),
  },
  {
    name: 'comparisons',
    file: page('questions/five-percent'),
    study: KEPT.selectors,
    draw: (records) =>
      comparisonTable(
        selectors,
        records,
        pairs('work', 'arm', [
          ['narrow', 'dense'],
          ['random', 'dense'],
          ['fixed', 'dense'],
          ['topK', 'dense'],
          ['lsh', 'dense'],
          ['signatures', 'dense'],
        ]),
      ),
  },
  {
    name: 'attention',
    file: page('questions/where-it-pays'),
    study: KEPT.attention,
    draw: (records) =>
      comparisonTable(
        attention,
        records.filter(({ trial }) => trial.point['needles'] === '50 % on needles'),
        nearness(['top k', 'top k and rest', 'uniform', '10 bits, once']),
      ),
  },
  {
    name: 'capacity',
    file: page('questions/where-it-pays'),
    study: KEPT.capacity,
    draw: (records) => comparisonTable(capacity, records, capacity.contrasts ?? []),
  },
  { name: 'studies', file: page('reference/studies'), draw: () => studySections(Object.keys(KEPT)) },
  ...Object.entries(KEPT).map(([name, study]): DocsTable => ({
    name: 'report',
    file: page(`reference/studies/${name}`),
    study,
    draw: (records) => reportSections(study, records),
  })),
  { name: 'benchmarks', file: page('reference/benchmarks'), draw: benchmarkSections },
  { name: 'data-sets', file: page('reference/data-sets'), draw: dataSetSections },
];
