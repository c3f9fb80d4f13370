import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkDependencies } from './check-dependencies.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hashgrad-dependencies-'));
  write('package.json', JSON.stringify({ devDependencies: { vitest: '1' } }));
  manifest('kernels', { dependencies: { 'pure-rand': '1' } });
  manifest('lsh', { dependencies: ours('kernels'), devDependencies: { 'fast-check': '1' } });
  manifest('mips', { dependencies: ours('kernels', 'lsh') });
  manifest('sparse-nn', { dependencies: ours('kernels', 'lsh', 'mips'), devDependencies: ours('datasets') });
  manifest('datasets', {});
  manifest('bench', { dependencies: ours('kernels', 'lsh', 'mips', 'sparse-nn', 'datasets') });
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function manifest(name: string, fields: object): void {
  const exports = {
    '.': './src/index.ts',
    './reference': './src/reference.ts',
    './spec/*': './src/spec/*.ts',
  };
  write(`packages/${name}/package.json`, JSON.stringify({ name: `@hashgrad/${name}`, exports, ...fields }));
}

function ours(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`@hashgrad/${name}`, 'workspace:^']));
}

/** The violations as the program prints them. */
function check(): string[] {
  return checkDependencies(root).map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

test('this repository has no violation', () => {
  expect(checkDependencies(resolve(import.meta.dirname, '..'))).toEqual([]);
});

test('a sound tree has no violation', () => {
  write('packages/kernels/src/index.ts', `import { x } from 'pure-rand';\nimport 'node:fs';\nexport { x };`);
  write('packages/lsh/src/index.ts', `export * from './a.ts';`);
  write('packages/lsh/src/a.ts', `export * from '@hashgrad/kernels';\nimport '@hashgrad/kernels/spec/a';`);
  write('packages/lsh/test/a.test.ts', `import 'vitest';\nimport 'fast-check';\nimport '../src/a.ts';`);
  write('packages/sparse-nn/test/a.test.ts', `import '@hashgrad/datasets';\nimport '@hashgrad/sparse-nn';`);
  write('packages/bench/src/a.ts', `const manifest = new URL('../package.json', import.meta.url);`);
  expect(check()).toEqual([]);
});

describe('direction', () => {
  test.each([
    ['a value', `import { a } from '@hashgrad/mips';`],
    ['a type', `import type { A } from '@hashgrad/mips';`],
    ['a re-export', `export { a } from '@hashgrad/mips';`],
    ['a star', `export * from '@hashgrad/mips';`],
    ['a dynamic import', `const a = await import('@hashgrad/mips');`],
  ])('an import against it is found: %s', (_, statement) => {
    write('packages/lsh/src/index.ts', `// first line\n${statement}\n`);
    expect(check()).toEqual([
      `packages/lsh/src/index.ts:2: imports '@hashgrad/mips', but lsh may import only kernels`,
    ]);
  });

  test('datasets imports none of ours, not even in its tests', () => {
    write('packages/datasets/test/a.test.ts', `import '@hashgrad/kernels';`);
    expect(check()).toEqual([
      `packages/datasets/test/a.test.ts:1: imports '@hashgrad/kernels', but datasets may import none of our packages`,
    ]);
  });

  test('sparse-nn imports datasets in its tests only', () => {
    write('packages/sparse-nn/src/a.ts', `import '@hashgrad/datasets';`);
    expect(check()).toEqual([
      `packages/sparse-nn/src/a.ts:1: imports '@hashgrad/datasets', but sparse-nn may import only kernels, lsh, mips`,
    ]);
  });

  test('a declared dependency against it is found, used or not', () => {
    manifest('kernels', { dependencies: ours('lsh') });
    manifest('sparse-nn', { dependencies: ours('datasets') });
    expect(check()).toEqual([
      `packages/kernels/package.json:1: dependencies names @hashgrad/lsh, but kernels may import none of our packages`,
      `packages/sparse-nn/package.json:1: dependencies names @hashgrad/datasets, but sparse-nn may import only kernels, lsh, mips`,
    ]);
  });

  test('a package that the order does not know is found', () => {
    manifest('extra', {});
    expect(check()).toEqual([expect.stringContaining('extra has no place in the order of packages')]);
  });
});

describe('public faces', () => {
  test('a subpath that is not exported is found', () => {
    write('packages/lsh/src/a.ts', `import '@hashgrad/kernels/src/arena.ts';`);
    expect(check()).toEqual([
      `packages/lsh/src/a.ts:1: '@hashgrad/kernels/src/arena.ts' reaches inside @hashgrad/kernels: its exports have only ., ./reference, ./spec/*`,
    ]);
  });

  test('a relative path out of the package is found', () => {
    write('packages/lsh/src/a.ts', `import '../../kernels/src/arena.ts';`);
    write('packages/lsh/src/b.ts', `new URL('../../kernels/src/worker.ts', import.meta.url);`);
    write('packages/lsh/test/a.test.ts', `import '../../kernels/src/arena.ts';`);
    expect(check()).toEqual([
      `packages/lsh/src/a.ts:1: '../../kernels/src/arena.ts' leaves the package lsh`,
      `packages/lsh/src/b.ts:1: '../../kernels/src/worker.ts' leaves the package lsh`,
      `packages/lsh/test/a.test.ts:1: '../../kernels/src/arena.ts' leaves the package lsh`,
    ]);
  });

  test('what tests of several packages share is for tests only', () => {
    for (const part of ['src', 'test', 'scripts']) {
      write(`packages/lsh/${part}/a.ts`, `import '../../../testing/readme.ts';`);
    }
    expect(check()).toEqual([
      `packages/lsh/scripts/a.ts:1: '../../../testing/readme.ts' leaves the package lsh`,
      `packages/lsh/src/a.ts:1: '../../../testing/readme.ts' leaves the package lsh`,
    ]);
  });

  test('an import out of src is found', () => {
    write('packages/lsh/src/a.ts', `import '../test/helper.ts';`);
    expect(check()).toEqual([
      `packages/lsh/src/a.ts:1: '../test/helper.ts' leaves src, and would not be found from dist`,
    ]);
  });
});

describe('declared dependencies', () => {
  test('src may not use a development dependency, nor an undeclared one', () => {
    write('packages/lsh/src/a.ts', `import 'fast-check';\nimport 'left-pad/x';\nimport 'fs';`);
    expect(check()).toEqual([
      `packages/lsh/src/a.ts:1: 'fast-check' is not among the dependencies of @hashgrad/lsh`,
      `packages/lsh/src/a.ts:2: 'left-pad' is not among the dependencies of @hashgrad/lsh`,
      `packages/lsh/src/a.ts:3: 'fs' is a Node module: write 'node:fs'`,
    ]);
  });

  test('a test may not use an undeclared one', () => {
    write('packages/lsh/test/a.test.ts', `import '@scope/pad/x';`);
    expect(check()).toEqual([
      `packages/lsh/test/a.test.ts:1: '@scope/pad' is neither among the dependencies nor the devDependencies of @hashgrad/lsh`,
    ]);
  });
});

describe('rooms', () => {
  test('inference and training do not know each other', () => {
    write('packages/sparse-nn/src/inference/a.ts', `import type { B } from '../training/b.ts';`);
    write('packages/sparse-nn/src/training/b.ts', `// first line\nexport { c } from '../inference/c.ts';`);
    expect(check()).toEqual([
      'packages/sparse-nn/src/inference/a.ts:1: imports training/b.ts, but inference may import only evaluation, ' +
        'examples, files, layers, passes, selectors, selectors/selectors.ts, spec: inference and training do not know each other',
      'packages/sparse-nn/src/training/b.ts:2: imports inference/c.ts, but training may import only evaluation, examples, ' +
        'files, layers, optimizers, passes, selectors, spec: training and inference do not know each other',
    ]);
  });

  test('layers know of selectors the interface only', () => {
    write('packages/sparse-nn/src/layers/a.ts', `import '../selectors/selector.ts';`);
    write('packages/sparse-nn/src/layers/b.ts', `import '../selectors/unit-lists.ts';`);
    write('packages/sparse-nn/src/layers/c.ts', `import '../selectors/hashed/lsh.ts';`);
    write('packages/sparse-nn/src/layers/d.ts', `import '../selectors/selectors.ts';`);
    expect(check()).toEqual(
      [
        'b.ts:1: imports selectors/unit-lists.ts',
        'c.ts:1: imports selectors/hashed/lsh.ts',
        'd.ts:1: imports selectors/selectors.ts',
      ].map(
        (start) =>
          `packages/sparse-nn/src/layers/${start}, but layers may import only optimizers, spec, selectors/selector.ts: ` +
          'a layer knows no selector, only what all of them are',
      ),
    );
  });

  test('the list of selectors names them, and they do not know it nor each other', () => {
    write(
      'packages/sparse-nn/src/selectors/selectors.ts',
      `import './hashed/a.ts';\nimport './selector.ts';`,
    );
    write(
      'packages/sparse-nn/src/selectors/hashed/a.ts',
      `import '../hidden/b.ts';\nimport '../selector.ts';`,
    );
    write('packages/sparse-nn/src/selectors/hidden/b.ts', `import '../selectors.ts';`);
    const problems = check().filter((problem) => !problem.includes('circle'));
    expect(problems).toEqual([
      expect.stringContaining(
        'hashed/a.ts:1: imports selectors/hidden/b.ts, but selectors/hashed may import only',
      ),
      expect.stringContaining(
        'hidden/b.ts:1: imports selectors/selectors.ts, but selectors/hidden may import only',
      ),
    ]);
  });

  test('ops of kernels know no reference', () => {
    write('packages/kernels/src/ops/a.ts', `import '../reference/rows/b.ts';`);
    write(
      'packages/kernels/src/reference/rows/b.ts',
      `import '../../ops/layout.ts';\nimport '../dense/c.ts';`,
    );
    expect(check()).toEqual([
      'packages/kernels/src/ops/a.ts:1: imports reference/rows/b.ts, but ops may import only generated, memory, random, threads: ' +
        'an op calls its kernel, and does not know the reference that this is tested against',
    ]);
  });

  test('the faces of a package may import every room, and no room them', () => {
    write('packages/kernels/src/index.ts', `import './io/a.ts';\nimport './memory/a.ts';`);
    write('packages/kernels/src/io/a.ts', `import '../other.ts';`);
    expect(check()).toEqual([
      'packages/kernels/src/io/a.ts:1: imports other.ts, but io may import no other room: files are read and written without kernels',
    ]);
  });

  test('a new room must be given a place, where rooms have them', () => {
    write('packages/kernels/src/cellar/a.ts', `import '../memory/a.ts';`);
    write('packages/lsh/src/cellar/a.ts', `import '../families/a.ts';`);
    expect(check()).toEqual([
      'packages/kernels/src/cellar/a.ts:1: the room cellar has no place among the rooms of kernels: add it to scripts/rooms.ts',
    ]);
  });
});

describe('circles', () => {
  test('each is found once, by its shortest way, types included', () => {
    write('packages/lsh/src/a.ts', `import './lone.ts';\nimport type { B } from './b.ts';`);
    write('packages/lsh/src/b.ts', `import './rooms/c.ts';\nimport './lone.ts';`);
    write('packages/lsh/src/rooms/c.ts', `import '../b.ts';\nexport * from '../a.ts';`);
    write('packages/lsh/src/lone.ts', `import '@hashgrad/kernels';`);
    write('packages/lsh/src/own.ts', `import './own.ts';`);
    const reason = 'what both need belongs into a third';
    expect(check()).toEqual([
      `packages/lsh/src/a.ts:2: files import each other in a circle, a.ts -> b.ts -> rooms/c.ts -> a.ts: ${reason}`,
      `packages/lsh/src/own.ts:1: files import each other in a circle, own.ts -> own.ts: ${reason}`,
    ]);
  });

  test('two that do not touch are two', () => {
    for (const [a, b] of ['ab', 'cd']) {
      write(`packages/mips/src/${a}.ts`, `import './${b}.ts';`);
      write(`packages/mips/src/${b}.ts`, `import './${a}.ts';`);
    }
    expect(check().map((problem) => /circle, ([^:]*):/.exec(problem)?.[1])).toEqual([
      'a.ts -> b.ts -> a.ts',
      'c.ts -> d.ts -> c.ts',
    ]);
  });
});

test('a file that cannot be parsed is refused by name', () => {
  write('packages/lsh/src/a.ts', `import {`);
  expect(() => check()).toThrow(/packages\/lsh\/src\/a\.ts cannot be parsed/);
});

describe('addresses', () => {
  test.each([
    ['arena.address', `const at = this.team.arena.address(view);`],
    ['arena.address', `const [a] = [view].map((each) => arena.address(each));`],
    ['arena.kernels', `const bytes = arena.kernels.scratchBytes();`],
    ['arena.kernels', `const { kernels } = this.#team.arena;`],
    ['team.run', `this.#team.run('dotRows', [], 1);`],
    ['team.runAsync', `await team.runAsync('dotRows', [], 1);`],
  ])('%s is refused above the ops', (call, text) => {
    write('packages/mips/src/a.ts', `\n${text}`);
    write('packages/kernels/src/random/a.ts', text);
    const message = `${call} is for packages/kernels/src/ops only: call an op, which checks that arrays have room`;
    expect(check()).toEqual([
      `packages/kernels/src/random/a.ts:1: ${message}`,
      `packages/mips/src/a.ts:2: ${message}`,
    ]);
  });

  test('ops, what defines addresses, and tests may', () => {
    const text = `team.run('dotRows', [arena.address(view)], 1);`;
    for (const room of ['ops/rows', 'memory', 'threads']) write(`packages/kernels/src/${room}/a.ts`, text);
    write('packages/kernels/test/a.test.ts', text);
    expect(check()).toEqual([]);
  });
});
