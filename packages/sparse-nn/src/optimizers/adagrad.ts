/** Adagrad. */
import {
  given,
  type OptimizerDefinition,
  type OwnOptions,
  type Parameters,
  type StepOptions,
} from './definition.ts';

/** Adagrad as plain JSON, see `adagrad`. */
export interface AdagradSpec extends StepOptions {
  readonly kind: 'adagrad';
  readonly epsilon: number;
  /** What the sums of squares start from. */
  readonly initial: number;
  /** 'bfloat16': half the memory, rounded at random so that the mean is kept. 'row': one, of the row's mean square. */
  readonly sums: 'float32' | 'bfloat16' | 'row';
}

const OPTIONS: OwnOptions<AdagradSpec> = { epsilon: true, initial: true, sums: true };

/** G += g^2; w -= rate g / (sqrt(G) + epsilon) (Duchi et al., JMLR 2011). Being lazy changes nothing of it. */
export function adagrad(parameters: Parameters<AdagradSpec> = {}): AdagradSpec {
  return {
    kind: 'adagrad',
    rate: 0.01,
    epsilon: 1e-10,
    initial: 0,
    sums: 'float32',
    ...given('adagrad', parameters, OPTIONS),
  };
}

export const adagradDefinition: OptimizerDefinition<AdagradSpec> = {
  options: OPTIONS,
  multiplyAdds: 4,
  check({ epsilon, initial, sums }, { below, positive, oneOf }) {
    positive('epsilon', epsilon);
    below('initial', initial, Infinity);
    oneOf('sums', sums, ['float32', 'bfloat16', 'row']);
  },
  moments: ({ initial, sums }) => ({ second: sums, initial }),
  settings: (_arena, { epsilon, sums }) => ({
    kind: 'adagrad',
    beta1: 0,
    beta2: 0,
    epsilon,
    secondFormat: sums,
  }),
  smallest: { sums: 'row' },
};
