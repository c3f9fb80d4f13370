/** What a program draws into the site's pages. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { attention } from '../../../packages/bench/src/studies/attention.ts';
import { STUDIES } from '../../../packages/bench/src/studies/index.ts';
import { hashingOrSkipping } from '../../../packages/bench/src/studies/hashing-or-skipping.ts';
import { selectors } from '../../../packages/bench/src/studies/selectors.ts';
import { keptFile } from '../kept-records.ts';
import { selectorsTable } from '../selectors-table.ts';
import type { DocsTable } from '../tables.ts';
import { benchmarkSections } from './benchmarks.ts';
import { comparisonTable, pairs } from './comparisons.ts';
import { dataSetSections } from './data-sets.ts';
import { type Kept, reportAnswer, reportSections } from './report.ts';
import { sensitivityTable } from './sensitivity.ts';
import { reportPage, studySections } from './studies.ts';

const page = (name: string): string => `docs/src/content/docs/${name}.md`;

/** Studies whose records pages are written about. */
const QUOTED = {
  selectors: { study: selectors, size: 'full' },
  attention: { study: attention, size: 'full' },
} as const;

/** Names of studies of which records are kept. */
function keptNames(): string[] {
  const root = join(import.meta.dirname, '../../..');
  return STUDIES.map(({ name }) => name).filter((name) => existsSync(join(root, keptFile(name))));
}

/** What a study says on a page that is not written about its records: its answer, or how to get one. */
function answerOf(name: string, question: string): DocsTable {
  const study = STUDIES.find((each) => each.name === name);
  if (!study) throw new Error(`There is no study ${name}.`);
  const command = `\`npx @hashgrad/bench study ${name} --full\``;
  return {
    name: `study-${name}`,
    file: page(`questions/${question}`),
    study: { study, size: 'full' },
    unsettled: `${study.question} *Not settled yet*: ${command} measures it, and its report answers.`,
    draw: (records) =>
      [
        study.question,
        reportAnswer({ study, size: 'full' }, records),
        `[All values](../../reference/studies/${reportPage(name)}/); ${command} repeats it.`,
      ].join('\n\n'),
  };
}

/** A page for what the records of a study say. */
function blankOf(name: string): string {
  return `---
title: What the records of ${name} say
description: The decisions and values of the kept records of the study of ${name}.
---

The report of \`docs/records/${name}.jsonl.gz\`, without its plots; \`npx @hashgrad/bench study ${name} --full\` makes the same, with them.

<!-- table: report -->
<!-- end of table -->
`;
}

/** Arms of the study of selectors by accuracy, where each computes the units in the test that it did in training. */
const accuracy = (list: readonly (readonly [string, string])[]) => pairs('accuracy.sparse', 'arm', list);

/** All comparisons of accuracies that pages make of the records of selectors, by page. */
const SELECTORS = {
  skipping: accuracy([
    ['lsh', 'narrow'],
    ['lsh', 'fixed'],
    ['lsh', 'random'],
    ['signatures', 'narrow'],
    ['signatures', 'fixed'],
  ]),
  highest: accuracy([
    ['topK', 'dense'],
    ['signatures', 'topK'],
    ['lsh', 'topK'],
    ['signatures', 'lsh'],
  ]),
};
const family = Object.values(SELECTORS).flat();

/** Arms whose place at equal work is told for other weights, too. */
const WEIGHED: readonly string[] = ['lsh', 'persistent', 'signatures'];

/** What the page holds the sample by hashing against. */
const NEARNESS: readonly string[] = ['top k', 'top k and rest', 'uniform', '10 bits, once'];

/** All of them. */
export const SITE_TABLES: readonly DocsTable[] = [
  {
    name: 'selectors',
    file: page('questions/hashing-or-skipping'),
    study: QUOTED.selectors,
    draw: (records) => selectorsTable(selectors, records),
  },
  {
    name: 'comparisons',
    file: page('questions/hashing-or-skipping'),
    study: QUOTED.selectors,
    draw: (records) => comparisonTable(selectors, records, SELECTORS.skipping, { family }),
  },
  {
    name: 'comparisons',
    file: page('questions/highest-without-computing'),
    study: QUOTED.selectors,
    draw: (records) => comparisonTable(selectors, records, SELECTORS.highest, { family }),
  },
  {
    name: 'comparisons',
    file: page('questions/five-percent'),
    study: QUOTED.selectors,
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
    study: QUOTED.attention,
    draw: (records) =>
      comparisonTable(
        attention,
        records,
        attention.contrasts!.filter(({ arms: [, { method }] }) => NEARNESS.includes(method!)),
        { family: attention.contrasts!, where: { needles: '50 % on needles' } },
      ),
  },
  {
    name: 'studies',
    file: page('reference/studies'),
    draw: () => studySections(keptNames()),
  },
  ...STUDIES.map((study): DocsTable => {
    const kept: Kept = { study, size: 'full' };
    return {
      name: 'report',
      file: page(`reference/studies/${reportPage(study.name)}`),
      study: kept,
      blank: blankOf(study.name),
      draw: (records) => reportSections(kept, records),
    };
  }),
  {
    name: 'weights',
    file: page('questions/hashing-or-skipping'),
    study: { study: hashingOrSkipping, size: 'full' },
    draw: (records) =>
      sensitivityTable(
        hashingOrSkipping,
        records,
        hashingOrSkipping.contrasts!.filter(
          ({ at, arms: [{ arm }] }) => at !== undefined && WEIGHED.includes(arm!),
        ),
      ),
  },
  {
    name: 'weights',
    file: page('questions/five-percent'),
    study: QUOTED.selectors,
    draw: (records) =>
      sensitivityTable(
        selectors,
        records,
        pairs('work', 'arm', [
          ['narrow', 'dense'],
          ['topK', 'dense'],
          ['lsh', 'dense'],
          ['signatures', 'dense'],
        ]),
        { active: '5 %' },
      ),
  },
  answerOf('hashing-or-skipping', 'hashing-or-skipping'),
  answerOf('paper', 'hashing-or-skipping'),
  answerOf('capacity', 'hashing-or-skipping'),
  answerOf('top-x', 'highest-without-computing'),
  answerOf('overlap', 'highest-without-computing'),
  answerOf('tables', 'highest-without-computing'),
  answerOf('families', 'highest-without-computing'),
  answerOf('transforms', 'highest-without-computing'),
  answerOf('batch', 'batch-of-one'),
  answerOf('widths', 'where-it-pays'),
  answerOf('outputs', 'where-it-pays'),
  answerOf('negatives', 'where-it-pays'),
  answerOf('slide', 'where-it-pays'),
  answerOf('index', 'where-it-pays'),
  answerOf('screening', 'where-it-pays'),
  { name: 'benchmarks', file: page('reference/benchmarks'), draw: benchmarkSections },
  { name: 'data-sets', file: page('reference/data-sets'), draw: dataSetSections },
];
