/**
 * Writes what each package exports into its `api.md`, so that whoever reviews a change sees what it does to users. The
 * packages must have been built.
 *
 *     npm run api                 builds, and writes the reports
 *     npm run api -- --check      says which are stale; exit code 1 if one is
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { apiReport } from './api/report.ts';
import { builtPackages } from './consumers/workspace.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
let stale = 0;
for (const unit of builtPackages()) {
  const path = join(unit.folder, 'api.md');
  const report = apiReport(unit);
  if (existsSync(path) && readFileSync(path, 'utf8') === report) continue;
  stale++;
  if (values.check)
    console.error(`${unit.name} exports other things than its api.md says: npm run api writes it anew.`);
  else {
    writeFileSync(path, report);
    console.log(`packages/${unit.short}/api.md is written anew.`);
  }
}
if (stale === 0) console.log('Every package exports what its api.md says.');
else if (values.check) process.exitCode = 1;
