import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const packages = ['kernels', 'lsh', 'mips', 'sparse-nn', 'datasets', 'bench'];

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
