import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRecords } from '../../src/engine/store.ts';
import { hashgrad, startHeard } from './run-command.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-stop-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(process.platform === 'win32')(
  'SIGUSR1 shows how far it is; Ctrl-C keeps what is finished, gives the folder back, and ends with 130',
  { timeout: 60_000 },
  async () => {
    const args = ['study', '--tiny', '--seeds', '20', '--set', 'epochs=5', '--out', 'stopped'];
    const { child, ended, said } = startHeard(folder, args);
    const path = join(folder, 'stopped', 'records.jsonl');
    while (!existsSync(path) || readRecords(path).length < 2) await sleep(50);
    expect(hashgrad(folder, ['status', 'stopped']).out).toMatch(
      new RegExp(
        `^stopped: \\d+ of 60 trials; running as process ${child.pid} on .*; about .* left, one after the other\n$`,
      ),
    );
    child.kill('SIGUSR1');
    await said(
      new RegExp(`^stopped: \\d+ of 60 trials; running as process ${child.pid} on .*; about .* left`, 'm'),
    );
    // A second study may not write there meanwhile.
    expect(hashgrad(folder, args)).toMatchObject({
      code: 1,
      error: expect.stringContaining(`process ${child.pid}`),
    });
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    const kept = readRecords(path).length;
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(60);
    expect(existsSync(join(folder, 'stopped', 'lock.json'))).toBe(false);
    expect(hashgrad(folder, ['status', 'stopped']).out).toMatch(
      new RegExp(`^stopped: ${kept} of 60 trials; about`),
    );
  },
);
