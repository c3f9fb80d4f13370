import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Arena, decodeSafetensors, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { ExactIndex, MipsIndex } from '../../src/index.ts';
import { flat, normals } from '../vectors.ts';

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
    expect(() => index.save(join(folder, 'no', 'such'))).toThrow('ENOENT');
  });
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
