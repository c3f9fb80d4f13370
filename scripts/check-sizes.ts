/**
 * Measures what imports cost in a bundle, and holds READMEs to what they say of it. The packages must have been built.
 *
 *     npm run sizes                builds, and writes the tables
 *     npm run sizes -- --check     says which are wrong; exit code 1 if one is
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtPackages } from './consumers/workspace.ts';
import { bundleSize, type Size } from './sizes/bundle.ts';
import { sizeProblems, sizeRows, withSizes } from './sizes/size-table.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const problems: string[] = [];
for (const unit of builtPackages()) {
  const file = `packages/${unit.short}/README.md`;
  const path = join(unit.folder, 'README.md');
  const text = readFileSync(path, 'utf8');
  const rows = sizeRows(text, file);
  const sizes: Size[] = [];
  for (const { names } of rows) sizes.push(await bundleSize(unit, names));
  const wrong = rows.flatMap((row, i) => sizeProblems(row, sizes[i] as Size, file));
  problems.push(...wrong);
  if (wrong.length > 0 && !values.check) {
    writeFileSync(path, withSizes(text, file, rows, sizes));
    console.log(`${file}: sizes are written anew.`);
  }
}
if (problems.length === 0) console.log('Imports cost what the READMEs say.');
else if (values.check) {
  for (const problem of problems) console.error(problem);
  process.exitCode = 1;
}
