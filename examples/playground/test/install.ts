/** Installs what the page is built with before any test runs: one that runs meanwhile would find half of it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..');

/** Runs npm in the folder of the example, as users do: tests have an environment of their own. @throws {Error} with what it says. */
export function npm(...given: string[]): void {
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status, stdout, stderr } = spawnSync('npm', given, { cwd: folder, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${given.join(' ')} failed:\n${stdout}${stderr}`);
}

/** Called by Vitest. The page is built only where HASHGRAD_FULL asks for it. */
export default function install(): void {
  if (process.env['HASHGRAD_FULL'] !== '1' || existsSync(join(folder, 'node_modules'))) return;
  npm('ci', '--include=dev', '--no-audit', '--no-fund');
}
