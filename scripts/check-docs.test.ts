import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkDocs } from './check-docs.ts';

/** What the check says of a package with these sources. */
function problems(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'hashgrad-docs-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const manifest = JSON.stringify({ exports: { '.': { '@hashgrad/source': './src/index.ts' } } });
  for (const [path, text] of Object.entries({ 'package.json': manifest, ...files })) {
    const target = join(root, 'packages/one', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return checkDocs(root).map(({ file, line, name }) => `${file}:${line}: ${name}`);
}

test('every kind of export needs a doc comment where it is declared', () => {
  expect(
    problems({
      'src/index.ts': [
        'export function f(): void {}',
        'export const a = 1;',
        'export class B {}',
        'export interface C {}',
        'export type D = 1;',
        '// Not a doc comment.',
        'export const e = 1;',
        '/** One. */',
        'export const g = 1;',
        '/** Of nothing. */',
        '',
        'const between = 1;',
        'export const h = between;',
      ].join('\n'),
    }),
  ).toEqual(
    ['f', 'a', 'B', 'C', 'D', 'e', 'h'].map(
      (name, i) => `packages/one/src/index.ts:${[1, 2, 3, 4, 5, 7, 13][i]}: ${name}`,
    ),
  );
});

test('what is passed on is looked at where it is declared; what is not exported needs none', () => {
  expect(
    problems({
      'src/index.ts':
        "export { a, type B as C } from './a.ts';\nexport * from './d.ts';\nexport { z } from 'elsewhere';\n",
      'src/a.ts': '/** Good. */\nexport const a = 1;\nexport interface B {}\nexport const inner = 1;\n',
      'src/d.ts': "export { e } from './e.ts';\n",
      'src/e.ts': 'export const e = 1;\n',
    }),
  ).toEqual(['packages/one/src/a.ts:3: B', 'packages/one/src/e.ts:1: e']);
});

test('a doc comment stands for all writings of an overloaded function', () => {
  expect(
    problems({
      'src/index.ts':
        '/** Doubles. */\nexport function f(x: number): number;\nexport function f(x: string): string;\nexport function f(x: unknown): unknown {\n  return x;\n}\n',
    }),
  ).toEqual([]);
});
