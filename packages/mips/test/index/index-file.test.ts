import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Arena, decodeSafetensors, encodeSafetensors, Team } from '@hashgrad/kernels';
import { pStable } from '@hashgrad/lsh';
import { afterAll, describe, expect, test } from 'vitest';
import { ExactIndex, MipsIndex, type MipsIndexOptions, normRanging, qnf, saAlsh } from '../../src/index.ts';
import { flat, manyLengths, normals, scaled } from '../vectors.ts';

const team = Team.single(new Arena());
const folder = mkdtempSync(join(tmpdir(), 'hashgrad-mips-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('ExactIndex', () => {
  const rows = flat(normals(50, 9, 1));
  const query = flat(normals(1, 9, 2));

  function saved(name: string): string {
    using index = new ExactIndex({ dimensions: 9, team, int8: true });
    index.add(
      rows,
      Array.from({ length: 50 }, (_, i) => 3 * i),
    );
    index.remove([6]);
    const path = join(folder, name);
    index.save(path);
    return path;
  }

  test('comes back from its file and from its bytes', () => {
    const path = saved('whole');
    using index = ExactIndex.load(path, { team });
    using same = ExactIndex.load(readFileSync(path), { team });
    expect([index.size, index.dimensions, index.int8, index.has(6), index.has(9)]).toEqual([
      49,
      9,
      true,
      false,
      true,
    ]);
    using original = new ExactIndex({ dimensions: 9, team });
    original.add(
      rows,
      Array.from({ length: 50 }, (_, i) => 3 * i),
    );
    original.remove([6]);
    const expected = original.search(query, 20);
    expect(index.search(query, 20)).toEqual(expected);
    expect(same.search(query, 20)).toEqual(expected);
    expect(readdirSync(folder).filter((name) => name !== 'whole')).toEqual([]);
  });

  test('is written as safetensors that others read', () => {
    const { tensors, metadata } = decodeSafetensors(readFileSync(saved('others')));
    expect(tensors['vectors']?.shape).toEqual([49, 9]);
    expect(tensors['ids']?.dtype).toBe('U32');
    expect(metadata['kind']).toBe('ExactIndex');
  });

  test('is refused where a byte is damaged, and where it is cut', () => {
    const path = saved('damaged');
    const bytes = readFileSync(path);
    bytes[bytes.length - 7] = (bytes[bytes.length - 7] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(() => ExactIndex.load(path, { team })).toThrow(path);
    writeFileSync(path, bytes.subarray(0, 500));
    expect(() => ExactIndex.load(path, { team })).toThrow(path);
  });

  test('is whole or absent where it cannot be written', () => {
    using index = new ExactIndex({ dimensions: 9, team });
    expect(() => index.save(join(folder, 'no', 'such'))).toThrow('such: there is no folder');
  });
});

/** Hash tables of every kind whose answers depend on how vectors came. */
const TABLES: readonly Partial<MipsIndexOptions>[] = [
  { method: 'tables' },
  { transform: qnf({ most: 100, scan: 10 }), family: pStable({ hashes: 2, tables: 20, width: 3 }) },
  { transform: saAlsh({ most: 100, scan: 10 }) },
  { transform: normRanging({ blocks: 6 }) },
];

/** Some vectors, of which some came late, some were replaced by longer ones, and some are gone. */
function churned(options: Partial<MipsIndexOptions>): MipsIndex {
  const index = new MipsIndex({ dimensions: 12, team, seed: 5, ...options });
  const late = flat(manyLengths(60, 12, 2).map((row) => scaled(row, 2)));
  index.add(flat(manyLengths(500, 12, 1)));
  index.update([7, 80, 333], late.subarray(0, 36));
  index.remove([3, 4, 90, 499]);
  index.add(late);
  index.remove([558, 559]);
  return index;
}

describe('MipsIndex', () => {
  test.each([{ bits: 64 }, { vectors: 'int8' as const }, ...TABLES])(
    '%j: comes back with its options',
    (options) => {
      using index = churned(options);
      index.defaults = index.method === 'tables' ? { candidates: 40 } : { slack: 2 };
      using loaded = MipsIndex.load(index.toBytes(), { team });
      for (const key of ['method', 'hashing', 'seed', 'defaults', 'size'] as const) {
        expect(loaded[key]).toEqual(index[key]);
      }
      expect(loaded.ids()).toEqual(index.ids());
      for (const id of index.ids()) expect(loaded.get(id)).toEqual(index.get(id));
      // Ids that were given are not given again, though the vectors are gone.
      expect([...loaded.add(new Float32Array(12))]).toEqual([560]);
    },
  );

  test.each(TABLES)('%j: answers as before, to the bit', (options) => {
    using index = churned(options);
    using loaded = MipsIndex.load(index.toBytes(), { team });
    const queries = flat(normals(40, 12, 2));
    for (const candidates of [5, 30, 1000]) {
      const found = index.searchBatch(queries, 10, { candidates });
      expect(loaded.searchBatch(queries, 10, { candidates })).toEqual(found);
    }
    expect(Buffer.concat(loaded.toBytes()).equals(Buffer.concat(index.toBytes()))).toBe(true);
  });

  test('is read from a path, bytes, a buffer and pieces', () => {
    using index = churned({});
    const pieces = index.toBytes();
    const bytes = new Uint8Array(Buffer.concat(pieces));
    const path = join(folder, 'forms');
    index.save(path);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    for (const source of [path, bytes, bytes.buffer, pieces]) {
      using loaded = MipsIndex.load(source, { team });
      expect(loaded.ids()).toEqual(index.ids());
    }
    expect(() => MipsIndex.load(3 as never)).toThrow(
      new TypeError(
        'An index is read from a path, a Uint8Array, an ArrayBuffer or an array of Uint8Arrays; got 3.',
      ),
    );
  });

  test('is refused without a checksum, and with a tensor that is none of its own', () => {
    using index = churned({});
    const { tensors, metadata } = decodeSafetensors(new Uint8Array(Buffer.concat(index.toBytes())));
    const more = { ...tensors, more: { dtype: 'U8', shape: [1], data: new Uint8Array(1) } } as const;
    expect(() => MipsIndex.load(encodeSafetensors(more, metadata))).toThrow(
      "expected no tensor 'more' in an index",
    );
    const bytes = encodeSafetensors(tensors, metadata);
    const at = Buffer.from(bytes).indexOf('crc32');
    bytes.set(Buffer.from('crc-0'), at);
    expect(() => MipsIndex.load(bytes)).toThrow(
      'the index: expected a checksum; another program has rewritten it.',
    );
  });
});

test.each(['exact', 'tables', 'signatures'])('a golden file of this version: %s', (name) => {
  const path = join(import.meta.dirname, '..', 'fixtures', `${name}-v1.safetensors`);
  using index = name === 'exact' ? ExactIndex.load(path, { team }) : MipsIndex.load(path, { team });
  expect([...index.ids()]).toEqual([0, 2, 3, 40, 4_000_000_000]);
  expect([...(index.get(40) ?? [])]).toEqual([-1.5, 2, 0.25]);
  expect(index.search(Float32Array.of(1, 2, 3), 9)).toEqual({
    ids: Uint32Array.of(3, 4_000_000_000, 40, 2, 0),
    scores: Float32Array.of(14, 6, 3.25, 2, 1),
  });
  expect([...index.add(new Float32Array(3))]).toEqual([4_000_000_001]);
});

test('a golden file of this version: int8', () => {
  using index = MipsIndex.load(join(import.meta.dirname, '..', 'fixtures', 'int8-v1.safetensors'), { team });
  expect([...index.ids()]).toEqual([0, 2, 3, 40, 4_000_000_000]);
  const { ids, scores } = index.search(Float32Array.of(1, 2, 3), 9);
  expect([...ids]).toEqual([3, 4_000_000_000, 40, 2, 0]);
  for (const [i, score] of [14, 6, 3.25, 2, 1].entries()) expect(scores[i]).toBeCloseTo(score, 1);
  expect([...index.add(new Float32Array(3))]).toEqual([4_000_000_001]);
});

test('an index killed while it saves leaves a whole file', async () => {
  const path = join(folder, 'killed');
  const program = `
    import { MipsIndex } from '@hashgrad/mips';
    const index = new MipsIndex({ dimensions: 64 });
    index.add(new Float32Array(64 * 20_000).map((_, i) => Math.sin(i)));
    for (;;) {
      index.update([0], new Float32Array(64).fill(Math.random()));
      index.save(${JSON.stringify(path)});
      process.stdout.write('saved');
    }`;
  const home = resolve(import.meta.dirname, '..', '..');
  const options = ['--conditions=@hashgrad/source', '--input-type=module-typescript', '--eval', program];
  const child = spawn(process.execPath, options, { cwd: home });
  const saves = new Promise<void>((done) => {
    let number = 0;
    child.stdout.on('data', () => ++number >= 3 && setTimeout(done, 7));
  });
  await saves;
  const ended = new Promise((done) => void child.once('exit', done));
  child.kill('SIGKILL');
  await ended;
  using index = MipsIndex.load(path, { team });
  expect(index.size).toBe(20_000);
});
