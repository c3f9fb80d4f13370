import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { apiReport } from './report.ts';

const folder = mkdtempSync(join(tmpdir(), 'api-'));
afterAll(() => rmSync(folder, { recursive: true }));

let packages = 0;

/** The code of the report on a package of such declarations, by its sections. */
function reported(files: Readonly<Record<string, string>>): string[] {
  const at = join(folder, String(packages++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, 'dist', path)), { recursive: true });
    writeFileSync(join(at, 'dist', path), text);
  }
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
  const report = apiReport({
    name: '@a/b',
    short: 'b',
    folder: at,
    manifest: { name: '@a/b', version: '1.0.0', exports },
  });
  return [...report.matchAll(/^```ts\n(.*?)\n```$/gms)].map(([, code = '']) => code);
}

test('shows what is exported where it is declared, by name, without comments', () => {
  const [code, ...rest] = reported({
    'index.d.ts': "export { b, type A as C } from './deep/a.ts';\nexport * from './all.ts';\n",
    'deep/a.d.ts':
      '/** Doc. */\nexport interface A {\n    /** Of x. */\n    readonly x: number;\n}\nexport declare const b: 1;\n',
    'all.d.ts':
      'export declare function f(x: string): string;\nexport declare function f(x: number): number;\n',
  });
  expect(rest).toEqual([]);
  expect(code).toBe(
    [
      '// exported as C\ninterface A {\n    readonly x: number;\n}',
      'const b: 1;',
      'function f(x: string): string;\nfunction f(x: number): number;',
    ].join('\n\n'),
  );
});

test('shows types that are not exported and that users meet, and no type parameters, globals or other packages', () => {
  const [code, hidden] = reported({
    'index.d.ts': "export { f } from './f.ts';\nexport { other } from 'elsewhere';\n",
    'f.d.ts':
      "import type { Out } from './out.ts';\nimport type { Far } from 'far';\n" +
      'interface Own extends Base<Far> {\n}\ninterface Base<T> {\n    t: T;\n}\n' +
      'export declare function f<T>(x: T, own: Own, map: Map<string, Far>): Out;\n',
    'out.d.ts': 'export type Out = { deep: Deep };\ntype Deep = 1;\ntype Unseen = 2;\n',
  });
  expect(code).toContain("export { other } from 'elsewhere';");
  expect(hidden?.split('\n\n')).toEqual([
    '// f.ts\ninterface Base<T> {\n    t: T;\n}',
    '// out.ts\ntype Deep = 1;',
    '// out.ts\ntype Out = { deep: Deep };',
    '// f.ts\ninterface Own extends Base<Far> {\n}',
  ]);
});

test('follows a name that is imported before it is passed on', () => {
  const [code] = reported({
    'index.d.ts': "import { A } from './a.ts';\nexport { A };\n",
    'a.d.ts': "export { A } from './b.ts';\n",
    'b.d.ts': 'export declare class A {\n    #private;\n}\n',
  });
  expect(code).toBe('class A {\n    #private;\n}');
});

test('refuses a name that nobody declares', () => {
  expect(() => reported({ 'index.d.ts': "export { A } from './a.ts';\n", 'a.d.ts': 'export {};\n' })).toThrow(
    /a\.d\.ts has nothing of the name A/,
  );
});
