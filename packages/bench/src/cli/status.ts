/** `hashgrad status`: how far studies are, also while they run elsewhere. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { lockHolder } from '../engine/lock.ts';
import { latestRecords, readRecords, RECORDS_FILE } from '../engine/store.ts';
import { mean } from 'simple-statistics';
import { duration, plural } from '../format.ts';
import { readStudyFile } from './study-file.ts';

/** Adds the command. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .summary('show how far studies are')
    .description('Shows how many trials of each study are finished, also of one that is running.')
    .argument('[folder]', 'a study’s folder, or one with those of several', 'results')
    .action((folder: string) => {
      const folders = existsSync(join(folder, RECORDS_FILE)) ? [folder] : subfolders(folder);
      if (folders.length === 0) throw new Error(`There are no records in ${folder}.`);
      for (const each of folders) console.log(statusOf(each));
    });
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder}.`);
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, RECORDS_FILE)));
}

/** How far the study in a folder is, e.g. `results/selectors: 12 of 18 trials, 1 failed; running as process 123; about 2 min left`. */
export function statusOf(folder: string): string {
  const file = readStudyFile(folder);
  const all = readRecords(join(folder, RECORDS_FILE));
  const keys = file === undefined ? undefined : new Set(file.keys);
  const records = latestRecords(all, keys);
  const others = latestRecords(all).length - records.length;
  const failed = records.filter(({ error }) => error !== undefined).length;
  const total = keys?.size ?? records.length;
  const holder = lockHolder(folder);
  const missing = total - records.length;
  const parts = [
    `${folder}: ${records.length} of ${plural(total, 'trial')}${failed > 0 ? `, ${failed} failed` : ''}`,
    ...(holder === undefined ? [] : [`running as process ${holder.pid} on ${holder.host}`]),
    ...(missing > 0 && records.length > 0
      ? [`about ${duration(missing * mean(records.map(({ seconds }) => seconds)))} left, one after the other`]
      : []),
    ...(others > 0 ? [`${plural(others, 'more record')} of other settings or sources`] : []),
  ];
  return parts.join('; ');
}
