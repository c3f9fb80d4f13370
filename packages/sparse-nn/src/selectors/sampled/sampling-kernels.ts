/** Kernels that classes are drawn by: k(x, w) = features(x) . features(w), so that sums over classes are one product. */
import { randomStream } from '@hashgrad/kernels';
import type { Weights } from '../../layers/weights.ts';

/** A kernel's parameters, as plain JSON. */
export type SamplingKernelSpec = QuadraticKernelSpec | FourierKernelSpec;

/** k(x, w) = alpha (w . x + b)^2 + 1, of a class with weights w and bias b (Blanc and Rendle, ICML 2018, section 3.2). */
export interface QuadraticKernelSpec {
  readonly kind: 'quadratic';
  /** Above 0; 100 in the paper. */
  readonly alpha: number;
}

/**
 * k(x, w) = exp(nu (cos(x, w) - 1)), a Gaussian kernel of the directions, estimated by random Fourier features (Rawat et al.,
 * NeurIPS 2019, section 3.2).
 */
export interface FourierKernelSpec {
  readonly kind: 'fourier';
  /** How much likelier classes of the input's direction are: above 0. */
  readonly nu: number;
  /** Cosines and sines: an even number, 2 or more. */
  readonly features: number;
}

/** A kernel bound to a layer's weights. */
export interface SamplingKernel {
  /** Numbers of a vector of features. */
  readonly features: number;
  /** What it takes to compute one of those of a unit, in multiply-adds. */
  readonly cost: number;
  /** Adds a unit's features to those from `at` on. */
  addUnit(sums: Float32Array, at: number, unit: number): void;
  /** Takes an input, `inputs` numbers from `at` on; the following are for it. */
  take(values: Float32Array, at: number): void;
  /** The sum of the kernel over `count` units, of whose features `sums` has the sum from `at` on: above 0. */
  mass(sums: Float32Array, at: number, count: number): number;
  /** The kernel of a unit, above 0, without any estimate. */
  value(unit: number): number;
}

/** @throws {RangeError} for a kernel that there is not, or parameters out of range. */
export function checkKernel(who: string, kernel: SamplingKernelSpec): void {
  const positive = (name: string, value: number): void => {
    if (!(value > 0 && value < Infinity)) throw new RangeError(`${who}: ${name} is above 0; got ${value}.`);
  };
  switch (kernel?.kind) {
    case 'quadratic':
      return positive('alpha', kernel.alpha);
    case 'fourier':
      positive('nu', kernel.nu);
      if (Number.isSafeInteger(kernel.features) && kernel.features >= 2 && kernel.features % 2 === 0) return;
      throw new RangeError(`${who}: features is an even number of 2 or more; got ${kernel.features}.`);
    default:
      throw new RangeError(`${who}: kernel is 'quadratic' or 'fourier'; got ${JSON.stringify(kernel)}.`);
  }
}

/** `seed` is for what is random about the kernel. */
export function bindKernel(spec: SamplingKernelSpec, weights: Weights, seed: number): SamplingKernel {
  return spec.kind === 'quadratic' ? new Quadratic(spec, weights) : new Fourier(spec, weights, seed);
}

class Quadratic implements SamplingKernel {
  readonly features: number;
  readonly cost = 1;
  readonly #alpha: number;
  readonly #weights: Weights;
  /** A unit's weights and bias, and an input with a 1. */
  readonly #unit: Float32Array;
  readonly #input: Float32Array;
  /** Its products of two coordinates, those of different ones twice. */
  readonly #products: Float32Array;

  constructor({ alpha }: QuadraticKernelSpec, weights: Weights) {
    const { width } = weights;
    this.#alpha = alpha;
    this.#weights = weights;
    this.features = ((width + 1) * (width + 2)) / 2;
    this.#unit = new Float32Array(width + 1);
    this.#input = new Float32Array(width + 1).fill(1);
    this.#products = new Float32Array(this.features);
  }

