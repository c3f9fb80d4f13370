/** Programs that need a process of their own, to measure its memory or see it end. */
import { spawnSync } from 'node:child_process';

const index = new URL('../src/index.ts', import.meta.url).href;

/**
 * Runs a module in a process of its own, where `kernels` is this package, and gives what it wrote.
 * @throws {Error} if it does not end well within `seconds`.
 */
export function runChild(program: string, flags: readonly string[] = [], seconds: number = 60): string {
  const source = `import * as kernels from ${JSON.stringify(index)};\n${program}`;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, '--input-type=module', '--eval', source],
    { encoding: 'utf8', timeout: seconds * 1000 },
  );
  if (status !== 0) throw new Error(`The program ended with ${status ?? signal}.\n${stdout}${stderr}`);
  return stdout;
}
