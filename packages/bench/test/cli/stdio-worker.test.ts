import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Readme } from '../../../../testing/readme.ts';
import { sha256 } from '../../src/engine/key.ts';
import type { Trial } from '../../src/engine/record.ts';
import { readRecords } from '../../src/engine/store.ts';
import type { WorkerMessage, WorkerRequest } from '../../src/engine/worker-protocol.ts';

const home = resolve(import.meta.dirname, '../..');
const cli = join(home, 'src/cli/main.ts');
let folder = '';
beforeAll(() => {
  // Inside the package, so that an example finds it by its name; git ignores this folder.
  mkdirSync(join(home, 'results'), { recursive: true });
  folder = mkdtempSync(join(home, 'results', 'stdio-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const trial = (a: number): Trial => ({
  study: 'sums',
  point: { a: String(a) },
  seed: 1,
  stage: 'run',
  tuned: {},
  config: { a, b: 0, milliseconds: 1 },
});
const request = (sources: Record<string, string>, trials: readonly Trial[]): WorkerRequest => ({
  study: { file: join(tmpdir(), 'elsewhere', 'sums.ts') },
  sources,
  trials,
});

test(
  'a worker answers in lines: it refuses other sources by name, and runs what is the same',
  { timeout: 60_000 },
  () => {
    // Under another path than where it was asked for: it is found by its name in the current folder.
    cpSync(join(import.meta.dirname, '../queue/sums.ts'), join(folder, 'sums.ts'));
    const digest = sha256(readFileSync(join(folder, 'sums.ts')));
    const lines = [
      request({ 'sums.ts': 'f'.repeat(64) }, [trial(1)]),
      request({ 'sums.ts': digest }, [trial(1), trial(2)]),
    ];
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--conditions=@hashgrad/source', cli, 'worker', '--stdio'],
      { cwd: folder, encoding: 'utf8', input: lines.map((line) => `${JSON.stringify(line)}\n`).join('') },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const messages = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as WorkerMessage);
    expect(messages[0]).toEqual({
      kind: 'refused',
      why: `the study sums was asked for with other sources: sums.ts is ${digest.slice(0, 8)} here, not ffffffff.`,
    });
    expect(messages.slice(1).map(({ kind }) => kind)).toEqual([
      'begin',
      'progress',
      'end',
      'begin',
      'progress',
      'end',
      'done',
    ]);
    expect(messages[6]).toMatchObject({ index: 1, outcome: { measured: { metrics: { loss: 21 } } } });
  },
);

test(
  'the README\u2019s executor of one\u2019s own runs a study, with a process of this machine instead of ssh',
  { timeout: 60_000 },
  () => {
    const [example] = new Readme(home).examples('### An executor of your own');
    const code = example?.code ?? '';
    const here = code
      .replace(
        "'ssh', [host, 'hashgrad',",
        `process.execPath, ['--conditions=@hashgrad/source', ${JSON.stringify(cli)},`,
      )
      .replace("'quick'", "'tiny'");
    expect(here).not.toContain("'ssh'");
    writeFileSync(join(folder, 'example.ts'), here);
    const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=@hashgrad/source', 'example.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('6 trials\n');
    const records = readRecords(join(folder, 'over-ssh', 'records.jsonl'));
    expect(records.map(({ error }) => error)).toEqual(Array(6).fill(undefined));
  },
);
