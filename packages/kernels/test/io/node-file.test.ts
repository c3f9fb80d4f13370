import { once } from 'node:events';
import fs, {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { checkFolderOf, readFileBytes, writeFileAtomic } from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'node-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('replaces a file by all of the bytes, and leaves nothing else behind', () => {
  const path = join(folder, 'a.bin');
  writeFileSync(path, 'before');
  writeFileAtomic(path, Uint8Array.of(1, 2, 3));
  expect([...readFileBytes(path)]).toEqual([1, 2, 3]);
  const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(7);
  writeFileAtomic(path, [Uint8Array.of(4), new Uint8Array(0), shared]);
  expect([...readFileSync(path)]).toEqual([4, 7, 7]);
  expect(readdirSync(folder)).toEqual(['a.bin']);
});

test('a write that fails leaves the file as it was', () => {
  const path = join(folder, 'b.bin');
  writeFileAtomic(path, Uint8Array.of(1));
  const wrong = [Uint8Array.of(2), null as unknown as Uint8Array];
  expect(() => writeFileAtomic(path, wrong)).toThrow(TypeError);
  expect([...readFileBytes(path)]).toEqual([1]);
  expect(() => writeFileAtomic(join(folder, 'missing', 'c'), Uint8Array.of(1))).toThrow(
    /c: there is no folder .*missing\.$/,
  );
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a folder is no file, and the message names it', () => {
  expect(() => readFileBytes(folder)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  expect(() => readFileBytes(folder)).toThrow(folder);
  const inner = join(folder, 'd');
  mkdirSync(inner);
  expect(() => writeFileAtomic(inner, Uint8Array.of(1))).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  expect(() => writeFileAtomic(inner, Uint8Array.of(1))).toThrow(inner);
  expect(statSync(inner).isDirectory()).toBe(true);
});

test.skipIf(!existsSync('/dev/null'))('a device is not replaced by a file', () => {
  // A link to it, so that a fault replaces nothing but the link.
  const path = join(folder, 'device');
  symlinkSync('/dev/null', path);
  expect(() => writeFileAtomic(path, Uint8Array.of(1))).toThrow(`${path} is a device or a pipe`);
});

test("temporary files that others left are in nobody's way, and stay", () => {
  const path = join(folder, 'left.bin');
  const left = Array.from({ length: 50 }, (_, n) => `left.bin.${process.pid}-${n}.tmp`);
  for (const name of left) writeFileSync(join(folder, name), 'theirs');
  writeFileAtomic(path, Uint8Array.of(1));
  expect([...readFileBytes(path)]).toEqual([1]);
  for (const name of left) expect(readFileSync(join(folder, name), 'utf8')).toBe('theirs');
  for (const name of left) rmSync(join(folder, name));
});

test("a temporary name that is taken is somebody else's file, which is not removed", () => {
  const made: string[] = [];
  const open = vi.spyOn(fs, 'openSync').mockImplementationOnce((name, ...rest) => {
    writeFileSync(name, 'theirs');
    made.push(String(name));
    return fs.openSync(name, ...rest);
  });
  try {
    expect(() => writeFileAtomic(join(folder, 'f'), Uint8Array.of(1))).toThrow(/EEXIST/);
  } finally {
    open.mockRestore();
  }
  expect(made.map((name) => readFileSync(name, 'utf8'))).toEqual(['theirs']);
  rmSync(made[0]!);
});

test('threads may save to one path at once: all succeed, and the file is always one of the whole contents', async () => {
  const path = join(folder, 'at-once.bin');
  const bytes = 100_000;
  writeFileAtomic(path, new Uint8Array(bytes));
  const module = JSON.stringify(new URL('../../src/io/node-file.ts', import.meta.url).href);
  const program = (value: number): string =>
    `import(${module}).then(({ writeFileAtomic }) => {
      for (let i = 0; i < 20; i++) writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(${bytes}).fill(${value}));
    });`;
  const workers = [1, 2, 3].map((value) => new Worker(program(value), { eval: true }));
  const running = new Set(workers);
  const ended = Promise.all(
    workers.map((worker) => once(worker, 'exit').finally(() => running.delete(worker))),
  );
  const seen = new Set<number>();
  while (running.size > 0) {
    const contents = readFileBytes(path);
    expect(contents).toHaveLength(bytes);
    expect(contents.indexOf(contents[0]!)).toBe(0);
    expect(contents.findIndex((value) => value !== contents[0])).toBe(-1);
    seen.add(contents[0]!);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect((await ended).flat()).toEqual([0, 0, 0]);
  expect(seen.size).toBeGreaterThan(1);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test.skipIf(process.platform === 'win32').each([0o600, 0o644, 0o666, 0o750])(
  'a file keeps its mode %i',
  (mode) => {
    const path = join(folder, `mode-${mode}`);
    writeFileSync(path, 'before');
    chmodSync(path, mode);
    writeFileAtomic(path, Uint8Array.of(1));
    expect(statSync(path).mode & 0o7777).toBe(mode);
  },
);

describe.skipIf(process.platform === 'win32')('a symbolic link', () => {
  test('stays, and its target is replaced, also where that is not there yet', () => {
    mkdirSync(join(folder, 'real', 'deep'), { recursive: true });
    symlinkSync(join('real', 'deep'), join(folder, 'alias'));
    // `..` is the real folder's parent, not the alias's.
    symlinkSync(join('..', 'target'), join(folder, 'alias', 'second'));
    symlinkSync(join('alias', 'second'), join(folder, 'first'));
    for (const value of [1, 2]) {
      writeFileAtomic(join(folder, 'first'), Uint8Array.of(value));
      expect([...readFileSync(join(folder, 'real', 'target'))]).toEqual([value]);
    }
    expect(readlinkSync(join(folder, 'first'))).toBe(join('alias', 'second'));
    expect(lstatSync(join(folder, 'alias', 'second')).isSymbolicLink()).toBe(true);
  });

  test('that leads in a circle is refused by name', () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    symlinkSync(one, two);
    symlinkSync(two, one);
    expect(() => writeFileAtomic(one, Uint8Array.of(1))).toThrow(/ELOOP.*one/);
  });
});

test.skipIf(process.platform === 'win32')('a name may be as long as the file system lets it', () => {
  const path = join(folder, 'n'.repeat(255));
  writeFileAtomic(path, Uint8Array.of(1));
  expect([...readFileBytes(path)]).toEqual([1]);
});

// Writing to it fails as on a disk that is full.
test.skipIf(!existsSync('/dev/full'))('a disk that is full is named', () => {
  const path = join(folder, 'e');
  const open = vi.spyOn(fs, 'openSync').mockReturnValueOnce(fs.openSync('/dev/full', 'w'));
  try {
    expect(() => writeFileAtomic(path, Uint8Array.of(1))).toThrow(`${path}: ENOSPC`);
  } finally {
    open.mockRestore();
  }
});

test('the folder of a path is looked at before anything is written there', () => {
  expect(() => checkFolderOf(join(folder, 'not-yet.bin'))).not.toThrow();
  const path = join(folder, 'none', 'a.bin');
  expect(() => checkFolderOf(path)).toThrow(`${path}: there is no folder ${join(folder, 'none')}.`);
  vi.stubGlobal('process', undefined);
  expect(() => checkFolderOf(path)).toThrow('There are no files here');
  vi.unstubAllGlobals();
});
