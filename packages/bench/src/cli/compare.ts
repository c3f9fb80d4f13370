/** `hashgrad compare`: two sets of records, trial by trial. */
import type { Command } from 'commander';
import { compare } from '../analysis/compare.ts';
import { readRecords } from '../engine/store.ts';
import { comparisonText } from '../report/comparison.ts';
import { recordsPathOf } from './study-file.ts';

/** Adds the command. */
export function addCompare(program: Command): void {
  program
    .command('compare')
    .summary('compare two sets of records of a study')
    .description('Says trial by trial what differs between two sets of records, and by how much.')
    .argument('<a>', 'a study’s folder, or a file of records')
    .argument('<b>', 'what it is compared with')
    .action((a: string, b: string) => {
      console.log(comparisonText(compare(readRecords(recordsPathOf(a)), readRecords(recordsPathOf(b)))));
    });
}
