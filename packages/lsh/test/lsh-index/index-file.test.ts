import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors, randomStream } from '@hashgrad/kernels';
import { expect, test } from 'vitest';
import { LshIndex, simHash } from '../../src/index.ts';

const family = simHash({ bits: 3, tables: 4 });

function example(): LshIndex<'innerProduct'> {
  const random = randomStream(1, 'example');
  const index = new LshIndex({ dimensions: 3, metric: 'innerProduct', family, seed: 5 });
  index.add(Float32Array.from({ length: 60 }, () => random.normal()));
  index.remove([4, 19]);
  return index;
}

test('an index is read from a path, bytes, a buffer or pieces, and answers as before, to the bit', () => {
  using index = example();
  const folder = mkdtempSync(join(tmpdir(), 'lsh-index-'));
  try {
    const path = join(folder, 'vectors.lsh');
    index.save(path);
    const bytes = index.toBytes();
    const pieces = [bytes.subarray(0, 7), bytes.subarray(7, 500), bytes.subarray(500)];
    for (const source of [path, bytes, bytes.slice().buffer, pieces]) {
      using loaded = LshIndex.load(source, { metric: 'innerProduct' });
      const query = Float32Array.of(0.5, -1, 2);
      for (const options of [{}, { probes: 4, limit: 3 }]) {
        expect(loaded.query(query, options)).toEqual(index.query(query, options));
      }
      expect(loaded.toBytes()).toEqual(bytes);
      expect([loaded.family, loaded.seed, loaded.metric]).toEqual([family, 5, 'innerProduct']);
    }
    expect(() => LshIndex.load(folder)).toThrow(folder);
    expect(() => LshIndex.load(join(folder, 'none'))).toThrow(join(folder, 'none'));
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(() => LshIndex.load(5 as never)).toThrow('or an array of Uint8Arrays; got 5');
  const wrong = { metric: 'cosine' } as const;
  expect(() => LshIndex.load(index.toBytes(), wrong)).toThrow(
    "expected the metric 'cosine'; it is 'innerProduct'",
  );
});

test('a file of version 1 is read, and written as it is', () => {
  const path = join(import.meta.dirname, 'golden-1.safetensors');
  using index = LshIndex.load(path, { metric: 'innerProduct' });
  expect(index.toBytes()).toEqual(new Uint8Array(readFileSync(path)));
  expect(index.get(2)).toEqual(Float32Array.of(0.5, 0.5, 0.5));
  expect(index.query(Float32Array.of(1, 0.5, 0.25))).toEqual({
    ids: Uint32Array.of(4, 9, 2, 7),
    scores: Float32Array.of(1, 1, 0.875, -1),
  });
  // One with the id 11 was removed before it was saved.
  expect([...index.add(new Float32Array(3))]).toEqual([12]);
});

/** The file with other settings, metadata or tensors, and a right checksum. */
function rewritten(change: {
  settings?: Record<string, unknown>;
  metadata?: Record<string, string>;
  ids?: readonly number[];
  vectors?: readonly number[];
}): Uint8Array {
  using index = example();
  const { tensors, metadata } = decodeSafetensors(index.toBytes());
  const settings = { ...JSON.parse(metadata['settings'] ?? '{}'), ...change.settings };
  const ids = change.ids ? Uint32Array.from(change.ids) : tensors['ids']!.data;
  const vectors = change.vectors ? Float32Array.from(change.vectors) : tensors['vectors']!.data;
  return encodeSafetensors(
    {
      ids: { dtype: 'U32', shape: [ids.length], data: ids },
      vectors: { dtype: 'F32', shape: [vectors.length / 3, 3], data: vectors },
    },
    { ...metadata, settings: JSON.stringify(settings), ...change.metadata },
  );
}

function load(change: Parameters<typeof rewritten>[0]): () => unknown {
  return () => LshIndex.load(rewritten(change));
}

test('files whose checksum is right and whose contents are wrong are refused, saying what was expected', () => {
  expect(load({})).not.toThrow();
  expect(load({ metadata: { format: 'hashgrad.mips' } })).toThrow('expected an LshIndex, whose format is');
  expect(load({ metadata: { version: '2' } })).toThrow('expected version 1; it is version 2');
  expect(load({ metadata: { settings: '{' } })).toThrow('expected settings in JSON');
  expect(load({ metadata: { settings: 'null' } })).toThrow('expected dimensions to be an integer');
  for (const [settings, expected] of [
    [{ dimensions: 4 }, 'F32 of shape [18, 4]'],
    [{ dimensions: '3' }, 'expected dimensions to be an integer from 1; got "3"'],
    [{ metric: 'toString' }, "metric is 'cosine'"],
    [{ metric: 'euclidean' }, "'simHash' hashes angles"],
    [{ metric: 'cosine' }, 'expected a bound of 0'],
    [{ family: null }, 'family is a spec'],
    [{ family: { kind: 'simHash', bits: 3, tables: 1e9 } }, 'tables is an integer'],
    [{ family: { kind: 'none', tables: 3 } }, "no hash family 'none'"],
    [{ family: { kind: { toString: 1 }, tables: 3 } }, 'no hash family the object Object'],
    [
      { family: { kind: 'simHash', bits: 3, tables: 3, projection: { toString: 1 } } },
      "'hadamard'; got the object Object",
    ],
    [
      { family: { kind: 'simHash', bits: 3, tables: 3, density: { toString: 1 } } },
      "'sparse' has a density; got the object Object",
    ],
    [{ seed: 0.5 }, 'expected seed to be an integer'],
    [{ next: 2 ** 33 }, 'expected next to be an id'],
    [{ bound: 0.1 }, 'expected a bound of'],
    [{ bound: -1 }, 'expected bound to be a length'],
  ] as const) {
    expect(load({ settings })).toThrow(expected);
    expect(load({ settings })).toThrow(/^the index: /);
  }
  expect(load({ settings: { next: 18 } })).toThrow(
    /expected an id above \d+ and below 18 at number \d+; got/,
  );
  expect(load({ ids: [1, 0], vectors: Array(6).fill(0) })).toThrow('expected an id above 1 and below');
  expect(load({ ids: [1, 1], vectors: Array(6).fill(0) })).toThrow('expected an id above 1 and below');
  expect(load({ ids: [1, 2], vectors: [1, 2, 3, 4, NaN, 6] })).toThrow('Vector 1 has NaN at coordinate 1');
  expect(load({ ids: [1], vectors: Array(6).fill(0) })).toThrow('of shape [1, 3]; it is F32 of shape [2, 3]');
});

test('a file without a checksum is refused', () => {
  using index = example();
  const bytes = Buffer.from(index.toBytes());
  bytes.write('crc-0', bytes.indexOf('crc32'));
  expect(() => LshIndex.load(new Uint8Array(bytes))).toThrow(
    'the index: expected a checksum; another program',
  );
});

test('every damage is noticed: cut off, longer, or with a bit changed', () => {
  using index = example();
  const bytes = index.toBytes();
  const random = randomStream(3, 'mutants');
  for (let i = 0; i < 400; i++) {
    let mutant = bytes.slice(0, bytes.length - (i % 4 === 3 ? 1 + random.integer(bytes.length - 1) : 0));
    if (i % 4 === 2) mutant = Uint8Array.of(...bytes, ...bytes.subarray(0, 1 + random.integer(8)));
    if (i % 4 < 2) mutant[random.integer(mutant.length)]! ^= 1 << random.integer(8);
    expect(() => LshIndex.load(mutant)).toThrow(/^the index: /);
  }
});
