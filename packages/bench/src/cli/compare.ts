/** `hashgrad compare`: two sets of records, trial by trial. */
import type { Command } from 'commander';
import { compare } from '../analysis/compare.ts';
import type { TrialRecord } from '../engine/record.ts';
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
      const [first, second] = [readRecords(recordsPathOf(a)), readRecords(recordsPathOf(b))];
      const [one, other] = [studiesOf(first), studiesOf(second)];
      if (one !== '' && other !== '' && one !== other) {
        throw new Error(`${a} has records of the study ${one}, ${b} of ${other}: no trials to compare.`);
      }
      console.log(comparisonText(compare(first, second)));
    });
}

function studiesOf(records: readonly TrialRecord[]): string {
  return [...new Set(records.map(({ trial }) => trial.study))].toSorted().join(', ');
}
