import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { readFileBytes, writeFileAtomic } from '../../src/index.ts';

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
  expect(() => writeFileAtomic(join(folder, 'missing', 'c'), Uint8Array.of(1))).toThrow(/ENOENT.*missing/);
  // Renaming a file over a folder is refused.
  mkdirSync(join(folder, 'd'));
  expect(() => writeFileAtomic(join(folder, 'd'), Uint8Array.of(1))).toThrow(/rename/);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a folder is no file, and the message names it', () => {
  expect(() => readFileBytes(folder)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  expect(() => readFileBytes(folder)).toThrow(folder);
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
