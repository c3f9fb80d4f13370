import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Arena, decodeSafetensors, encodeSafetensors, Team, type Tensor } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { FixedTables, HashTables, simHash } from '../../src/index.ts';
import { byTable } from '../queries.ts';

const team = Team.single(new Arena());
const { arena } = team;
const folder = mkdtempSync(join(tmpdir(), 'tables-'));
afterAll(() => rmSync(folder, { recursive: true }));

function contents(tables: HashTables | FixedTables): number[][] {
  return Array.from({ length: tables.tables * tables.buckets }, (_, i) =>
    Array.from(tables.bucket(Math.floor(i / tables.buckets), i % tables.buckets)),
  );
}

function ids(...values: number[]): Int32Array {
  const view = arena.int32(values.length);
  view.set(values);
  return view;
}

const codes = byTable(
  arena,
  [
    [0, 3],
    [1, 2],
    [0, 3],
    [2, 2],
  ],
  2,
);

function built(): HashTables {
  const tables = new HashTables({ items: 4, tables: 2, buckets: 4, team });
  tables.build(codes);
  return tables;
}

function edited(): HashTables {
  const tables = new HashTables({ items: 4, tables: 2, buckets: 4, editable: true, team });
  tables.build(codes);
  tables.remove(ids(1, 2));
  return tables;
}

function fixed(replacement: 'fifo' | 'reservoir'): FixedTables {
  const tables = new FixedTables({ items: 4, tables: 2, buckets: 4, capacity: 2, replacement, team });
  for (let i = 0; i < 5; i++) tables.insert(ids(0, 1, 2, 3), codes);
  return tables;
}

describe('tables are loaded as they were saved', () => {
  test.each([
    ['built', built],
    ['never built', () => new HashTables({ items: 4, tables: 2, buckets: 4, team })],
    ['of nothing', () => new HashTables({ items: 0, tables: 2, buckets: 4, team })],
    ['edited', edited],
  ])('%s', (_, make) => {
    const tables = make();
    const { tables: loaded, metadata } = HashTables.fromBytes(tables.toBytes({ seed: '7' }), { team });
    expect(metadata).toEqual({ seed: '7' });
    expect(contents(loaded)).toEqual(contents(tables));
    expect([loaded.items, loaded.size, loaded.editable]).toEqual([
      tables.items,
      tables.size,
      tables.editable,
    ]);
  });

  test('edited, and go on', () => {
    const { tables } = HashTables.fromBytes(edited().toBytes(), { team });
    tables.insert(ids(2), byTable(arena, [[3, 3]], 2));
    tables.remove(ids(0));
    expect(contents(tables)).toEqual([[], [], [3], [2], [], [], [3], [2]]);
  });

  test.each(['fifo', 'reservoir'] as const)('fixed, %s, and go on as the saved ones', (replacement) => {
    const tables = fixed(replacement);
    const { tables: loaded } = FixedTables.fromBytes(tables.toBytes(), { team });
    expect(loaded.statistics()).toEqual(tables.statistics());
    for (let i = 0; i < 20; i++) {
      expect(contents(loaded)).toEqual(contents(tables));
      for (const each of [tables, loaded]) each.insert(ids(1, 0, 3, 2), codes);
    }
  });

  test('from one file, which is replaced at once, with the spec of the family', () => {
    const path = join(folder, 'index.safetensors');
    writeFileSync(path, 'before');
    const spec = simHash({ bits: 2, tables: 2 });
    built().save(path, { spec: JSON.stringify(spec), seed: '3' });
    expect(readdirSync(folder)).toEqual(['index.safetensors']);
    const { tables, metadata } = HashTables.load(path, { team });
    expect(JSON.parse(metadata['spec'] ?? '')).toEqual(spec);
    expect(contents(tables)).toEqual(contents(built()));
    fixed('fifo').save(path);
    expect(contents(FixedTables.load(path, { team }).tables)).toEqual(contents(fixed('fifo')));
    expect(() => HashTables.load(join(folder, 'none'), { team })).toThrow(/ENOENT.*none/);
  });
});

