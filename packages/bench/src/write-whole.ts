/** Whole files that are replaced at once. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '@hashgrad/kernels';

/** Writes a text, in a folder that is made if need be: under `path` there is the old file or the whole new one. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic(path, Buffer.from(text));
}
