import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { contentProblems } from './check-contents.ts';

const MANIFEST = {
  name: 'a',
  description: 'A package.',
  keywords: ['a'],
  license: 'MIT',
  engines: { node: '>=22' },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  files: ['dist', 'src'],
  sideEffects: false,
};

const README =
  '# a\n![law](docs/law.svg) of [a](src/index.ts), on [the web](https://example.org) and [below](#below)\n';

const WHOLE: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify(MANIFEST),
  'README.md': README,
  LICENSE: '',
  'docs/law.svg': '',
  'src/index.ts': '',
  'dist/index.js': '//# sourceMappingURL=index.js.map\n',
  'dist/index.js.map': JSON.stringify({ sources: ['../src/index.ts'] }),
};

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderOf(files: Readonly<Record<string, string | undefined>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'contents-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** What is said of a tarball that differs from a whole one, made of a package that differs from it as well. */
function problems(
  packed: Readonly<Record<string, string | undefined>>,
  source: Readonly<Record<string, string>> = {},
): string[] {
  return contentProblems(folderOf({ ...WHOLE, ...packed }), folderOf({ ...WHOLE, ...source }));
}

test('a whole tarball is let through', () => {
  expect(problems({})).toEqual([]);
});

test.each([
  ['LICENSE is missing', { LICENSE: undefined }, {}],
  ['CHANGELOG.md is missing', {}, { 'CHANGELOG.md': '' }],
  ['test/a.ts is a test', { 'test/a.ts': '' }, {}],
  ['dist/a.test.js is a test', { 'dist/a.test.js': '' }, {}],
  ['scripts/a.ts is nothing that the README speaks of', { 'scripts/a.ts': '' }, {}],
  ['docs/other.svg is nothing that the README speaks of', { 'docs/other.svg': '' }, {}],
  ['dist/index.js names a source map that is not there', { 'dist/index.js.map': undefined }, {}],
  [
    'the source map of dist/index.js names ../src/index.ts, which is not there',
    { 'src/index.ts': undefined },
    {},
  ],
  ['README.md shows docs/law.svg, which is not there', { 'docs/law.svg': undefined }, {}],
  ['README.md links to gone.md, which is not there', {}, { 'README.md': '[gone](gone.md) docs/law.svg' }],
])('%s', (expected, packed, source) => {
  expect(problems(packed, source)).toEqual([expected]);
});

test.each([
  ['package.json has no keywords', { keywords: undefined }],
  ["package.json runs 'postinstall' when it is installed", { scripts: { postinstall: 'x' } }],
  ["exports '.' without types, or without a default", { exports: { '.': { default: './dist/index.js' } } }],
  ["package.json needs b 'workspace:^', which no registry has", { dependencies: { b: 'workspace:^' } }],
])('%s', (expected, fields) => {
  expect(problems({ 'package.json': JSON.stringify({ ...MANIFEST, ...fields }) })).toEqual([expected]);
});
