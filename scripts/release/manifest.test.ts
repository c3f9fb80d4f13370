import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ROOT } from '../consumers/workspace.ts';
import { identityOf, type RootManifest } from './identity.ts';
import { withIdentity, withoutTools } from './manifest.ts';

const NAMED: RootManifest = { repository: 'https://github.com/someone/things', author: 'Some One' };

describe('who publishes', () => {
  test('is told by a repository and an author, and pages follow', () => {
    const expected = {
      repository: { type: 'git', url: 'git+https://github.com/someone/things.git' },
      homepage: 'https://github.com/someone/things#readme',
      bugs: { url: 'https://github.com/someone/things/issues' },
      author: 'Some One',
    };
    for (const url of ['https://github.com/someone/things', 'git+https://github.com/someone/things.git']) {
      expect(identityOf({ ...NAMED, repository: { url } })).toEqual(expected);
      expect(identityOf({ ...NAMED, repository: url })).toEqual(expected);
    }
  });

  test('may name other pages', () => {
    const pages = { homepage: 'https://example.org', bugs: 'https://example.org/bugs' };
    expect(identityOf({ ...NAMED, ...pages })).toMatchObject({
      homepage: pages.homepage,
      bugs: { url: pages.bugs },
    });
  });

  test.each([
    ['The root package.json names no repository and no author.', {}],
    ['The root package.json names no author.', { ...NAMED, author: '' }],
    ['The root package.json names no repository.', { ...NAMED, repository: { url: '' } }],
    [/names the repository 'things', which is not like/, { ...NAMED, repository: 'things' }],
  ])('%s', (message, root) => {
    expect(identityOf(root)).toMatch(message);
  });
});

describe('the published manifest', () => {
  test('is without what only the repository needs', () => {
    const conditions = { '@hashgrad/source': './src/index.ts', types: './dist/index.d.ts' };
    const manifest = { name: 'a', scripts: {}, devDependencies: {}, exports: { '.': conditions } };
    expect(withoutTools(manifest)).toEqual({ name: 'a', exports: { '.': { types: './dist/index.d.ts' } } });
  });

  test('says where in the repository its package lies', () => {
    expect(withIdentity({ name: 'a' }, identityOf(NAMED), 'packages/a')).toMatchObject({
      name: 'a',
      repository: { url: 'git+https://github.com/someone/things.git', directory: 'packages/a' },
      author: 'Some One',
    });
  });
});

describe('a repository', () => {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A workspace of one package, with what this one packs and releases by. */
  function workspace(name: string, root: object): string {
    const at = join(folder, name);
    mkdirSync(join(at, 'packages/a'), { recursive: true });
    for (const file of ['.pnpmfile.mjs', 'scripts/release', 'scripts/release.ts']) {
      cpSync(join(ROOT, file), join(at, file), { recursive: true });
    }
    const manifests: [string, object][] = [
      ['package.json', { name: 'root', private: true, type: 'module', ...root }],
      ['packages/a/package.json', { name: 'a', version: '1.0.0', scripts: { test: 'x' } }],
    ];
    for (const [path, manifest] of manifests) writeFileSync(join(at, path), JSON.stringify(manifest));
    writeFileSync(join(at, 'pnpm-workspace.yaml'), 'packages: [packages/*]\npmOnFail: ignore\n');
    return at;
  }

  test('that names no publisher is not released, and says so in a line', () => {
    const at = workspace('unnamed', {});
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/release.ts'], {
      cwd: at,
      encoding: 'utf8',
    });
    expect([status, stdout, stderr]).toEqual([
      1,
      '',
      'Not released: The root package.json names no repository and no author.\n',
    ]);
  });

  test('that does packs it into every package', () => {
    const at = workspace('named', NAMED);
    const pnpm = join(ROOT, 'node_modules/.bin/pnpm');
    execFileSync(pnpm, ['pack', '--out', 'a.tgz'], { cwd: join(at, 'packages/a'), stdio: 'pipe' });
    const packed = execFileSync('tar', ['-xzOf', 'packages/a/a.tgz', 'package/package.json'], { cwd: at });
    expect(JSON.parse(packed.toString())).toEqual({
      name: 'a',
      version: '1.0.0',
      author: 'Some One',
      homepage: 'https://github.com/someone/things#readme',
      bugs: { url: 'https://github.com/someone/things/issues' },
      repository: {
        type: 'git',
        url: 'git+https://github.com/someone/things.git',
        directory: 'packages/a',
      },
    });
  });
});
