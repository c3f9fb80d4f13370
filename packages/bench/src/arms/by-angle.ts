/** lsh as the studies of it have it. */
import type { FamilySpec } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import { lsh, type LshSpec } from '@hashgrad/sparse-nn';

/**
 * Units found by the angle between weights and input: weights are hashed as they are. simpleLsh, which lsh has by default, takes
 * their lengths into account, and choices were worse for it where it was tried (study `transforms`).
 */
export function byAngle(
  fraction: number,
  family: FamilySpec,
  options: Partial<Omit<LshSpec, 'kind' | 'fraction' | 'family'>> = {},
): LshSpec {
  return lsh({ fraction, family, transform: identity(), ...options });
}
