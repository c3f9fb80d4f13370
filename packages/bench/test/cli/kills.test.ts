import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deterministicPart } from '../../src/engine/merge.ts';
import { latestRecords, readRecords } from '../../src/engine/store.ts';
import { hashgrad, start } from './run-command.ts';

/** `npm run test:full` kills more often. */
const KILLS = process.env['HASHGRAD_FULL'] === '1' ? 20 : 3;

const STUDY = ['study', '--tiny', '--seeds', '4', '--set', 'epochs=3'];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-kills-'));
  hashgrad(folder, [...STUDY, '--out', 'undisturbed']);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** What is the same whenever a study is repeated, by key; each key must be there once. */
function bits(out: string): Map<string, unknown> {
  const records = readRecords(join(folder, out, 'records.jsonl'));
  expect(records).toHaveLength(latestRecords(records).length);
  return new Map(records.map((record) => [record.key, deterministicPart(record)]));
}

function sorted(out: string): unknown[] {
  return [...bits(out)].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

describe('records equal those of an undisturbed run', { timeout: 60_000 * KILLS }, () => {
  test(`after ${KILLS} kills with -9 at random moments`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const child = start(folder, [...STUDY, '--out', 'killed']);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // From before the first trial to after several blocks.
      await Promise.race([sleep(300 + Math.random() * 6000), ended]);
      child.kill('SIGKILL');
      await ended;
    }
    const { code, error } = hashgrad(folder, [...STUDY, '--out', 'killed']);
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(bits('undisturbed').size).toBe(12);
    expect(bits('killed')).toEqual(bits('undisturbed'));
  });

  test('of three shards merged; and they are refused if one was tampered with', async () => {
    for (const shard of [1, 2, 3]) {
      expect(hashgrad(folder, [...STUDY, '--shard', `${shard}/3`, '--out', `shard${shard}`]).code).toBe(0);
    }
    const merged = hashgrad(folder, ['merge', 'shard1', 'shard2', 'shard3', '--out', 'merged']);
    expect(merged.out).toContain('12 trials in merged/records.jsonl, 12 of them new.');
    expect(sorted('merged')).toEqual(sorted('undisturbed'));
    // Nothing is left to do where they were merged, and merging once more adds nothing.
    expect(hashgrad(folder, [...STUDY, '--out', 'merged']).out).toContain(
      '12 of 12 trials are finished already.',
    );
    expect(hashgrad(folder, ['merge', 'shard2', 'merged', '--out', 'merged']).out).toContain('0 of them new');
  });
});
