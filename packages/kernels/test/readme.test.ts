import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KERNELS } from './jobs.ts';

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8');

test('the example of the README runs as it stands there, and prints what it says', () => {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(read('../README.md')) ?? [];
  // The same text as a file, which is type-checked and linted with everything else.
  expect(example).toBe(read('example.ts'));
  const printed = execFileSync(process.execPath, ['--conditions=@hashgrad/source', 'test/example.ts'], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  });
  const [, promised] = /console\.log\(.*\/\/ (.*)\n/.exec(read('example.ts')) ?? [];
  expect(printed).toBe(`${promised}\n`);
});

test('the table of the README names every kernel', () => {
  const [, table = ''] = /^\| kernel \|.*\n((?:\|.*\n)+)/m.exec(read('../README.md')) ?? [];
  const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) => cell.match(/\w+/g) ?? []);
  expect(named.toSorted()).toEqual(KERNELS.toSorted());
});
