import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
/** What an undisturbed run takes, in milliseconds. */
let whole = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-kills-'));
  const started = performance.now();
  hashgrad(folder, [...STUDY, '--out', 'undisturbed']);
  whole = performance.now() - started;
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
    expect(bits('undisturbed').size).toBe(12);
    // A study that ends before its kill is followed by another one: every kill hits one that runs.
    let [kills, studies] = [0, 1];
    while (kills < KILLS) {
      const child = start(folder, [...STUDY, '--out', `killed${studies}`]);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await Promise.race([sleep(Math.random() * whole), ended]);
      if (child.exitCode === null) kills++;
      else studies++;
      child.kill('SIGKILL');
      await ended;
    }
    expect(hashgrad(folder, [...STUDY, '--out', `killed${studies}`])).toMatchObject({ code: 0, error: '' });
    for (let study = 1; study <= studies; study++)
      expect(bits(`killed${study}`)).toEqual(bits('undisturbed'));
  });

  test('of three shards merged; a record in which a bit differs is refused', async () => {
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
    const path = join(folder, 'shard2', 'records.jsonl');
    const [first = '', ...others] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, [first.replace(/"loss":0\.(\d)/, '"loss":0.1$1'), ...others].join('\n'));
    const refused = hashgrad(folder, ['merge', 'merged', 'shard2', '--out', 'again']);
    expect(refused.error).toMatch(
      /seed 2: loss is .* in merged.records\.jsonl, but .* in shard2.records\.jsonl/,
    );
    expect(refused.code).toBe(1);
  });
});
