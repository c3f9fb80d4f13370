import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import type { PackageManifest } from '../consumers/workspace.ts';
import { bundleSize } from './bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LONG = 'x'.repeat(5000);

const MANIFEST: PackageManifest = {
  name: '@a/b',
  version: '1.0.0',
  type: 'module',
  sideEffects: false,
  exports: { '.': { default: './dist/index.js' } },
  peerDependencies: { absent: '*' },
};

const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify(MANIFEST),
  'dist/index.js': "export { large } from './large.js';\nexport { later, peer } from './later.js';\n",
  'dist/large.js': `export const large = '${LONG}';\n`,
  'dist/later.js':
    "export const later = () => import('./large.js');\nexport const peer = () => import('absent/deep');\n",
};
for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const sizeOf = (...names: string[]): ReturnType<typeof bundleSize> =>
  bundleSize({ name: '@a/b', short: 'b', folder, manifest: MANIFEST }, names);

test('an import costs what it needs, and no more', async () => {
  const { minified, gzipped } = await sizeOf('large');
  expect(minified).toBeGreaterThan(LONG.length);
  expect(minified).toBeLessThan(LONG.length + 100);
  expect(gzipped).toBeLessThan(gzipSync(LONG).length + 100);
});

test('what is imported later costs nothing before, nor do peers', async () => {
  expect((await sizeOf('later', 'peer')).minified).toBeLessThan(500);
});
