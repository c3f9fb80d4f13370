import { Arena, signatureBytes, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { withFailure } from '../../../../testing/full-memory.ts';
import { SignatureMemory } from '../../src/signatures/signature-memory.ts';

const BLOCKS = 300;

describe('the signatures of blocks', () => {
  const team = Team.single(new Arena());

  test('have room of their own, which stays, most of them behind those of the block before', () => {
    using memory = new SignatureMemory(team, 2);
    const bytes = signatureBytes(2);
    const starts: number[] = [];
    for (let number = 0; number < BLOCKS; number++) {
      memory.reserve(number + 1);
      const { byteOffset, byteLength } = memory.of(number);
      expect(byteLength).toBe(bytes);
      starts.push(byteOffset);
    }
    expect(memory.bytes).toBeLessThan((BLOCKS + 64) * bytes);
    for (const [number, start] of starts.entries()) expect(memory.of(number).byteOffset).toBe(start);
    const ascending = starts.toSorted((a, b) => a - b);
    for (let i = 1; i < BLOCKS; i++) {
      expect((ascending[i] as number) - (ascending[i - 1] as number)).toBeGreaterThanOrEqual(bytes);
    }
    // All but the first of each chunk.
    const next = starts.filter((start, i) => i > 0 && start === (starts[i - 1] as number) + bytes);
    expect(next.length).toBeGreaterThanOrEqual(BLOCKS - 6 - Math.ceil(BLOCKS / 64));
  });

  test('are as they were where there is no room for more', () => {
    using memory = new SignatureMemory(team, 1);
    memory.reserve(3);
    const before = memory.of(2).byteOffset;
    expect(withFailure(team.arena, 0, () => memory.reserve(200))).toBe(true);
    expect(memory.of(2).byteOffset).toBe(before);
    memory.reserve(200);
    expect(memory.of(199).byteLength).toBe(signatureBytes(1));
  });
});
