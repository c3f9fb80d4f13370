/** C++ programs of ours, compiled where there is a compiler: who runs benchmarks needs none. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From `src` as from `dist`: programs are published among the sources. */
const FOLDER = new URL('../../../../src/benchmarks/baselines/', import.meta.url);

export const COMPILER = 'g++';
const OPTIONS = ['-std=c++17', '-O3', '-march=native', '-fopenmp'];

/** Most that a program prints: weights, where they are asked for. */
const MOST_BYTES = 2 ** 30;

/** A program, ready to run. */
export interface Program {
  /**
   * What it prints for these arguments; `environment` is added to this process's.
   * @throws {Error} with what it says, if it fails.
   */
  run(
    args: readonly (string | number)[],
    input?: Uint8Array,
    environment?: Readonly<Record<string, string | undefined>>,
  ): Buffer;
}

/**
 * The program made from `source`, a path in the folder of baselines, compiled into a folder that is gone when this process ends.
 * @param options of the compiler, beside those for all instructions of this processor and threads; libraries last.
 * @throws {Error} the compiler's, if there is none or it fails; see `whyNot`.
 */
export function compileProgram(source: string, options: readonly string[]): Program {
  const folder = mkdtempSync(join(tmpdir(), 'hashgrad-baseline-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'program');
  const from = fileURLToPath(new URL(source, FOLDER));
  execFileSync(COMPILER, [...OPTIONS, from, '-o', program, ...options], { stdio: 'pipe' });
  return {
    run(args, input, environment) {
      const env = { ...process.env, OMP_WAIT_POLICY: 'active', ...environment };
      const how = { input, env, maxBuffer: MOST_BYTES };
      const { stdout, stderr, status, error } = spawnSync(program, args.map(String), how);
      if (error) throw error;
      if (status === 0) return stdout;
      throw new Error(`A baseline failed: ${stderr.toString().trim() || `exit code ${status}`}`);
    },
  };
}

/** Why a program could not be compiled, in a line. */
export function whyNot(error: unknown): string {
  const { code, stderr = '' } = error as { readonly code?: string; readonly stderr?: Buffer | string };
  if (code === 'ENOENT') return `no ${COMPILER}`;
  const lines = String(stderr).split('\n');
  return (lines.find((line) => /error|cannot|not found/.test(line)) ?? lines[0] ?? '').trim();
}
