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
  killed: () => { process.kill(process.pid, 'SIGKILL'); for (;;); },
  heap: () => { const all = []; for (;;) all.push(new Array(1e6).fill(Math.random())); },
  shared: () => { const all = []; for (;;) all.push(new Uint8Array(new SharedArrayBuffer(2 ** 25)).fill(1)); },
};
export default {
  name: 'misbehaving', question: 'What becomes of trials that misbehave?',
  measure: ({ way }) => ({ metrics: { loss: ways[way]() } }),
  base: { way: 'good' },
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
  'a trial that throws, hangs or ends its process is a record, and the others run',
  { timeout: 60_000 },
  () => {
    expect(run('good,throws,never,ends,killed', ['--time-limit', '4'], 'ends')).toEqual({
      good: undefined,
      throws: 'as it was told',
      never: 'The trial took longer than its limit of 4 s.',
      ends: "The trial's process ended with exit code 7.",
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
