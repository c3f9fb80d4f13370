import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import {
  checkDataset,
  encodeIdx,
  mnistSubset,
  parseIdx,
  plantedLabels,
  readBytes,
  rectanglesImages,
} from '../src/index.ts';
import { gzipSync } from 'node:zlib';

const source = join(import.meta.dirname, '../src');

it('imports no module of Node, so that a browser can import the package', () => {
  const files = globSync('**/*.ts', { cwd: source, exclude: ['generated/**'] });
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const text = readFileSync(join(source, file), 'utf8');
    const imported = /^import (?!type)[^;]*from 'node:.*/m.exec(text)?.[0];
    expect({ file, imported }).toEqual({ file, imported: undefined });
  }
});

it('does what needs no files without Node', async () => {
  const packed = new Uint8Array(gzipSync(encodeIdx({ shape: [1], data: Uint8Array.of(1) })));
  vi.stubGlobal('process', undefined);
  try {
    const { train } = await mnistSubset();
    checkDataset(train);
    expect(rectanglesImages({ train: 1, test: 1 }).train.rows).toBe(1);
    expect(plantedLabels({ train: 2, test: 1, features: 20, labels: 5, nonZeros: 4 }).train.rows).toBe(2);
    expect(() => parseIdx(packed, 'a.gz')).toThrow('found gzip data.');
    expect(parseIdx(await readBytes(packed)).shape).toEqual([1]);
  } finally {
    vi.unstubAllGlobals();
  }
});
