/** Momentum. */
import { momentumMoves } from '@hashgrad/kernels';
import {
  given,
  type OptimizerDefinition,
  type OwnOptions,
  type Parameters,
  type Skipped,
  type StepOptions,
} from './definition.ts';

/** Momentum as plain JSON, see `momentum`. */
export interface MomentumSpec extends StepOptions {
  readonly kind: 'momentum';
  readonly decay: number;
  /** 'bfloat16': half the memory, rounded to the nearest. */
  readonly velocity: 'float32' | 'bfloat16';
  readonly skipped: Skipped;
}

const OPTIONS: OwnOptions<MomentumSpec> = { decay: true, velocity: true, skipped: true };

/**
 * u = decay u + g; w -= rate u (Polyak 1964). `decay` is 0.9 by default. A row that skipped steps catches up by default:
 * when it is next used it moves and loses velocity as it would have in them.
 */
export function momentum(parameters: Parameters<MomentumSpec> & { readonly rate: number }): MomentumSpec {
  return {
    kind: 'momentum',
    decay: 0.9,
    velocity: 'float32',
    skipped: 'catchUp',
    ...given('momentum', parameters, OPTIONS),
  };
}

export const momentumDefinition: OptimizerDefinition<MomentumSpec> = {
  options: OPTIONS,
  multiplyAdds: 2,
  check({ decay, velocity, skipped }, { below, oneOf }) {
    below('decay', decay, 1);
    oneOf('velocity', velocity, ['float32', 'bfloat16']);
    oneOf('skipped', skipped, ['catchUp', 'wait']);
  },
  moments: ({ velocity }) => ({ first: velocity }),
  settings(arena, { decay, velocity, skipped }) {
    const moves = skipped === 'catchUp' ? momentumMoves(arena, decay) : undefined;
    return { kind: 'momentum', beta1: decay, beta2: 1, epsilon: 0, moves, firstFormat: velocity };
  },
  smallest: { velocity: 'bfloat16' },
};
