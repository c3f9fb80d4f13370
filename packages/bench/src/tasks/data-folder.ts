/** Where data sets lie that no task names: in the folder that the variable HASHGRAD_DATA names. */
import { join } from 'node:path';

/** A subfolder of it. @throws {Error} that begins with `wanted`, if the variable is not set. */
export function dataFolder(name: string, wanted: string): string {
  const folder = process.env['HASHGRAD_DATA'];
  if (folder === undefined || folder === '') {
    throw new Error(
      `${wanted}, or let the variable HASHGRAD_DATA name a folder that has a subfolder ${name}.`,
    );
  }
  return join(folder, name);
}
