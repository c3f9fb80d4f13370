import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Readme, typeErrors } from '../../../testing/readme.ts';

const home = resolve(import.meta.dirname, '..');
const readme = new Readme(home);

test('examples are type-checked', { timeout: 60_000 }, () => {
  expect(readme.examples()).toHaveLength(3);
  expect(typeErrors(readme.examples())).toBe('');
});

test('the example of the README runs', { timeout: 60_000 }, () => {
  const [example] = readme.examples('## A study of your own');
  // Inside the package, so that it finds itself and its neighbours by name; git ignores this folder.
  const parent = join(home, 'results');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'readme-'));
  try {
    writeFileSync(join(folder, 'example.ts'), example?.code ?? '');
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--conditions=@hashgrad/source', 'example.ts'],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    for (const label of ['dense', 'narrow, 25 %', 'lsh, 10 %'])
      expect(stdout).toMatch(new RegExp(`^${label} 0\\.\\d+ \\d+`, 'm'));
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('<svg');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
