import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { pages } from './site/pages.ts';

const root = join(import.meta.dirname, '..');
const packages = ['kernels', 'lsh', 'mips', 'sparse-nn', 'tfjs', 'datasets', 'bench'];

/** The first TypeScript example of a text. */
function example(text: string): string | undefined {
  return text.match(/```ts\n.*?\n```/s)?.[0];
}

test('the example of the root README is that of sparse-nn, whose tests run it', () => {
  const own = example(readFileSync(join(root, 'packages/sparse-nn/README.md'), 'utf8'));
  expect(own).toBeDefined();
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  expect(example(text)).toBe(own);
  expect(text.match(/^```ts/gm)).toHaveLength(1);
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
  const readmes = packages.map((name) => `packages/${name}/README.md`);
  test.each(['README.md', ...readmes, ...pages()])('of %s', (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, code = ''] of text.matchAll(/^```(?:ts|js)(?: [\w ]+)?\n(.*?)^```$/gms))
      expect(tooNew(code)).toEqual([]);
  });

  test('and a declaration that it cannot would be found', () => {
    expect(tooNew('using a = b();')).toEqual(['using']);
    expect(tooNew('{ await using a = b(); }')).toEqual(['await using']);
  });
});

/** The packages that a README says to install, by the commands of its shell examples. */
function installed(text: string): string[] {
  const commands = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    [...block.matchAll(/^npm install (?!--no-save)([^#\n]*)/gm)].map(([, specs = '']) => specs),
  );
  return commands.flatMap((specs) =>
    specs
      .split(' ')
      .filter((spec) => spec !== '' && !spec.startsWith('-'))
      .map((spec) => spec.replace(/(?<=.)@.*$/, '')),
  );
}

/** The packages that its examples import, but for Node's. */
function imported(text: string): string[] {
  const specifiers = [...text.matchAll(/^```ts[^\n]*\n(.*?)^```$/gms)].flatMap(([, code = '']) =>
    parseSync('example.ts', code).module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
  );
  const names = specifiers
    .filter((specifier) => !specifier.startsWith('node:'))
    .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '');
  return [...new Set(names)].toSorted();
}

describe('what an example imports is installed by a command above', () => {
  test.each(packages)('in the README of %s', (name) => {
    const text = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
    expect(installed(text)).toEqual(expect.arrayContaining(imported(text)));
    expect(installed(text)).toContain(`@hashgrad/${name}`);
  });
});
