/**
 * Installs the packages as they are published and uses them as consumers do. They must have been built.
 *
 *     npm run check:consumers                        on this Node
 *     npm run check:consumers -- --node PROGRAM      on another
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkEngines } from './consumers/check-engines.ts';
import { checkStudy } from './consumers/check-study.ts';
import { checkTypes } from './consumers/check-types.ts';
import { installPackages } from './consumers/install.ts';

const { node } = parseArgs({ options: { node: { type: 'string', default: process.execPath } } }).values;
const folder = mkdtempSync(join(tmpdir(), 'hashgrad-consumer-'));
try {
  installPackages(folder);
  const problems = [
    ...checkTypes(folder),
    ...checkStudy(folder, node),
    ...(await checkEngines(folder, node)),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else
    console.log(
      'The packed packages compile for consumers, run their studies, and run where Symbol.dispose is missing.',
    );
} finally {
  rmSync(folder, { recursive: true });
}
