import { expect, test } from 'vitest';
import { ownersAmong, usesWithout } from '../../../../testing/closed.ts';
import { failAllocation } from '../../../../testing/full-memory.ts';
import * as kernels from '../../src/index.ts';
import {
  Arena,
  MembersRecord,
  OptimizerRecord,
  Resource,
  RowPairs,
  RowsRecord,
  SampleOptimizers,
  SamplePass,
  SparseRecord,
  Team,
  WeightingRecord,
} from '../../src/index.ts';

/** Methods for subclasses, which say nothing of a closed object. */
const PROTECTED = ['release', 'checkOpen'];

const SGD = { kind: 'sgd', rate: 1, beta1: 0, beta2: 0, epsilon: 0 } as const;

/** One of each, and its arena, where that is another. */
const owners: Record<string, () => { owner: Resource; arena?: Arena; except?: string[] }> = {
  // All arrays were taken back: owners may be closed after their arena.
  Arena: () => ({ owner: new Arena(), except: ['free'] }),
  Team() {
    const arena = new Arena();
    return { owner: Team.single(arena), arena };
  },
  RowPairs() {
    const arena = new Arena();
    return { owner: new RowPairs(Team.single(arena), 10, 20), arena };
  },
  RowsRecord() {
    const arena = new Arena();
    return { owner: new RowsRecord(arena, { weights: arena.float32(4), stride: 4, width: 4 }), arena };
  },
  SparseRecord() {
    const arena = new Arena();
    const fields = { offsets: arena.int32(1), ids: arena.int32(0), values: arena.float32(0) };
    return { owner: new SparseRecord(arena, fields), arena };
  },
  MembersRecord() {
    const arena = new Arena();
    const [scales, offsets, biases] = [arena.float32(1), arena.int32(1), arena.float32(1)];
    const fields = { codes: arena.int8(16), stride: 16, scales, offsets, biases };
    return { owner: new MembersRecord(arena, fields), arena };
  },
  OptimizerRecord() {
    const arena = new Arena();
    return { owner: new OptimizerRecord(arena, SGD), arena };
  },
  WeightingRecord() {
    const arena = new Arena();
    return { owner: new WeightingRecord(arena, { smoothing: 0.1 }), arena };
  },
  SampleOptimizers() {
    const arena = new Arena();
    return { owner: new SampleOptimizers(arena, new OptimizerRecord(arena, SGD), 3), arena };
  },
  SamplePass() {
    const arena = new Arena();
    return { owner: new SamplePass(arena, []), arena };
  },
};

test('every class that owns something is tried', () => {
  expect(ownersAmong(kernels).toSorted()).toEqual([...Object.keys(owners), 'Resource'].toSorted());
});

test.each(Object.keys(owners))('%s, once closed, refuses every use', async (name) => {
  const { owner, except = [] } = owners[name]!();
  owner.close();
  const message = `This ${['Arena', 'Team'].includes(name) ? name.toLowerCase() : name} is closed.`;
  expect(await usesWithout(message, owner, [...PROTECTED, ...except])).toEqual([]);
});

test.each(Object.keys(owners).filter((name) => name !== 'Arena'))('%s gives its memory back once', (name) => {
  const { owner, arena } = owners[name]!();
  const before = arena!.usedBytes;
  owner.close();
  expect(arena!.usedBytes).toBeLessThan(before);
  // These take the places that were given back.
  const others = Array.from({ length: 50 }, () => arena!.uint8(64));
  const { usedBytes } = arena!;
  owner.close();
  owner[Symbol.dispose]();
  expect(arena!.usedBytes).toBe(usedBytes);
  for (const other of others) arena!.free(other);
});

test('a team of a closed arena runs nothing, and is closed like any other', () => {
  const arena = new Arena();
  const team = Team.single(arena);
  arena.close();
  expect(() => team.run('relu', [0], 0)).toThrow('This arena is closed.');
  expect(() => team.close()).not.toThrow();
});

test('a subclass gives back what it owns once, whatever it throws then', () => {
  let released = 0;
  class Owner extends Resource {
    constructor() {
      super('This owner');
    }
    use(): void {
      this.checkOpen();
    }
    protected override release(): void {
      released++;
      throw new Error('gone already');
    }
  }
  const owner = new Owner();
  expect(() => owner.use()).not.toThrow();
  expect(() => owner.close()).toThrow('gone already');
  expect(() => owner.close()).not.toThrow();
  expect(() => owner.use()).toThrow('This owner is closed.');
  expect(released).toBe(1);
});

test('pairs for which there is no room take nothing', () => {
  const arena = new Arena();
  const team = Team.single(arena);
  const { usedBytes } = arena;
  let failures = 0;
  for (let before = 0; ; before++) {
    using failing = failAllocation(arena, before);
    try {
      new RowPairs(team, 10, 20).close();
    } catch {
      failures++;
    }
    expect(arena.usedBytes).toBe(usedBytes);
    if (!failing.failed) break;
  }
  expect(failures).toBe(15);
});
