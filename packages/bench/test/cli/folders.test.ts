import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRecords } from '../../src/engine/store.ts';
import { hashgrad } from './run-command.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-folders-'));
  writeFileSync(
    join(folder, 'study.mjs'),
    `export default { name: 'one', question: 'One?', measure: () => ({ metrics: { loss: 1 } }),
      base: { a: 1 }, factors: {}, seeds: [1, 2], metrics: ['loss'] };`,
  );
  hashgrad(folder, ['study', './study.mjs', '--out', 'one']);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['null', '{}', '{"reference":{},"command":[],"seeds":[]}', '['])(
  'a study.json that says nothing is named, with what to do: %s',
  (text) => {
    const path = join(folder, 'one', 'study.json');
    const before = readFileSync(path);
    writeFileSync(path, text);
    for (const command of ['status', 'report']) {
      expect(hashgrad(folder, [command, 'one'])).toMatchObject({
        code: 1,
        error: expect.stringMatching(
          /^hashgrad: one.study\.json: this does not say .* Remove the file, or run/,
        ),
      });
    }
    writeFileSync(path, before);
  },
);

test('records of other sources are said, and make no empty report', () => {
  const path = join(folder, 'one', 'study.json');
  const before = readFileSync(path, 'utf8');
  const file = JSON.parse(before) as { keys: string[] };
  writeFileSync(path, JSON.stringify({ ...file, keys: file.keys.map(() => 'a'.repeat(64)) }));
  expect(hashgrad(folder, ['status', 'one']).out).toMatch(/2 more records of other settings or sources\n$/);
  expect(hashgrad(folder, ['report', 'one'])).toMatchObject({
    code: 1,
    error: expect.stringContaining('holds 2 records, but of other settings or sources'),
  });
  writeFileSync(path, before);
});

test('a study whose file changes while it runs ends, and keeps no result of the new code', () => {
  writeFileSync(
    join(folder, 'edited.mjs'),
    `import { appendFileSync } from 'node:fs';
    export default { name: 'edited', question: 'Edited?', base: { a: 1 }, factors: {}, seeds: [1, 2], metrics: ['loss'],
      measure: () => { appendFileSync('edited.mjs', '// edited'); return { metrics: { loss: 1 } }; } };`,
  );
  const { code, error } = hashgrad(folder, ['study', './edited.mjs', '--out', 'edited']);
  expect(error).toMatch(/edited\.mjs is [0-9a-f]{8} here, not [0-9a-f]{8}/);
  expect(code).toBe(1);
  expect(readRecords(join(folder, 'edited', 'records.jsonl'))).toHaveLength(1);
}, 60_000);
