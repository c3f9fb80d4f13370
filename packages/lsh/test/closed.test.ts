import { Arena, type Resource, Team } from '@hashgrad/kernels';
import { expect, test } from 'vitest';
import { ownersAmong, usesWithout } from '../../../testing/closed.ts';
import * as lsh from '../src/index.ts';
import {
  bindHasher,
  FixedTables,
  type FamilySpec,
  HashTables,
  LshIndex,
  MinHashIndex,
  simHash,
} from '../src/index.ts';
import { FAMILIES } from './families.ts';

/** Methods for subclasses, whose callers have checked. */
const PROTECTED = ['release', 'checkOpen', 'contents'];

/** Plain fields for subclasses: what they lead to belongs to others, or is not to be had from outside. */
const INNER = ['team', 'layout'];

const arena = new Arena();
const team = Team.single(arena);
const sizes = { items: 9, tables: 3, buckets: 4, team };

const tables: readonly (readonly [string, () => Resource])[] = [
  ['HashTables', () => new HashTables(sizes)],
  ['HashTables, editable', () => new HashTables({ ...sizes, editable: true })],
  ['FixedTables', () => new FixedTables({ ...sizes, capacity: 2, replacement: 'fifo' })],
];

function hasherOf(spec: FamilySpec): Resource {
  return bindHasher(spec, { dimensions: 300, tailWidth: 0, seed: 1, team }) as unknown as Resource;
}

/** The uses that do not throw `message`, of a closed object and of all that its plain fields lead to. */
async function usesOf(message: string, closed: object, path = ''): Promise<string[]> {
  const uses = await usesWithout(message, closed, PROTECTED);
  const found = uses.map((use) => path + use);
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(closed))) {
    if (INNER.includes(name) || typeof value !== 'object' || value === null) continue;
    if (ArrayBuffer.isView(value)) found.push(`${path}${name} is an array of memory`);
    else found.push(...(await usesOf(message, value as object, `${path}${name}.`)));
  }
  return found;
}

test('every class that owns something is tried', () => {
  // BucketTables is what the others have in common.
  const owners = ['BucketTables', 'FixedTables', 'HashTables', 'LshIndex', 'MinHashIndex'];
  expect(ownersAmong(lsh).toSorted()).toEqual(owners);
});

test.each(tables)('%s, once closed, refuse every use', async (_, make) => {
  const closed = make();
  closed.close();
  expect(await usesOf('This set of hash tables is closed.', closed)).toEqual([]);
});

test.each([
  ['of its own', undefined],
  ['with others', team],
])('an LshIndex that has a memory %s, once closed, refuses every use', async (_, given) => {
  const closed = new LshIndex({
    dimensions: 3,
    metric: 'cosine',
    family: simHash({ bits: 2, tables: 2 }),
    team: given,
  });
  closed.add(Float32Array.of(1, 2, 3));
  closed.close();
  expect(await usesOf('This index is closed.', closed)).toEqual([]);
});

test.each([
  ['of its own', { threshold: 0.5 }],
  ['with others', { threshold: 0.5, team }],
  ['of its own, for signatures', { threshold: 0.5, keep: 'signatures' }],
] as const)('a MinHashIndex that has a memory %s, once closed, refuses every use', async (_, options) => {
  const closed = new MinHashIndex(options);
  closed.add([1]);
  closed.close();
  expect(await usesOf('This index is closed.', closed)).toEqual([]);
});

test.each(FAMILIES)('a hasher of %s, once closed, refuses every use', async (_, spec) => {
  const closed = hasherOf(spec);
  closed.close();
  expect(await usesOf('This hasher is closed.', closed)).toEqual([]);
});

const owners = [
  ...tables,
  ['MinHashIndex', () => new MinHashIndex({ threshold: 0.5, team })] as const,
  ...FAMILIES.map(([name, spec]) => [name, () => hasherOf(spec)] as const),
];

test.each(owners)('%s: what is closed again takes nothing of another', (_, make) => {
  const before = arena.usedBytes;
  const closed = make();
  closed.close();
  expect(arena.usedBytes).toBe(before);
  // This takes the place that was given back.
  const other = arena.uint8(64);
  closed.close();
  closed[Symbol.dispose]();
  expect(arena.usedBytes).toBe(before + 64);
  arena.free(other);
});

test('tables and hashers are closed after their arena', () => {
  const own = Team.single(new Arena());
  const made = new HashTables({ ...sizes, team: own });
  const hasher = bindHasher(FAMILIES[0]![1], { dimensions: 3, tailWidth: 0, seed: 1, team: own });
  own.arena.close();
  expect(() => made.build(new Uint32Array(27))).toThrow('This arena is closed.');
  expect(() => made.close()).not.toThrow();
  expect(() => hasher.close()).not.toThrow();
});