  addUnit(sums: Float32Array, at: number, unit: number): void {
    const { values, stride, width, bias } = this.#weights;
    const row = this.#unit;
    for (let k = 0; k < width; k++) row[k] = values[unit * stride + k]!;
    row[width] = bias?.[unit] ?? 0;
    for (let i = 0; i <= width; i++) for (let j = i; j <= width; j++) sums[at++]! += row[i]! * row[j]!;
  }

  take(values: Float32Array, at: number): void {
    const { width } = this.#weights;
    const [x, products] = [this.#input, this.#products];
    for (let k = 0; k < width; k++) x[k] = values[at + k]!;
    let to = 0;
    for (let i = 0; i <= width; i++) {
      products[to++] = x[i]! * x[i]!;
      for (let j = i + 1; j <= width; j++) products[to++] = 2 * x[i]! * x[j]!;
    }
  }

  mass(sums: Float32Array, at: number, count: number): number {
    // A square that rounding made negative is none.
    return this.#alpha * Math.max(0, product(this.#products, sums, at)) + count;
  }

  value(unit: number): number {
    const { values, stride, bias } = this.#weights;
    const z = product(this.#input.subarray(0, -1), values, unit * stride) + (bias?.[unit] ?? 0);
    return this.#alpha * z * z + 1;
  }
}

class Fourier implements SamplingKernel {
  readonly features: number;
  readonly cost: number;
  readonly #nu: number;
  readonly #weights: Weights;
  /** A row for each cosine and sine. */
  readonly #frequencies: Float32Array;
  readonly #direction: Float32Array;
  readonly #input: Float32Array;
  readonly #own: Float32Array;

  constructor({ nu, features }: FourierKernelSpec, weights: Weights, seed: number) {
    const { width } = weights;
    this.features = features;
    this.cost = width / 2;
    this.#nu = nu;
    this.#weights = weights;
    const random = randomStream(seed, 'frequencies');
    const frequencies = { length: (features / 2) * width };
    this.#frequencies = Float32Array.from(frequencies, () => Math.sqrt(nu) * random.normal());
    this.#direction = new Float32Array(width);
    this.#input = new Float32Array(width);
    this.#own = new Float32Array(features);
  }

  addUnit(sums: Float32Array, at: number, unit: number): void {
    const { values, stride } = this.#weights;
    this.#aim(this.#direction, values, unit * stride);
    this.#addFeatures(sums, at, this.#direction);
  }

  take(values: Float32Array, at: number): void {
    this.#aim(this.#input, values, at);
    this.#own.fill(0);
    this.#addFeatures(this.#own, 0, this.#input);
  }

  mass(sums: Float32Array, at: number, count: number): number {
    // The kernel is never less than for opposite directions, whatever the estimate says.
    return Math.max(product(this.#own, sums, at), count * Math.exp(-2 * this.#nu));
  }

  value(unit: number): number {
    const { values, stride } = this.#weights;
    this.#aim(this.#direction, values, unit * stride);
    return Math.exp(this.#nu * (product(this.#input, this.#direction, 0) - 1));
  }

  /** The direction of a vector; 0 for that of length 0. */
  #aim(to: Float32Array, values: Float32Array, at: number): void {
    let squares = 0;
    for (let k = 0; k < to.length; k++) squares += values[at + k]! * values[at + k]!;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let k = 0; k < to.length; k++) to[k] = scale * values[at + k]!;
  }

  #addFeatures(sums: Float32Array, at: number, direction: Float32Array): void {
    const half = this.features / 2;
    const scale = 1 / Math.sqrt(half);
    for (let f = 0; f < half; f++) {
      const angle = product(direction, this.#frequencies, f * direction.length);
      sums[at + f]! += scale * Math.cos(angle);
      sums[at + half + f]! += scale * Math.sin(angle);
    }
  }
}

/** The inner product of a vector with the numbers from `at` on. */
function product(vector: Float32Array, values: Float32Array, at: number): number {
  let sum = 0;
  for (let k = 0; k < vector.length; k++) sum += vector[k]! * values[at + k]!;
  return sum;
}
