/** The command in a process of its own, for tests. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const program = ['--conditions=@hashgrad/source', resolve(import.meta.dirname, '../../src/cli/main.ts')];
const environment = { ...process.env, NO_COLOR: '1' };

/** Runs it to its end in `folder`. */
export function hashgrad(
  folder: string,
  args: readonly string[],
): { code: number | null; out: string; error: string } {
  const options = { cwd: folder, encoding: 'utf8', env: environment } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], options);
  return { code: status, out: stdout, error: stderr };
}

/** Starts it in `folder`. */
export function start(folder: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...program, ...args], { cwd: folder, env: environment, stdio: 'ignore' });
}
