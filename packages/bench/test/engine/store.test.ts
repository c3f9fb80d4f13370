import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { once } from 'node:events';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOCK_FILE } from '../../src/engine/lock.ts';
import { latestRecords, readRecords, RECORDS_FILE, Store, type Write } from '../../src/engine/store.ts';
import { record } from './made-up.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-store-'));
  path = join(folder, RECORDS_FILE);
});
afterEach(() => rmSync(folder, { recursive: true }));

const keyed = (digit: string, change: object = {}) => record({ key: digit.repeat(64), ...change });

test('records come back as they were, in this session and the next', () => {
  const records = ['1', '2', '3'].map((digit) => keyed(digit));
  {
    using store = Store.open(folder, 'sums');
    for (const each of records) store.append(each);
    expect(store.records).toEqual(records);
    expect(readRecords(path)).toEqual(records);
  }
  using store = Store.open(folder, 'sums');
  expect(store.records).toEqual(records);
  expect(readdirSync(folder).toSorted()).toEqual([LOCK_FILE, RECORDS_FILE]);
});

test('opening a finished study, however often, changes no byte of it', () => {
  Store.open(folder, 'sums').append(keyed('1'));
  rmSync(join(folder, LOCK_FILE));
  const before = readFileSync(path);
  for (let times = 0; times < 3; times++) Store.open(folder, 'sums').close();
  expect(readFileSync(path)).toEqual(before);
});

test('another study’s records are left alone', () => {
  Store.open(folder, 'sums').append(keyed('1'));
  rmSync(join(folder, LOCK_FILE));
  expect(() => Store.open(folder, 'widths')).toThrow(
    `${path} holds records of the study sums; those of widths need another folder: give --out.`,
  );
  // The lock was given back.
  Store.open(folder, 'sums').close();
});

/** Writes up to `room` bytes in pieces of 100, then fails as Linux does. */
function full(room: number): { write: Write; free(): void } {
  let left = room;
  const write: Write = (file, bytes, offset, length, position) => {
    if (left === 0)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const count = Math.min(100, left, length);
    left -= count;
    return writeSync(file, bytes, offset, count, position);
  };
  return { write, free: () => (left = Infinity) };
}

describe('a disk that is full', () => {
  test.each([0, 1, 99, 100, 250, 500])(
    'with room for %i more bytes: the record is not there, those before and after are',
    (room) => {
      Store.open(folder, 'sums').append(keyed('1'));
      rmSync(join(folder, LOCK_FILE));
      const before = readFileSync(path);
      const disk = full(room);
      using store = Store.open(folder, 'sums', disk.write);
      expect(() => store.append(keyed('2'))).toThrow(`${path}: a record could not be written (ENOSPC`);
      expect(readFileSync(path)).toEqual(before);
      disk.free();
      store.append(keyed('3'));
      expect(readRecords(path)).toEqual([keyed('1'), keyed('3')]);
    },
  );
});

describe('a torn last line', () => {
  test.each([1, 20, 400])('of %i bytes is cut off, with a note', (bytes) => {
    Store.open(folder, 'sums').append(keyed('1'));
    rmSync(join(folder, LOCK_FILE));
    appendFileSync(path, JSON.stringify(keyed('2')).slice(0, bytes));
    expect(readRecords(path)).toEqual([keyed('1')]);
    using store = Store.open(folder, 'sums');
    expect(store.notes).toEqual([
      expect.stringContaining(`the last line was torn when a study was stopped (${bytes} bytes)`),
    ]);
    store.append(keyed('3'));
    expect(readRecords(path)).toEqual([keyed('1'), keyed('3')]);
  });

  test('that is whole but for its line end is kept', () => {
    writeFileSync(path, JSON.stringify(keyed('1')));
    using store = Store.open(folder, 'sums');
    expect(store.notes).toEqual([]);
    store.append(keyed('2'));
    expect(readRecords(path)).toEqual([keyed('1'), keyed('2')]);
  });

  test('in the middle is refused with its line', () => {
    writeFileSync(path, `${JSON.stringify(keyed('1'))}\n{"version\n`);
    expect(() => Store.open(folder, 'sums')).toThrow(`${path}, line 2: this is not JSON`);
    expect(() => readRecords(join(folder, 'none'))).toThrow(`There is no file ${join(folder, 'none')}`);
  });
});

const owner = (change: object): void =>
  writeFileSync(
    join(folder, LOCK_FILE),
    JSON.stringify({ pid: process.pid, host: hostname(), start: '', token: 'other', ...change }),
  );

describe('the lock', () => {
  test('keeps a second writer out, in this process too', () => {
    using _ = Store.open(folder, 'sums');
    expect(() => Store.open(folder, 'sums')).toThrow(
      `Another study is writing to ${folder}: process ${process.pid} on ${hostname()}.`,
    );
  });

  test('of another living process keeps out, and is taken over when that is dead', async () => {
    const program = `import { Store } from ${JSON.stringify(join(import.meta.dirname, '../../src/engine/store.ts'))};
      Store.open(${JSON.stringify(folder)}, 'sums'); console.log('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, [
      '--conditions=@hashgrad/source',
      '--input-type=module',
      '-e',
      program,
    ]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(() => Store.open(folder, 'sums')).toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    Store.open(folder, 'sums').close();
  });

  test('of a number that another process has now is taken over; of another machine it is not', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    owner({ pid });
    Store.open(folder, 'sums').close();
    if (process.platform === 'linux') {
      owner({ start: 'an earlier boot' });
      Store.open(folder, 'sums').close();
    }
    owner({ host: 'elsewhere' });
    expect(() => Store.open(folder, 'sums')).toThrow('on elsewhere');
  });

  test('that was taken over stops the one that had it', () => {
    using store = Store.open(folder, 'sums');
    owner({});
    expect(() => store.append(keyed('1'))).toThrow('was taken over by another process');
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});

test('of several records of a key the last counts, but no error replaces what had finished', () => {
  const failed = keyed('1', { metrics: {}, error: { message: 'no' } });
  const [first, second] = [keyed('1', { seconds: 1 }), keyed('1', { seconds: 2 })];
  expect(latestRecords([first, second])).toEqual([second]);
  expect(latestRecords([failed, first])).toEqual([first]);
  expect(latestRecords([first, failed])).toEqual([first]);
  expect(latestRecords([first, keyed('2')], new Set(['2'.repeat(64)]))).toEqual([keyed('2')]);
});

test('a damaged line is named, with what to do', () => {
  writeFileSync(path, `${JSON.stringify(keyed('1'))}\nXX\n${JSON.stringify(keyed('2'))}\n`);
  expect(() => readRecords(path)).toThrow(
    /records\.jsonl, line 2: this is not JSON .* remove the line: its trial/,
  );
});

test.each(['null', '{}', ''])('a lock that says nothing is taken over: %j', (text) => {
  writeFileSync(join(folder, LOCK_FILE), text);
  expect(() => Store.open(folder, 'sums').close()).not.toThrow();
});

test.skipIf(process.platform !== 'linux')('so is that of a zombie', async () => {
  // The second sleep takes the place of the shell, and never asks how the first one ended.
  const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [text] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(text.toString());
    let stat = '';
    while (!stat.includes(') Z ')) {
      await sleep(10);
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    }
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const start = `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
    writeFileSync(join(folder, LOCK_FILE), JSON.stringify({ pid, host: hostname(), start, token: '' }));
    expect(() => Store.open(folder, 'sums').close()).not.toThrow();
  } finally {
    parent.kill('SIGKILL');
  }
});
