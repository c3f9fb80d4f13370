import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendRecord, readRecords, startRecords, writeWhole } from '../src/store.ts';
import type { RunRecord } from '../src/records.ts';
import { record, study } from './synthetic.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('records are appended one by one and come back as they were', () => {
  const path = startRecords(join(folder, 'new'));
  const records = study();
  appendRecord(path, records[0] as RunRecord);
  expect(readRecords(path)).toEqual(records.slice(0, 1));
  for (const each of records.slice(1)) appendRecord(path, each);
  expect(readRecords(path)).toEqual(records);
});

test('a new study keeps the records of the one before', () => {
  const path = startRecords(folder);
  appendRecord(path, record());
  startRecords(folder);
  expect(readFileSync(path, 'utf8')).toBe('');
  expect(readRecords(join(folder, 'records.previous.jsonl'))).toEqual([record()]);
});

test('half a line at the end is left out, a broken one elsewhere is refused', () => {
  const path = startRecords(folder);
  appendRecord(path, record());
  appendFileSync(path, '{"study":"sel');
  expect(readRecords(path)).toEqual([record()]);
  appendFileSync(path, '\n');
  expect(() => readRecords(path)).toThrow(`${path}, line 2: this is not JSON`);
});

test('a line that is no record is refused with the field', () => {
  const path = join(folder, 'records.jsonl');
  const cases: [unknown, string][] = [
    [[], 'the record should be an object, but is [].'],
    [{ ...record(), study: 'other' }, '"study" should be the text "selectors", but is "other".'],
    [{ ...record(), seconds: null }, '"seconds" should be a number, but is null.'],
    [{ ...record(), accuracy: { full: 1 } }, '"accuracy.sparse" should be a number, but is missing.'],
    [{ ...record(), history: {} }, '"history" should be a list, but is {}.'],
    [{ ...record(), multiplyAdds: {} }, '"multiplyAdds.hashing" should be a number, but is missing.'],
  ];
  for (const [value, message] of cases) {
    writeFileSync(path, `${JSON.stringify(record())}\n${JSON.stringify(value)}\n`);
    const read = (): unknown => readRecords(path);
    expect(read).toThrow(`${path}, line 2: `);
    expect(read).toThrow(message);
  }
  writeFileSync(path, '');
  expect(() => readRecords(path)).toThrow('holds no records');
});

test('a whole file replaces the old one and leaves nothing beside it', () => {
  const path = join(folder, 'deep', 'report.html');
  writeWhole(path, 'one');
  writeWhole(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(join(folder, 'deep'))).toEqual(['report.html']);
});
