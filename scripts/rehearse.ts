/**
 * Rehearses a release: publishes all packages to a registry on this machine and uses them there as users do, in every Node
 * that is promised, Deno and Bun, under several compilers, in a browser, with bundlers and without.
 *
 *     npm run rehearse                      everything, for some tens of minutes
 *     npm run rehearse -- types browser     parts: imports, readmes, types, browser
 *
 * Linux on x64 alone. The tools it needs lie in scripts/rehearse, with a lockfile of their own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publicPackages } from './consumers/workspace.ts';
import { rehearseBrowser } from './rehearse/browser.ts';
import { rehearseImports } from './rehearse/imports.ts';
import { attempt, type Outcome } from './rehearse/outcome.ts';
import { makeProject } from './rehearse/projects.ts';
import { publishCopy } from './rehearse/publish.ts';
import { rehearseReadme } from './rehearse/readmes.ts';
import { startRegistry } from './rehearse/registry.ts';
import { installTools } from './rehearse/tools.ts';
import { rehearseTypes } from './rehearse/types.ts';

const PARTS = ['imports', 'readmes', 'types', 'browser'];

/** @param parts Names of {@link PARTS}. */
async function rehearse(folder: string, parts: readonly string[]): Promise<Outcome[]> {
  await using registry = await startRegistry(join(folder, 'registry'));
  const units = publicPackages();
  const all = join(folder, 'all');
  const released = await attempt('the release', () => publishCopy(join(folder, 'repository'), registry));
  if (released.problem !== undefined) return [released];
  const installed = await attempt('npm install of all packages', () =>
    makeProject(all, registry, [...units.map(({ name }) => name), '@types/node@26', 'pbf@5']),
  );
  const outcomes = [released, installed];
  if (installed.problem !== undefined) return outcomes;
  if (parts.includes('imports')) outcomes.push(...(await rehearseImports(units, all)));
  if (parts.includes('types')) outcomes.push(...(await rehearseTypes(all)));
  if (parts.includes('browser')) outcomes.push(...(await rehearseBrowser(all)));
  if (parts.includes('readmes')) {
    for (const unit of units)
      outcomes.push(...(await rehearseReadme(unit, join(folder, unit.short), registry)));
  }
  return outcomes;
}

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.find((part) => !PARTS.includes(part));
if (unknown !== undefined) throw new Error(`There is no part ${unknown}; the parts are ${PARTS.join(', ')}.`);
const folder = mkdtempSync(join(tmpdir(), 'hashgrad-rehearsal-'));
try {
  await installTools();
  const outcomes = await rehearse(folder, positionals.length > 0 ? positionals : PARTS);
  const failed = outcomes.filter(({ problem }) => problem !== undefined);
  for (const { title, problem } of failed) console.error(`\n${title}:\n${problem}`);
  console.log(`\n${outcomes.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
} finally {
  if (process.env.KEEP) console.log(folder);
  else rmSync(folder, { recursive: true, force: true });
}