test.each([
  ['HashTables', HashTables, built().toBytes()],
  ['FixedTables', FixedTables, fixed('fifo').toBytes()],
] as const)('%s are read from bytes, a buffer or pieces, and from nothing else', (_, kind, bytes) => {
  const pieces = [bytes.subarray(0, 5), bytes.subarray(5, 200), new Uint8Array(0), bytes.subarray(200)];
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  for (const source of [bytes, Buffer.from(bytes), bytes.slice().buffer, shared, pieces]) {
    const { tables } = kind.fromBytes(source, { team });
    expect(tables.toBytes()).toEqual(bytes);
    tables.close();
  }
  for (const [source, what] of [
    ['path', "the string 'path'"],
    [undefined, 'undefined'],
    [[bytes.buffer], 'the object Array'],
    [new Float32Array(4), 'the object Float32Array'],
  ] as const) {
    expect(() => kind.fromBytes(source as never, { team })).toThrow(
      new TypeError(
        `Hash tables are read from a Uint8Array, an ArrayBuffer or an array of Uint8Arrays; got ${what}.`,
      ),
    );
  }
  expect(() => kind.fromBytes(bytes, { team, nam: 'x' } as never)).toThrow(
    'There is no option nam of fromBytes; there are team, name.',
  );
  expect(() => kind.fromBytes(bytes, undefined as never)).toThrow(
    'The options of fromBytes come as an object',
  );
  expect(() => kind.load('path', { team, name: 'x' } as never)).toThrow('There is no option name of load');
});

/** The file with some of its tensors and fields changed, and a checksum that agrees. */
function changed(bytes: Uint8Array, tensors: Record<string, Tensor>, fields: object = {}): Uint8Array {
  const file = decodeSafetensors(bytes);
  const own = JSON.parse(file.metadata['hashgrad.lsh'] ?? '{}') as object;
  const metadata = { 'hashgrad.lsh': JSON.stringify({ ...own, ...fields }) };
  return encodeSafetensors({ ...file.tensors, ...tensors }, metadata);
}

function u32(shape: number[], ...values: number[]): Tensor {
  return { dtype: 'U32', shape, data: Uint32Array.from(values) };
}

/** Why the file is not loaded, and how many bytes of the arena that cost. */
function refusal(tables: typeof HashTables | typeof FixedTables, bytes: Uint8Array): [string, number] {
  const { usedBytes } = arena;
  try {
    tables.fromBytes(bytes, { team, name: 'x.safetensors' });
  } catch (error) {
    return [(error as Error).message, arena.usedBytes - usedBytes];
  }
  return ['', 0];
}

