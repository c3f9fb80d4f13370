/** Records of studies that READMEs quote: `docs/records/NAME.jsonl.gz`, JSON lines as a study writes them, compressed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { checkTrialRecord, type TrialRecord } from '../../packages/bench/src/engine/record.ts';
import { latestRecords, readRecords, RECORDS_FILE } from '../../packages/bench/src/engine/store.ts';

/** Where the records called `name` are kept, from the root of the repository. */
export function keptFile(name: string): string {
  return `docs/records/${name}.jsonl.gz`;
}

/** The records called `name`; none if they are not kept. @throws {Error} naming file and line, if one is no record. */
export function readKept(root: string, name: string): TrialRecord[] | undefined {
  const file = keptFile(name);
  if (!existsSync(join(root, file))) return undefined;
  const lines = gunzipSync(readFileSync(join(root, file)))
    .toString()
    .trimEnd()
    .split('\n');
  return lines.map((line, index) => checkTrialRecord(JSON.parse(line), `${file}, line ${index + 1}`));
}

/**
 * Keeps the records of a folder of results under `name`.
 *
 * @throws {Error} if there are none, or a trial failed.
 */
export function keepRecords(root: string, name: string, folder: string): TrialRecord[] {
  const records = latestRecords(readRecords(join(folder, RECORDS_FILE)));
  const failed = records.find(({ error }) => error !== undefined);
  if (failed) {
    throw new Error(
      `${folder}: a trial failed, with: ${failed.error?.message} Run it again before it is quoted.`,
    );
  }
  if (records.length === 0) throw new Error(`${folder}: there are no records.`);
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const file = join(root, keptFile(name));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, gzipSync(text, { level: 9 }));
  return records;
}
