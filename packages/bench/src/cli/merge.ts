/** `hashgrad merge`: joins the records of several machines. */
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { mergeRecords } from '../engine/merge.ts';
import { readRecords, Store } from '../engine/store.ts';
import { plural } from '../format.ts';
import { readStudyFile, recordsPathOf, writeStudyFile } from './study-file.ts';

/** Adds the command. */
export function addMerge(program: Command): void {
  program
    .command('merge')
    .summary('join the records of a study that ran on several machines')
    .description(
      'Joins records by their keys into one folder. Two records of one trial must have the same numbers, but for times.',
    )
    .argument('<folders...>', 'folders of the study, or files of records')
    .requiredOption('--out <folder>', 'folder that gets all records; it may have some already')
    .action((places: readonly string[], { out }: { readonly out: string }) => merge(places, out));
}

function merge(places: readonly string[], out: string): void {
  const files = places.map((place) => {
    const path = recordsPathOf(place);
    return { path, records: readRecords(path) };
  });
  const study = files.flatMap(({ records }) => records)[0]?.trial.study;
  if (study === undefined)
    throw new Error(`There are no records in ${files.map(({ path }) => path).join(', ')}.`);
  mergeRecords(files); // refuses before the folder is made
  using store = Store.open(out, study);
  const there = new Map(store.records.map((record) => [record.key, record]));
  const merged = mergeRecords([{ path: store.path, records: store.records }, ...files]);
  let added = 0;
  for (const record of merged) {
    const before = there.get(record.key);
    if (before !== undefined && (before.error === undefined || record.error !== undefined)) continue;
    store.append(record);
    added++;
  }
  const plans = files.flatMap(({ path }) => readStudyFile(dirname(path)) ?? []);
  const [plan] = plans;
  if (plan !== undefined)
    writeStudyFile(out, { ...plan, keys: [...new Set(plans.flatMap(({ keys }) => keys))] });
  console.log(`${plural(merged.length, 'trial')} in ${store.path}, ${added} of them new.`);
}
