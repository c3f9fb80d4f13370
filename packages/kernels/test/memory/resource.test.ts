import { expect, test } from 'vitest';
import { ownersAmong, usesWithout } from '../../../../testing/closed.ts';
import { failAllocation } from '../../../../testing/full-memory.ts';
import * as kernels from '../../src/index.ts';
import { Arena, Resource, RowPairs, Team } from '../../src/index.ts';

/** Methods for subclasses, which say nothing of a closed object. */
const PROTECTED = ['release', 'checkOpen'];

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
};

test('every class that owns something is tried', () => {
  expect(ownersAmong(kernels).toSorted()).toEqual([...Object.keys(owners), 'Resource'].toSorted());
});

test.each(Object.keys(owners))('%s, once closed, refuses every use', async (name) => {
  const { owner, except = [] } = owners[name]!();
  const { constructor } = owner;
  owner.close();
  const message = `This ${constructor === RowPairs ? 'RowPairs' : name.toLowerCase()} is closed.`;
  expect(await usesWithout(message, owner, [...PROTECTED, ...except])).toEqual([]);
});

test.each(['Team', 'RowPairs'])('%s gives its memory back once', (name) => {
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
  expect(failures).toBe(9);
});
