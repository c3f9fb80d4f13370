import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRecords } from '../../src/engine/store.ts';
import { hashgrad } from './run-command.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-limits-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A study in plain JavaScript whose trials do what their config says. */
const STUDY = `
const ways = {
  good: () => 1,
  throws: () => { throw new Error('as it was told'); },
  never: () => { for (;;); },
  ends: () => process.exit(7),
  later: () => new Promise(() => { setTimeout(() => { throw new TypeError('too late'); }); }),
  rejects: () => new Promise(() => { Promise.reject(new Error('nobody caught it')); }),
  killed: () => { process.kill(process.pid, 'SIGKILL'); for (;;); },
  heap: () => { const all = []; for (;;) all.push(new Array(1e6).fill(Math.random())); },
  shared: () => { const all = []; for (;;) all.push(new Uint8Array(new SharedArrayBuffer(2 ** 25)).fill(1)); },
};
export default {
  name: 'misbehaving', question: 'What becomes of trials that misbehave?',
  measure: async ({ way }) => ({ metrics: { loss: await ways[way]() } }),
  base: { way: 'good', turn: 0 },
  factors: { way: Object.fromEntries(Object.keys(ways).map((way) => [way, { way }])) },
  seeds: [1], metrics: ['loss'],
};
`;

/** The errors by way. */
function run(ways: string, limits: readonly string[], out: string): Record<string, string | undefined> {
  writeFileSync(join(folder, 'study.mjs'), STUDY);
  const { code, error } = hashgrad(folder, [
    'study',
    './study.mjs',
    '--set',
    `way=${ways}`,
    ...limits,
    '--out',
    out,
  ]);
  expect(error).toMatch(/^hashgrad: \d of \d trials failed, the first with: /);
  expect(code).toBe(3);
  const records = readRecords(join(folder, out, 'records.jsonl'));
  for (const { error: each, metrics } of records) expect(each === undefined).toBe('loss' in metrics);
  return Object.fromEntries(records.map(({ trial, error: each }) => [trial.config['way'], each?.message]));
}

// The study is one block: each of these trials must leave those after it to another process.
test(
  'a trial that throws, at once or later, hangs or ends its process is a record, and the others run',
  { timeout: 60_000 },
  () => {
    expect(run('good,throws,never,ends,later,rejects,killed', ['--time-limit', '4'], 'ends')).toEqual({
      good: undefined,
      throws: 'as it was told',
      never: 'The trial took longer than its limit of 4 s.',
      ends: "The trial's process ended with exit code 7.",
      later: "The trial's process ended with exit code 1: TypeError: too late",
      rejects: "The trial's process ended with exit code 1: Error: nobody caught it",
      killed: "The trial's process ended by SIGKILL.",
    });
  },
);

test('so is one that takes too much memory, JavaScript’s or shared', { timeout: 120_000 }, () => {
  const errors = run('good,heap,shared', ['--memory-limit', '300'], 'memory');
  expect(errors['good']).toBeUndefined();
  expect(errors['heap']).toMatch(/out of memory|more memory than its limit of 300 MB/);
  expect(errors['shared']).toBe('The trial took more memory than its limit of 300 MB.');
});

test('a process that ends between two trials is no failure of either', { timeout: 60_000 }, () => {
  const path = join(folder, 'between.mjs');
  // The first trial's end is told while the process is about to leave.
  writeFileSync(
    path,
    STUDY.replace(
      'const ways = {',
      `const ways = {
  leaves: () => {
    const { send } = process;
    process.send = (message, told) => send.call(process, message, (error) => {
      if (message.kind === 'end') process.exit(9);
      told(error);
    });
    return 1;
  },`,
    ),
  );
  const args = ['study', './between.mjs', '--set', 'way=leaves', '--set', 'turn=1,2', '--out', 'between'];
  expect(hashgrad(folder, args)).toMatchObject({ code: 0, error: '' });
  expect(readRecords(join(folder, 'between', 'records.jsonl'))).toHaveLength(2);
});

test(
  'a limit of memory in which not even a process starts ends the study, with its number',
  { timeout: 60_000 },
  () => {
    writeFileSync(join(folder, 'study.mjs'), STUDY);
    const limits = ['--memory-limit', '10', '--out', 'tight'];
    const { code, error } = hashgrad(folder, ['study', './study.mjs', '--set', 'way=good', ...limits]);
    expect(error).toMatch(/^hashgrad: The process for a block could not run its trials: .*memory/);
    expect(code).toBe(1);
    expect(readRecords(join(folder, 'tight', 'records.jsonl'))).toEqual([]);
  },
);
