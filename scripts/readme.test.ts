import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const packages = ['kernels', 'lsh', 'mips', 'sparse-nn', 'tfjs', 'datasets', 'bench'];

/** The first TypeScript example after `heading`, or of the whole text. */
function example(text: string, heading = ''): string | undefined {
  return text.slice(text.indexOf(heading)).match(/```ts\n.*?\n```/s)?.[0];
}

describe('the examples of the root README', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');

  // The packages' own tests run them.
  test.each(packages)('%s: the same as in its package', (name) => {
    const own = example(readFileSync(join(root, 'packages', name, 'README.md'), 'utf8'));
    expect(own).toBeDefined();
    expect(example(text, `\n### ${name}\n`)).toBe(own);
  });
});

/** What of a program Node 22 cannot read. */
function tooNew(code: string): string[] {
  const { program, errors } = parseSync('example.ts', code);
  const found = errors.map(({ message }) => message);
  JSON.stringify(program, (key, value: unknown) => {
    if (key === 'kind' && (value === 'using' || value === 'await using')) found.push(value);
    return value;
  });
  return found;
}

describe('Node 22 can read every example', () => {
  test.each(['README.md', ...packages.map((name) => `packages/${name}/README.md`)])('of %s', (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, code = ''] of text.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms))
      expect(tooNew(code)).toEqual([]);
  });

  test('and a declaration that it cannot would be found', () => {
    expect(tooNew('using a = b();')).toEqual(['using']);
    expect(tooNew('{ await using a = b(); }')).toEqual(['await using']);
  });
});
