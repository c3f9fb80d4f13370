/** `hashgrad precision-recall`: how far up counting matching hashes brings the best items. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Command } from 'commander';
import { drawTable } from './benchmarks/result.ts';
import { parseCount } from './options.ts';
import { precisionByRecall, precisionRecallWays } from './plots/precision-recall.ts';
import { standalone } from './plots/standalone.ts';
import { type PrecisionRecall, precisionRecall } from './precision-recall.ts';
import { filmCorpus } from './search-corpora.ts';
import { writeWhole } from './write-whole.ts';

/** Adds the command. */
export function addPrecisionRecall(program: Command): void {
  program
    .command('precision-recall')
    .summary('rank films by matching hashes, as in the paper of L2-ALSH')
    .description(
      'Ranks films for users by how many of 64 to 512 hashes match, by L2-ALSH and others, and draws precision against ' +
        'recall of the best 1, 5 and 10 (Shrivastava and Li, NIPS 2014).',
    )
    .requiredOption('--movielens <folder>', 'a MovieLens set (ratings.csv)')
    .option('--queries <n>', 'users, at most', parseCount, 1000)
    .option('--out <folder>', 'folder for the curves and the plot', 'results')
    .action(({ movielens, queries, out }: { movielens: string; queries: number; out: string }) => {
      const results = precisionRecall(filmCorpus(movielens, queries));
      console.log(precisionRecallTable(results));
      mkdirSync(out, { recursive: true });
      writeWhole(join(out, 'precision-recall.json'), `${JSON.stringify(results, null, 2)}\n`);
      const plot = join(out, 'precision-recall.svg');
      writeWhole(plot, standalone(precisionByRecall(results), precisionRecallWays(results)));
      console.log(`Plot: ${plot}`);
    });
}

/** Average precisions: a row for each way and number of best items, a column for each number of hashes. */
export function precisionRecallTable(results: readonly PrecisionRecall[]): string {
  const groups = Map.groupBy(results, ({ way, top }) => `top ${top}: ${way}`);
  const head = [...new Set(results.map(({ hashes }) => `${hashes} hashes`))];
  const rows = [...groups].toSorted(([, a], [, b]) => (a[0]?.top ?? 0) - (b[0]?.top ?? 0));
  return drawTable(
    ['average precision', ...head],
    rows.map(([name, list]) => [name, ...list.map(({ averagePrecision }) => averagePrecision.toFixed(3))]),
  );
}
