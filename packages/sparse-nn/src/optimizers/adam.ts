/** Adam. */
import { adamCorrections, adamMoves } from '@hashgrad/kernels';
import {
  given,
  type OptimizerDefinition,
  type OwnOptions,
  type Parameters,
  type Skipped,
  type StepOptions,
} from './definition.ts';

/** Adam as plain JSON, see `adam`. */
export interface AdamSpec extends StepOptions {
  readonly kind: 'adam';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** 'bfloat16': half the memory, rounded to the nearest. */
  readonly firstMoment: 'float32' | 'bfloat16';
  /** 'bfloat16': half the memory, rounded at random so that the mean is kept. 'row': one, of the row's mean square. */
  readonly secondMoment: 'float32' | 'bfloat16' | 'row';
  readonly skipped: Skipped;
}

const OPTIONS: OwnOptions<AdamSpec> = {
  beta1: true,
  beta2: true,
  epsilon: true,
  firstMoment: true,
  secondMoment: true,
  skipped: true,
};

/**
 * Kingma and Ba (ICLR 2015), algorithm 1. Where skipped steps wait (the default), bias corrections are by each row's own
 * count of updates; where a row catches up, by the count of all steps. Wide layers are bound by memory, and two thirds of
 * it are moments: they can be kept smaller. Biases always have 32-bit ones.
 */
export function adam(parameters: Parameters<AdamSpec> = {}): AdamSpec {
  return {
    kind: 'adam',
    rate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    firstMoment: 'float32',
    secondMoment: 'float32',
    skipped: 'wait',
    ...given('adam', parameters, OPTIONS),
  };
}

export const adamDefinition: OptimizerDefinition<AdamSpec> = {
  options: OPTIONS,
  multiplyAdds: 8,
  unsafeRaces:
    'where threads lose the update of a second moment and not that of the first, a step has no bound',
  check(spec, { below, positive, oneOf }) {
    below('beta1', spec.beta1, 1);
    below('beta2', spec.beta2, 1);
    positive('epsilon', spec.epsilon);
    oneOf('firstMoment', spec.firstMoment, ['float32', 'bfloat16']);
    oneOf('secondMoment', spec.secondMoment, ['float32', 'bfloat16', 'row']);
    oneOf('skipped', spec.skipped, ['catchUp', 'wait']);
    if (spec.skipped === 'catchUp' && !(spec.beta1 < Math.sqrt(spec.beta2))) {
      throw new RangeError(
        `adam: to catch up, beta1 is below the root of beta2, or the skipped steps would have no end; ` +
          `got ${spec.beta1} and ${spec.beta2}.`,
      );
    }
  },
  moments: ({ firstMoment, secondMoment, skipped }) => ({
    first: firstMoment,
    second: secondMoment,
    steps: skipped === 'wait',
  }),
  settings(arena, { beta1, beta2, epsilon, firstMoment, secondMoment, skipped }) {
    const corrections = adamCorrections(arena, beta1, beta2);
    const moves = skipped === 'catchUp' ? adamMoves(arena, beta1, beta2, corrections) : undefined;
    const formats = { firstFormat: firstMoment, secondFormat: secondMoment };
    return { kind: 'adam', beta1, beta2, epsilon, ...formats, biasCorrections: corrections, moves };
  },
  smallest: { firstMoment: 'bfloat16', secondMoment: 'row' },
};
