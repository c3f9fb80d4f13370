import { join } from 'node:path';

/** The folder of real data sets, named by HASHGRAD_DATA; tests that need it are skipped without. */
export const realData: string | undefined = process.env['HASHGRAD_DATA'];

/** A path inside that folder. */
export function realPath(...parts: string[]): string {
  return join(realData ?? 'HASHGRAD_DATA', ...parts);
}
