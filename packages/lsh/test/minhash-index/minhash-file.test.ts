import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Arena,
  decodeSafetensors,
  encodeSafetensors,
  randomStream,
  type Tensor,
  Team,
} from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { MinHashIndex } from '../../src/index.ts';

const team = Team.single(new Arena());
const folder = mkdtempSync(join(tmpdir(), 'minhash-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the golden files hold. */
function goldenIndex(keep: 'sets' | 'signatures'): MinHashIndex {
  const index = new MinHashIndex({ threshold: 0.6, hashes: 2, tables: 4, keep, seed: 7, team });
  index.addAll([['a', 'b', 'c', 'ä'], [1, 2, 3, 2 ** 32 - 1], []], [5, 'dög', 3]);
  index.addAll([['a', 'b', 'c'], [9]], ['', '\ud800']);
  index.add([1], 100);
  index.remove(100);
  return index;
}

describe.each(['sets', 'signatures'] as const)('files of an index that keeps %s', (keep) => {
  test('a file of version 1 is read, and written again to the bit', () => {
    const golden = readFileSync(join(import.meta.dirname, 'golden', `${keep}-v1.safetensors`));
    using index = goldenIndex(keep);
    expect(Buffer.from(index.toBytes()).equals(golden)).toBe(true);
    using loaded = MinHashIndex.load(golden, { team });
    expect(loaded.ids()).toEqual([3, 5, '', 'dög', '\ud800']);
    expect(loaded.query(['a', 'b', 'c'])).toEqual(index.query(['a', 'b', 'c']));
    expect(loaded.query([3, 1, 2, 2 ** 32 - 1])).toEqual([{ id: 'dög', similarity: 1 }]);
    expect(Buffer.from(loaded.toBytes()).equals(golden)).toBe(true);
    expect([loaded.add([1]), loaded.seed, loaded.threshold, loaded.keep]).toEqual([101, 7, 0.6, keep]);
  });

  test('save and load, from a path, bytes that are not aligned and an ArrayBuffer', () => {
    using index = goldenIndex(keep);
    const path = join(folder, `${keep}.safetensors`);
    index.save(path);
    expect(readdirSync(folder)).toContain(`${keep}.safetensors`);
    const bytes = index.toBytes();
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    for (const source of [path, shifted.subarray(1), bytes.slice().buffer]) {
      using loaded = MinHashIndex.load(source, { team });
      expect(loaded.toBytes()).toEqual(bytes);
      expect([...loaded.pairs(0.1)]).toEqual([...index.pairs(0.1)]);
    }
  });

  test('an empty index', () => {
    using index = new MinHashIndex({ threshold: 0.5, keep, team });
    using loaded = MinHashIndex.load(index.toBytes(), { team });
    expect([loaded.size, loaded.query([1]), [...loaded.pairs()], loaded.clusters()]).toEqual([0, [], [], []]);
  });

  test('a file that is damaged anywhere is refused', () => {
    using index = goldenIndex(keep);
    const bytes = index.toBytes();
    const random = randomStream(1, 'damage');
    for (let i = 0; i < 300; i++) {
      const damaged = bytes.slice();
      const at = random.integer(bytes.length);
      damaged[at] = (damaged[at] as number) ^ (1 << random.integer(8));
      expect(() => MinHashIndex.load(damaged, { team })).toThrow(/^the index: /);
      expect(() => MinHashIndex.load(bytes.subarray(0, at), { team })).toThrow(/^the index: /);
    }
  });

  test('a hostile file with a right checksum is read whole or refused, naming the file', () => {
    using index = goldenIndex(keep);
    const { tensors, metadata } = decodeSafetensors(index.toBytes());
    const random = randomStream(2, 'hostile');
    const used = team.arena.usedBytes;
    const path = join(folder, 'hostile');
    const messages = new Set<string>();
    let refused = 0;
    for (let i = 0; i < 400; i++) {
      const made = mutate({ ...tensors }, { ...metadata }, random);
      const bytes = encodeSafetensors(made.tensors, made.metadata);
      writeFileSync(path, bytes);
      const loaded = loadOrRefuse(path);
      if (typeof loaded === 'string') {
        refused++;
        messages.add(loaded);
        continue;
      }
      // Whatever it says, it is an index like any other.
      expect(loaded.ids().length).toBe(loaded.size);
      loaded.add([1, 2, 3]);
      for (const id of loaded.ids()) loaded.remove(id);
      expect(loaded.query([1, 2, 3], { exhaustive: true })).toEqual([]);
      loaded.close();
    }
    expect(refused).toBeGreaterThan(200);
    expect([...messages].filter((message) => !message.startsWith(`${path}: `))).toEqual([]);
    expect(team.arena.usedBytes).toBe(used);
  });
});

/** The index of a file, or why it is none. */
function loadOrRefuse(path: string): MinHashIndex | string {
  try {
    return MinHashIndex.load(path, { team });
  } catch (error) {
    return (error as Error).message;
  }
}

/** A file with one number of a tensor, one shape or one of the metadata other than it was. */
function mutate(
  tensors: Record<string, Tensor>,
  metadata: Record<string, string>,
  random: ReturnType<typeof randomStream>,
): { tensors: Record<string, Tensor>; metadata: Record<string, string> } {
  const odd = [0, 1, 2, 3, 5, 255, 2 ** 31, 2 ** 32 - 1, -1, 0.5, Number.NaN, Infinity];
  const value = odd[random.integer(odd.length)] as number;
  if (random.integer(3) === 0) {
    const texts = ['', '{}', 'null', '[]', '{', '1e99', '-1', 'x', `{"threshold":${String(value)}}`];
    const text = texts[random.integer(texts.length)] as string;
    const names = [...Object.keys(metadata), 'options', 'options'];
    const name = names[random.integer(names.length)] as string;
    if (name !== 'options' || random.integer(2) === 0)
      return { tensors, metadata: { ...metadata, [name]: text } };
    const options = JSON.parse(metadata['options'] as string) as Record<string, unknown>;
    const keys = Object.keys(options);
    options[keys[random.integer(keys.length)] as string] = [value, text, null, {}][random.integer(4)];
    return { tensors, metadata: { ...metadata, options: JSON.stringify(options) } };
  }
  const names = Object.keys(tensors);
  const name = names[random.integer(names.length)] as string;
  const { dtype, data } = tensors[name] as Tensor;
  if (random.integer(4) === 0) {
    const { [name]: _, ...rest } = tensors;
    return { tensors: rest, metadata };
  }
  const copy = (data as Uint32Array).slice(
    0,
    random.integer(3) === 0 ? random.integer(data.length + 1) : data.length,
  );
  if (copy.length > 0) copy[random.integer(copy.length)] = value;
  const shape = copy.length === data.length ? (tensors[name] as Tensor).shape : [copy.length];
  return { tensors: { ...tensors, [name]: { dtype, shape, data: copy } }, metadata };
}

describe('a file that is something else is refused', () => {
  using index = goldenIndex('sets');
  const { tensors, metadata } = decodeSafetensors(index.toBytes());

  test.each<[Record<string, string>, string]>([
    [
      { format: 'hashgrad.mips' },
      "expected an index of sets, whose format is 'hashgrad.minhash'; it is 'hashgrad.mips'.",
    ],
    [{ version: '2' }, 'this program reads indexes of sets of version 1; this is 2.'],
    [{ options: '{"hashes":2}' }, 'expected options with a threshold, hashes and tables; got {"hashes":2}.'],
    [{ next: '5' }, 'expected ascending integers below 5 as ids; number 1 is 5.'],
    [
      { next: '9007199254740994' },
      "expected the next id, an integer from 0 to 2^53; got '9007199254740994'.",
    ],
    [{ next: '-1' }, "expected the next id, an integer from 0 to 2^53; got '-1'."],
  ])('%j', (changed, message) => {
    const bytes = encodeSafetensors(tensors, { ...metadata, ...changed });
    expect(() => MinHashIndex.load(bytes, { team })).toThrow(new Error(`the index: ${message}`));
  });

  test('an id of -0', () => {
    const { integers } = tensors as { integers: Tensor<'F64'> };
    const bytes = encodeSafetensors(
      { ...tensors, integers: { ...integers, data: Float64Array.of(-0, 5) } },
      metadata,
    );
    expect(() => MinHashIndex.load(bytes, { team })).toThrow(
      'the index: expected ascending integers below 101 as ids; number 0 is -0.',
    );
  });

  test('elements that do not ascend', () => {
    const { sizes, sets } = tensors as { sizes: Tensor<'U32'>; sets: Tensor<'U32'> };
    expect([...sizes.data]).toEqual([0, 4, 3, 4, 1]);
    const data = sets.data.slice();
    data[1] = data[0] as number;
    const bytes = encodeSafetensors({ ...tensors, sets: { ...sets, data } }, metadata);
    expect(() => MinHashIndex.load(bytes, { team })).toThrow(
      `the index: expected the elements of set 1 to ascend; number 1 of the tensor 'sets' is ${data[1]}.`,
    );
  });

  test('without a checksum', () => {
    const bytes = encodeSafetensors(tensors, metadata);
    const text = Buffer.from(bytes)
      .toString('latin1')
      .replace(/"crc32":"\w{8}"/, '"cRc32":"00000000"');
    expect(() => MinHashIndex.load(Buffer.from(text, 'latin1'), { team })).toThrow(
      'the index: expected a checksum; another program has rewritten it.',
    );
  });
});