describe('a file that is damaged or foreign is refused by name, and takes no memory', () => {
  const good = built().toBytes();
  const fixedBytes = fixed('fifo').toBytes();
  const reservoirBytes = fixed('reservoir').toBytes();

  test('wherever a byte is wrong', () => {
    for (let at = 0; at < good.length; at++) {
      const damaged = good.slice();
      damaged[at]! ^= 16;
      expect(refusal(HashTables, damaged)).toEqual([expect.stringMatching(/^x\.safetensors: /), 0]);
    }
  });

  const none = 2 ** 32 - 1;
  test.each([
    [new Uint8Array(3), 'this is no safetensors file'],
    [good.subarray(0, 200), 'the file is cut off'],
    [encodeSafetensors({}), "expected hash tables of @hashgrad/lsh; it has no metadata 'hashgrad.lsh'."],
    [fixedBytes, "expected 'tables' of version 1; it holds 'fixed tables' of version 1."],
    [changed(good, {}, { editable: 1 }), "expected 'editable' to be true or false; got 1."],
    [
      changed(good, {}, { buckets: '4' }),
      "HashTables: buckets is an integer from 1 to 134217727; got the string '4'.",
    ],
    [changed(good, {}, { version: 2 }), "expected 'tables' of version 1; it holds 'tables' of version 2."],
    [
      changed(good, {}, { kind: { toString: 1 } }),
      "expected 'tables' of version 1; it holds the object Object of version 1.",
    ],
    [
      changed(good, {}, { version: { toString: 1 } }),
      "expected 'tables' of version 1; it holds 'tables' of version the object Object.",
    ],
    [changed(good, {}, { kind: 'x'.repeat(61) }), `it holds '${'x'.repeat(60)}...' of version 1.`],
    [changed(good, {}, { buckets: 0 }), 'HashTables: buckets is an integer from 1 to'],
    [
      changed(good, { codes: u32([2, 2, 2], 0, 0, 0, 0, 0, 0, 0, 0) }),
      "expected the tensor 'codes', U32 of shape [2, 2]",
    ],
    [
      changed(good, { codes: u32([2, 4], 0, 1, 2, 3, 0, 4, 0, 0) }),
      "expected a code from 0 to 3 at number 5 of the tensor 'codes'; got 4.",
    ],
    [changed(good, { codes: u32([2, 4], 0, none, 2, 3, 0, 0, 0, 0) }), 'at number 1'],
    [
      changed(edited().toBytes(), { codes: u32([2, 4], 0, none, 2, 3, 0, 0, 0, 0) }),
      "expected 4294967295, as in table 0, at number 5 of the tensor 'codes'; got 0.",
    ],
  ])('%#', (bytes, message) => {
    expect(refusal(HashTables, bytes)).toEqual([expect.stringContaining(`x.safetensors: `), 0]);
    expect(refusal(HashTables, bytes)[0]).toContain(message);
  });

  test.each([
    [good, "expected 'fixed tables' of version 1; it holds 'tables' of version 1."],
    [changed(reservoirBytes, {}, { capacity: 1 }), "expected the tensor 'ids', I32 of shape [5]"],
    [
      changed(fixedBytes, {}, { capacity: 1 }),
      "expected a count from 0 to 1 at number 0 of the tensor 'seen'; got 2.",
    ],
    [
      changed(reservoirBytes, { seen: u32([2, 4], 4294967295, 0, 0, 0, 0, 0, 0, 0) }),
      'a count from 0 to 4294967294',
    ],
    [changed(fixedBytes, {}, { inserted: 2 }), "expected 'inserted' to be an integer of 6 or more"],
    [changed(fixedBytes, {}, { inserted: 'many' }), 'got "many".'],
    [
      changed(fixedBytes, {}, { items: 2 }),
      "expected an id from 0 to 1 at number 1 of the tensor 'ids'; got 2.",
    ],
    [changed(fixedBytes, {}, { replacement: 'lru' }), "replacement is 'fifo' or 'reservoir'; got 'lru'."],
    [
      changed(fixedBytes, {}, { replacement: { toString: 1 } }),
      "replacement is 'fifo' or 'reservoir'; got the object Object.",
    ],
  ])('fixed, %#', (bytes, message) => {
    expect(refusal(FixedTables, bytes)).toEqual([expect.stringContaining(`x.safetensors: `), 0]);
    expect(refusal(FixedTables, bytes)[0]).toContain(message);
  });

  test('if another program has rewritten it', () => {
    // The same, with blanks in the header, so that the checksum is at another place.
    const length = new DataView(good.buffer).getUint32(0, true);
    const header = new TextDecoder().decode(good.subarray(8, 8 + length)).replace('{', '{        ');
    const bytes = new Uint8Array([
      ...good.subarray(0, 8),
      ...new TextEncoder().encode(header),
      ...good.subarray(8 + length),
    ]);
    new DataView(bytes.buffer).setUint32(0, length + 8, true);
    const message = 'x.safetensors: expected a checksum; another program has rewritten it.';
    expect(refusal(HashTables, bytes)).toEqual([message, 0]);
  });

  test('and metadata of ours are not to be overwritten', () => {
    expect(() => built().toBytes({ 'hashgrad.lsh': '' })).toThrow(
      "Metadata 'hashgrad.lsh' are the tables' own.",
    );
    expect(readFileSync(join(folder, 'index.safetensors')).length).toBeGreaterThan(100);
  });
});
