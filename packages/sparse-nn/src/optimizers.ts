/** How weights are updated. All are lazy: a row that no sample chose in a batch is not touched. */
import { adamCorrections, layOptimizer, type Arena } from '@hashgrad/kernels';

export interface SgdSpec {
  readonly kind: 'sgd';
  readonly rate: number;
}

export interface MomentumSpec {
  readonly kind: 'momentum';
  readonly rate: number;
  readonly decay: number;
}

export interface AdamSpec {
  readonly kind: 'adam';
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** 'bfloat16': half the memory, rounded to the nearest. */
  readonly firstMoment: 'float32' | 'bfloat16';
  /** 'bfloat16': half the memory, rounded at random so that the mean is kept. 'row': one, of the row's mean square. */
  readonly secondMoment: 'float32' | 'bfloat16' | 'row';
}

export type OptimizerSpec = SgdSpec | MomentumSpec | AdamSpec;

/** w -= rate g. */
export function sgd(parameters: { readonly rate: number }): SgdSpec {
  return { kind: 'sgd', rate: parameters.rate };
}

/** u = decay u + g; w -= rate u (Polyak). `decay` 0.9 by default. */
export function momentum(parameters: { readonly rate: number; readonly decay?: number }): MomentumSpec {
  return { kind: 'momentum', rate: parameters.rate, decay: parameters.decay ?? 0.9 };
}

/**
 * Kingma and Ba (ICLR 2015), algorithm 1, the bias corrections by each row's own count of updates. Wide layers are bound by
 * memory, and two thirds of it are moments: they can be kept smaller. Biases always have 32-bit ones.
 */
export function adam(parameters: Partial<Omit<AdamSpec, 'kind'>> = {}): AdamSpec {
  const { rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = parameters;
  const { firstMoment = 'float32', secondMoment = 'float32' } = parameters;
  return { kind: 'adam', rate, beta1, beta2, epsilon, firstMoment, secondMoment };
}

/** Refuses parameters out of range. @throws {RangeError} */
export function checkOptimizer(spec: OptimizerSpec): void {
  const inRange = (name: string, value: number, below: number): void => {
    if (!(value >= 0 && value < below)) {
      throw new RangeError(`${spec.kind}: ${name} is from 0 to below ${below}; got ${value}.`);
    }
  };
  if (!(spec.rate > 0 && spec.rate < Infinity)) {
    throw new RangeError(`${spec.kind}: rate is a positive number; got ${spec.rate}.`);
  }
  if (spec.kind === 'momentum') inRange('decay', spec.decay, 1);
  if (spec.kind === 'adam') {
    inRange('beta1', spec.beta1, 1);
    inRange('beta2', spec.beta2, 1);
    inRange('epsilon', spec.epsilon, Infinity);
    oneOf('firstMoment', spec.firstMoment, ['float32', 'bfloat16']);
    oneOf('secondMoment', spec.secondMoment, ['float32', 'bfloat16', 'row']);
  }
}

function oneOf(name: string, value: string, formats: readonly string[]): void {
  if (!formats.includes(value)) {
    throw new RangeError(`adam: ${name} is ${formats.join(' or ')}; got '${value}'.`);
  }
}

/** The arrays of moments that an optimizer keeps beside the weights, and how. */
export function momentsOf(spec: OptimizerSpec): readonly AdamSpec['secondMoment'][] {
  if (spec.kind === 'adam') return [spec.firstMoment, spec.secondMoment];
  return spec.kind === 'momentum' ? ['float32'] : [];
}

/** Multiply-adds for one weight: SGD 1, momentum 2, Adam 8 with its root and division as one each. */
export function optimizerCost(spec: OptimizerSpec): number {
  return spec.kind === 'adam' ? 8 : spec.kind === 'momentum' ? 2 : 1;
}

/** Lays the optimizer out for the kernels. */
export function bindOptimizer(arena: Arena, spec: OptimizerSpec): Int32Array {
  checkOptimizer(spec);
  const { kind, rate } = spec;
  if (kind === 'adam') {
    const { beta1, beta2, epsilon, firstMoment, secondMoment } = spec;
    const corrections = adamCorrections(arena, beta1, beta2);
    const formats = { firstFormat: firstMoment, secondFormat: secondMoment };
    return layOptimizer(arena, { kind, rate, beta1, beta2, epsilon, corrections, ...formats });
  }
  const beta1 = kind === 'momentum' ? spec.decay : 0;
  return layOptimizer(arena, { kind, rate, beta1, beta2: 0, epsilon: 0 });
}
