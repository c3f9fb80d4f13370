/** Tables by inner product, for the networks with pinned bits. */
import { familyOf } from '@hashgrad/lsh';
import { identity, simpleLsh } from '@hashgrad/mips';
import { lsh, type LshSpec } from '../../src/index.ts';

/** `lsh` with simpleLsh(), where its family goes with that and nothing else is said: lengths of weights are hashed, too. */
export function byProduct(parameters: Parameters<typeof lsh>[0]): LshSpec {
  const { similarity } = familyOf(parameters.family);
  return lsh({ transform: similarity === 'cosine' ? simpleLsh() : identity(), ...parameters });
}
