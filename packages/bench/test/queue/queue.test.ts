import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/engine/json.ts';
import { deterministicPart } from '../../src/engine/merge.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { runHere } from '../../src/engine/run-here.ts';
import { latestRecords, readRecords } from '../../src/engine/store.ts';
import { connect } from '../../src/queue/connection.ts';
import { hashgrad, startHeard, without } from '../cli/run-command.ts';
import { hasRedis, startRedis } from './redis.ts';
import sums from './sums.ts';

let folder = '';
let redis = { url: '', stop: async () => {} };
type Started = ReturnType<typeof startHeard>;
const started: Started[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-queue-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  cpSync(join(import.meta.dirname, 'sums.ts'), join(folder, 'sums.ts'));
  if (hasRedis) redis = await startRedis();
});
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  await redis.stop();
});

function begin(args: readonly string[]): Started {
  const process = startHeard(folder, args);
  started.push(process);
  return process;
}

const worker = (...more: string[]) => begin(['worker', redis.url, '--stalled-after', '2', ...more]);

/** What is the same whenever a study is repeated, by trial; each must be there once. */
function bits(out: string): [string, unknown][] {
  return bitsOf(readRecords(join(folder, out, 'records.jsonl')));
}

function bitsOf(records: readonly TrialRecord[]): [string, unknown][] {
  expect(records).toHaveLength(latestRecords(records).length);
  return records
    .map((record): [string, unknown] => [canonicalJson(record.trial), deterministicPart(record)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The trials that a worker says it has finished. */
const finishedBy = (text: string): number => text.match(/^sums, /gm)?.length ?? 0;

/** The first one that has finished a trial. */
function firstOf(workers: readonly Started[]): Promise<Started> {
  return Promise.race(workers.map(async (each) => (await each.said(/^sums, /m), each)));
}

describe.skipIf(!hasRedis)('a queue (needs redis-server)', { timeout: 120_000 }, () => {
  test('workers die, leave and come, and the one who asked is killed: every trial is recorded once', async () => {
    const study = ['study', './sums.ts', '--queue', redis.url, '--out', 'queued'];
    const asked = begin(study);
    await asked.said(/No worker is there yet\. Start some with: hashgrad worker redis:/);
    // The first one that has finished a trial is killed, the second one is told to leave.
    const workers = [worker(), worker(), worker()];
    const killed = await firstOf(workers);
    killed.child.kill('SIGKILL');
    const left = await firstOf(workers.filter((each) => each !== killed));
    left.child.kill('SIGINT');
    asked.child.kill('SIGKILL');
    expect(await left.ended).toBe(130);
    // The trial in hand was finished, and no other one begun.
    expect(finishedBy(left.text().split('Stopping')[1] as string)).toBeLessThanOrEqual(1);
    const again = begin(study);
    expect(await again.ended).toBe(0);
    expect(bits('queued')).toEqual(bitsOf(await runHere(sums, join(folder, 'alone'))));
    // No trial was finished twice.
    expect(workers.reduce((sum, { text }) => sum + finishedBy(text()), 0)).toBeLessThanOrEqual(4 + 6);
    const [other] = workers.filter((each) => each !== killed && each !== left) as [typeof killed];
    other.child.kill('SIGINT');
    expect(await other.ended).toBe(130);
    // Nothing is left to do.
    const { queue, close } = await connect(redis.url);
    expect(await queue.getJobCounts()).toMatchObject({
      active: 0,
      delayed: 0,
      failed: 0,
      waiting: 0,
    });
    await close();
  });

  test('a worker with other sources refuses by name; a trial that kills its workers is given up, and the others run', async () => {
    const asked = begin(['study', './sums.ts', '--seeds', '1', '--queue', redis.url, '--out', 'deadly']);
    await asked.said(/No worker is there yet/);
    appendFileSync(join(folder, 'sums.ts'), '// changed\n');
    const other = worker();
    await asked.said(
      /refuses: the study sums was asked for with other sources: sums\.ts is [0-9a-f]{8} here, not/,
    );
    expect(other.text()).toMatch(/Refused a block: .*sums\.ts is/);
    other.child.kill('SIGKILL');
    cpSync(join(import.meta.dirname, 'sums.ts'), join(folder, 'sums.ts'));
    const { queue, close } = await connect(redis.url);
    const [job] = await queue.getJobs(['waiting', 'delayed']);
    for (let death = 0; death < 5; death++) {
      await job?.log(JSON.stringify({ kind: 'begin', index: 1, host: 'some' }));
    }
    await close();
    worker();
    expect(await asked.ended).toBe(3);
    const records = readRecords(join(folder, 'deadly', 'records.jsonl'));
    expect(records.map(({ error }) => error?.message)).toContain(
      '5 workers ended while they ran this trial: it is not tried again.',
    );
    expect(records.filter(({ error }) => error === undefined)).toHaveLength(4 + 2 - 1);
  });

  test.skipIf(process.env['HASHGRAD_FULL'] !== '1')(
    'a Redis that loses all it has (HASHGRAD_FULL)',
    async () => {
      const study = ['study', './sums.ts', '--seeds', '6', '--queue', redis.url, '--out', 'lost'];
      const asked = begin(study);
      await asked.said(/No worker is there yet/);
      const workers = [worker(), worker()];
      const { redis: client, queue, close } = await connect(redis.url);
      const names = new Set<string | undefined>();
      for (const finished of [2, 5, 8]) {
        await asked.said(new RegExp(`^\\[ ${finished}/12\\]`, 'm'));
        // A name that came again could be taken for the block that had it before.
        for (const { id } of await queue.getJobs(['waiting', 'active'])) {
          expect(names.has(id)).toBe(false);
          names.add(id);
        }
        await client.flushall();
      }
      await close();
      expect(await asked.ended).toBe(0);
      expect(workers.every(({ child }) => child.exitCode === null)).toBe(true);
      expect(bits('lost')).toEqual(
        bitsOf(await runHere({ ...sums, seeds: [1, 2, 3, 4, 5, 6] }, join(folder, 'alone'))),
      );
    },
  );

  test.skipIf(process.env['HASHGRAD_FULL'] !== '1')(
    'a worker killed with -9 ten times (HASHGRAD_FULL)',
    { timeout: 600_000 },
    async () => {
      const study = ['study', '--tiny', '--seeds', '4', '--set', 'epochs=20'];
      hashgrad(folder, [...study, '--out', 'undisturbed']);
      // A study that ends before its kill is followed by another one: every kill hits one that runs.
      let [kills, studies, over] = [0, 0, true];
      let last = started[0] as Started;
      while (kills < 10) {
        if (over) {
          last = begin([...study, '--queue', redis.url, '--out', `kills${++studies}`]);
          over = false;
          void last.ended.then(() => (over = true));
          await last.said(/trials\./);
        }
        const victim = worker();
        await victim.said(/^Waiting for blocks/m);
        await sleep(Math.random() * 2000);
        if (!over) kills++;
        victim.child.kill('SIGKILL');
        await victim.ended;
      }
      worker();
      await last.ended;
      for (let each = 1; each <= studies; each++) expect(bits(`kills${each}`)).toEqual(bits('undisturbed'));
    },
  );
});

test('what is no address, or where no Redis answers, is said without the password', async () => {
  await expect(connect('localhost')).rejects.toThrow(
    'A queue is the address of a Redis, such as redis://localhost:6379; got "localhost".',
  );
  await expect(connect('redis://:secret@127.0.0.1:1')).rejects.toThrow(
    'No Redis answers at redis://:***@127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1.',
  );
});

test('without its packages the message says what to install', () => {
  const { code, error } = hashgrad(folder, ['worker', 'redis://127.0.0.1:1'], without(folder, 'bullmq'));
  expect(error).toBe(
    'hashgrad: A queue needs the packages bullmq and ioredis, which are not installed here: npm install bullmq ioredis.\n',
  );
  expect(code).toBe(1);
});
