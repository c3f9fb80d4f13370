import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { readSource, type ByteSource } from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'byte-source-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'a file.bin');
const bytes = Uint8Array.of(1, 2, 3, 4);
writeFileSync(path, bytes);

function shared(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(4);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

test.for<[string, () => ByteSource, string]>([
  ['a path', () => path, path],
  ['a file: URL', () => pathToFileURL(path), path],
  ['a file: URL as text', () => pathToFileURL(path).href, path],
  ['a Uint8Array', () => bytes, 'the model'],
  ['a Buffer', () => Buffer.from(bytes), 'the model'],
  ['an ArrayBuffer', () => bytes.slice().buffer, 'the model'],
  ['a SharedArrayBuffer', shared, 'the model'],
  ['a view', () => new DataView(Uint8Array.of(9, 1, 2, 3, 4, 9).buffer, 1, 4), 'the model'],
  ['a Response', () => new Response(bytes), 'the model'],
  ['a Blob', () => new Blob([bytes]), 'the model'],
])('reads %s', async ([, source, name]) => {
  const read = await readSource(source(), 'the model');
  expect([...read.bytes]).toEqual([1, 2, 3, 4]);
  expect(read.name).toBe(name);
});

test('an array is not copied', async () => {
  expect((await readSource(bytes, 'the model')).bytes).toBe(bytes);
});

const taken = 'a path, a file: URL, an ArrayBuffer, a typed array, a Response or a Blob';
test.for<[unknown, string]>([
  [undefined, `the model is read from ${taken}; got undefined.`],
  [7, `the model is read from ${taken}; got 7.`],
  [[1, 2, 3], `the model is read from ${taken}; got Array.`],
  [Promise.resolve(bytes), `the model is read from ${taken}; got a Promise, which has to be awaited.`],
  [new URL('https://host/model'), 'https://host/model is not a file here: give `await fetch(...)` of it.'],
  ['https://host/model', 'https://host/model is not a file here: give `await fetch(...)` of it.'],
  [new Response('no', { status: 404 }), 'the model: the server answered 404.'],
])('refuses %s', async ([source, message]) => {
  await expect(readSource(source as ByteSource, 'the model')).rejects.toThrow(message);
});

test('refuses a file: URL where there are no files', async () => {
  vi.stubGlobal('process', undefined);
  await expect(readSource(pathToFileURL(path), 'the model')).rejects.toThrow('is not a file here');
  vi.unstubAllGlobals();
});
