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

/** Kingma and Ba (ICLR 2015), algorithm 1, the bias corrections by each row's own count of updates. */
export function adam(parameters: Partial<Omit<AdamSpec, 'kind'>> = {}): AdamSpec {
  const { rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = parameters;
  return { kind: 'adam', rate, beta1, beta2, epsilon };
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
  }
}

/** Which arrays of moments an optimizer keeps beside the weights. */
export function momentsOf(spec: OptimizerSpec): 0 | 1 | 2 {
  return spec.kind === 'adam' ? 2 : spec.kind === 'momentum' ? 1 : 0;
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
    const { beta1, beta2, epsilon } = spec;
    const corrections = adamCorrections(arena, beta1, beta2);
    return layOptimizer(arena, { kind, rate, beta1, beta2, epsilon, corrections });
  }
  const beta1 = kind === 'momentum' ? spec.decay : 0;
  return layOptimizer(arena, { kind, rate, beta1, beta2: 0, epsilon: 0 });
}
