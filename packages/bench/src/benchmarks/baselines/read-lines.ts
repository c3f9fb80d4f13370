/** Text formats read the usual way: readline's lines, split at blanks, commas and colons, numbers pushed to arrays. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** The formats that are compared. */
export type SplitFormat = 'xc' | 'libsvm' | 'ratings' | 'words';

/** What was read; sums of it tell whether it is right. */
export interface SplitRead {
  readonly ids: Int32Array;
  readonly values: Float32Array;
  readonly rows: number;
}

/** Reads a file that has no mistakes. */
export async function readBySplitting(path: string, format: SplitFormat): Promise<SplitRead> {
  const ids: number[] = [];
  const values: number[] = [];
  const words: string[] = [];
  let rows = 0;
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  let isHeader = format === 'xc' || format === 'ratings';
  for await (const line of lines) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    rows++;
    if (format === 'ratings') {
      const [user, item, rating] = line.split(',');
      ids.push(Number(user), Number(item));
      values.push(Number(rating));
      continue;
    }
    const fields = line.split(' ');
    if (format === 'words') {
      words.push(fields[0] as string);
      for (let i = 1; i < fields.length; i++) values.push(Number(fields[i]));
      continue;
    }
    for (const label of (fields[0] as string).split(',')) ids.push(Number(label));
    for (let i = 1; i < fields.length; i++) {
      const [id, value] = (fields[i] as string).split(':');
      ids.push(Number(id));
      values.push(Number(value));
    }
  }
  return { ids: Int32Array.from(ids), values: Float32Array.from(values), rows };
}
