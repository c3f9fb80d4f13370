/** `hashgrad search`: the study of searching. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Command } from 'commander';
import { describeMachine, thisMachine } from './machine.ts';
import { recallByExamined, recallByRate, searchWays } from './plots/search.ts';
import { standalone } from './plots/standalone.ts';
import { parseCount } from './options.ts';
import { searchCorpora } from './search-corpora.ts';
import { renderSearchReport, searchTable } from './search-report.ts';
import { runSearchStudy } from './search-study.ts';
import { writeWhole } from './write-whole.ts';

interface SearchCommandOptions {
  readonly movielens?: string;
  readonly words?: string;
  readonly queries: number;
  readonly out: string;
  readonly svg?: string;
}

/** Adds the command. */
export function addSearch(program: Command): void {
  program
    .command('search')
    .summary('compare ways of finding the greatest inner products')
    .description(
      'Searches made-up vectors, the weights of a trained layer, films and words by every transform, by MipsIndex, exactly and ' +
        'by usearch, and draws recall against vectors scored and queries a second.',
    )
    .option('--movielens <folder>', 'a MovieLens set (ratings.csv): factors of its films')
    .option('--words <file>', 'word vectors, as text')
    .option('--queries <n>', 'queries of each corpus, at most', parseCount, 300)
    .option('--out <folder>', 'folder for the points and the report', 'results')
    .option('--svg <folder>', 'also draw the plots as files into this folder')
    .action(async (options: SearchCommandOptions) => {
      const machine = thisMachine();
      console.log(describeMachine(machine));
      const points = await runSearchStudy(await searchCorpora(options), (text) => console.log(`  ${text}`));
      console.log(searchTable(points));
      mkdirSync(options.out, { recursive: true });
      writeWhole(join(options.out, 'search.json'), `${JSON.stringify({ machine, points }, null, 2)}\n`);
      const report = join(options.out, 'search.html');
      writeWhole(report, renderSearchReport(points, machine));
      console.log(`Report: ${report}`);
      if (options.svg !== undefined) {
        mkdirSync(options.svg, { recursive: true });
        const ways = searchWays(points);
        writeWhole(join(options.svg, 'search-scored.svg'), standalone(recallByExamined(points), ways));
        writeWhole(join(options.svg, 'search-rate.svg'), standalone(recallByRate(points), ways));
      }
    });
}
