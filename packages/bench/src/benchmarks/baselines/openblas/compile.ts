/** Our C++ program on OpenBLAS, compiled where there is a compiler: who runs benchmarks needs neither. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From `src` as from `dist`: the program is published among the sources. */
const SOURCE = new URL('../../../../src/benchmarks/baselines/openblas/openblas.cpp', import.meta.url);

const COMPILER = 'g++';
const OPTIONS = ['-std=c++17', '-O3', '-march=native', '-ffast-math', '-fopenmp'];

/** Most that the program prints: weights, where they are asked for. */
const MOST_BYTES = 2 ** 30;

/** The program, ready to run. */
export interface OpenBlas {
  /** For people: version and kernels. */
  readonly name: string;
  /**
   * What the program prints for these arguments, see openblas.cpp.
   * @param core kernels that OpenBLAS uses, by the name that OPENBLAS_CORETYPE has; default: those with all instructions of this
   * processor.
   * @throws {Error} with what it says, if it fails.
   */
  run(args: readonly (string | number)[], input?: Uint8Array, core?: string): Buffer;
}

let compiled: OpenBlas | string | undefined;

/** The program, compiled once a process into a folder that is gone when this ends; or why there is none, in one line. */
export function openBlas(): OpenBlas | string {
  compiled ??= compile();
  return compiled;
}

function compile(): OpenBlas | string {
  const folder = mkdtempSync(join(tmpdir(), 'hashgrad-openblas-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'openblas');
  try {
    const [source, output] = [fileURLToPath(SOURCE), ['-o', program]];
    execFileSync(COMPILER, [...OPTIONS, source, '-lopenblas', ...output], { stdio: 'pipe' });
    const run: OpenBlas['run'] = (args, input, core) => runProgram(program, args, input, core);
    return { name: described(run(['config']).toString()), run };
  } catch (error) {
    const { code, stderr = '' } = error as { readonly code?: string; readonly stderr?: Buffer | string };
    const lines = String(stderr).split('\n');
    const why = lines.find((line) => /error|cannot|not found/.test(line)) ?? lines[0];
    return `OpenBLAS is left out: it needs ${COMPILER} and libopenblas-dev (${code === 'ENOENT' ? `no ${COMPILER}` : why?.trim()}).`;
  }
}

/** Version and kernels, from what OpenBLAS says of itself. */
function described(config: string): string {
  const [, version = '', core = ''] = /OpenBLAS (\S+).* (\S+) MAX_THREADS/.exec(config) ?? [];
  return `OpenBLAS ${version} (${core})`;
}

function runProgram(
  program: string,
  args: readonly (string | number)[],
  input: Uint8Array | undefined,
  core: string | undefined,
): Buffer {
  // Without a core it finds the kernels for this processor, whatever other programs are told to use here.
  const env = { ...process.env, OMP_WAIT_POLICY: 'active', OPENBLAS_CORETYPE: core };
  const options = { input, env, maxBuffer: MOST_BYTES };
  const { stdout, stderr, status, error } = spawnSync(program, args.map(String), options);
  if (error) throw error;
  if (status === 0) return stdout;
  throw new Error(`The program on OpenBLAS failed: ${stderr.toString().trim() || `exit code ${status}`}`);
}
