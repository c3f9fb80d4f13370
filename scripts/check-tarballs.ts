/** Packs every package as it is published, and looks at what users would get. They must have been built. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { contentProblems } from './consumers/check-contents.ts';
import { pack, unpack } from './consumers/pack.ts';
import { builtPackages } from './consumers/workspace.ts';

const run = promisify(execFile);

/** The linters of tarballs. attw leaves out CommonJS: where Node can `require` a module, TypeScript says so by `nodenext`. */
const LINTERS: readonly (readonly [string, ...string[]])[] = [
  ['publint', '--strict'],
  ['attw', '--profile', 'esm-only', '--quiet', '--no-color'],
];

/** What a linter says against a tarball. */
async function lint(
  [command, ...options]: readonly [string, ...string[]],
  tarball: string,
): Promise<string[]> {
  try {
    await run(command, [tarball, ...options]);
    return [];
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return [`${command}: ${stdout}${stderr}`.trim()];
  }
}

const folder = mkdtempSync(join(tmpdir(), 'hashgrad-tarballs-'));
try {
  const problems: string[] = [];
  // One after the other: each linter takes a core and some hundred megabytes.
  for (const unit of builtPackages()) {
    const tarball = pack(unit, folder);
    const unpacked = join(folder, unit.short);
    unpack(tarball, unpacked);
    const linted = await Promise.all(LINTERS.map((linter) => lint(linter, tarball)));
    const found = [...contentProblems(unpacked, unit.folder), ...linted.flat()];
    problems.push(...found.map((problem) => `${unit.name}: ${problem}`));
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log('The tarballs hold what users need, and no more.');
} finally {
  rmSync(folder, { recursive: true });
}
