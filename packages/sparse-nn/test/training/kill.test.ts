import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@hashgrad/kernels';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-kill-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Trains in a process of its own, until the end or until it is killed some milliseconds after it began to train. */
function train(path: string, threads: number, killAfter?: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    ['--conditions=@hashgrad/source', join(import.meta.dirname, '../kill-child.ts'), path, String(threads)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    if (output === '' && killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter);
    output += data.toString();
  });
  return new Promise((resolve) => child.once('close', () => resolve(output.trim().split('\n'))));
}

test('killed ten times at random moments, on 1, 2 and 4 threads, training ends with the bits of the undisturbed', async () => {
  const undisturbed = train(join(folder, 'undisturbed'), 1);
  // The moments are the same in each run, as far as the machine's clock allows.
  const random = randomStream(1, 'kills');
  const path = join(folder, 'killed');
  for (let kill = 0; kill < 10; kill++) {
    const lines = await train(path, [1, 2, 4][kill % 3], 10 + random.integer(80));
    expect(lines[0], `kill ${kill}`).toBe('training');
    expect(lines.at(-1), `kill ${kill} came too late`).not.toMatch(/^[0-9a-f]{64}$/);
  }
  const expected = (await undisturbed).at(-1);
  expect(expected).toMatch(/^[0-9a-f]{64}$/);
  expect((await train(path, 4)).at(-1)).toBe(expected);
  // What a killed process was writing beside the file is no harm; the file itself was always whole.
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['killed', 'undisturbed']));
}, 60_000);
