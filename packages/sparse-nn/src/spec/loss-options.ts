/** What counts how much in the loss of a last layer, as plain JSON. */
import { isList, shown } from './options.ts';

/** Options of a softmax, see `softmax`. */
export interface SoftmaxOptions {
  /**
   * One a class, 0 or more: what the cross-entropy of a label of this class is multiplied by. `balancedClassWeights` gives
   * those by which all classes count the same. Default 1 each.
   */
  readonly classWeights?: ArrayLike<number>;
  /**
   * The share of each row's target that is spread over the active classes, from 0 to below 1 (Szegedy et al., CVPR 2016): evenly,
   * and where a selector corrects logits by the number of classes that each stands for. Default 0.
   */
  readonly labelSmoothing?: number;
}

/** Options of sigmoid outputs, see `sigmoidOutput`. */
export interface SigmoidOptions {
  /** One an output, 0 or more: what its cross-entropy is multiplied by. Default 1 each. */
  readonly classWeights?: ArrayLike<number>;
  /** One an output, 0 or more: what its cross-entropy is multiplied by where it is a label. Default 1 each. */
  readonly positiveWeights?: ArrayLike<number>;
  /** Makes targets of 1 and 0 those of 1 - labelSmoothing / 2 and labelSmoothing / 2; from 0 to below 1. Default 0. */
  readonly labelSmoothing?: number;
}

/** Options of a linear output, see `linearOutput`. */
export interface LinearOptions {
  /** One an output, 0 or more: what its squared error is multiplied by. Default 1 each. */
  readonly outputWeights?: ArrayLike<number>;
}

/** What a last layer's spec has of them. */
export interface LossSpec {
  readonly classWeights?: readonly number[];
  readonly positiveWeights?: readonly number[];
  readonly outputWeights?: readonly number[];
  readonly labelSmoothing?: number;
}

type LossOption = keyof LossSpec;

/** Which output takes which option. */
const TAKEN: Readonly<Record<string, readonly LossOption[]>> = {
  softmax: ['classWeights', 'labelSmoothing'],
  sigmoid: ['classWeights', 'positiveWeights', 'labelSmoothing'],
  linear: ['outputWeights'],
};

const OPTIONS: readonly LossOption[] = ['classWeights', 'positiveWeights', 'outputWeights', 'labelSmoothing'];

/** The options as JSON; what was not given is left out. */
export function lossSpec(options: SoftmaxOptions & SigmoidOptions & LinearOptions): LossSpec {
  const given: Record<string, unknown> = {};
  for (const option of OPTIONS) {
    const value: unknown = options[option];
    if (value === undefined || (option === 'labelSmoothing' && value === 0)) continue;
    given[option] = option !== 'labelSmoothing' && isList(value) ? Array.from(value) : value;
  }
  return given;
}

/**
 * Refuses options that the layer's loss does not have, and weights that are none. `loss` is that of a last layer, undefined for
 * a hidden one. @throws {RangeError}
 */
export function checkLossSpec(
  layer: LossSpec & { readonly units: number },
  name: string,
  loss: string | undefined,
): void {
  for (const option of OPTIONS) {
    const value = layer[option];
    if (value === undefined) continue;
    if (!TAKEN[loss ?? '']?.includes(option)) {
      const takers = Object.keys(TAKEN).filter((kind) => TAKEN[kind]!.includes(option));
      throw new RangeError(
        `${name}: ${option} is for a last layer with a ${takers.join(' or ')} output; this is ` +
          `${loss === undefined ? 'a hidden layer' : `a ${loss} output`}.`,
      );
    }
    if (option !== 'labelSmoothing')
      checkWeights(value as readonly number[], layer.units, `${name}: ${option}`);
  }
  const { labelSmoothing = 0 } = layer;
  if (!(Number.isFinite(labelSmoothing) && labelSmoothing >= 0 && Math.fround(labelSmoothing) < 1)) {
    throw new RangeError(`${name}: labelSmoothing is from 0 to below 1; got ${shown(labelSmoothing)}.`);
  }
}

function checkWeights(weights: readonly number[], units: number, name: string): void {
  if (!Array.isArray(weights)) {
    throw new RangeError(`${name} is a list of ${units} weights; got ${JSON.stringify(weights)}.`);
  }
  if (weights.length !== units) {
    throw new RangeError(`${name} has a weight for each of ${units} units; got ${weights.length}.`);
  }
  const wrong = weights.findIndex(
    (weight) => !(Number.isFinite(weight) && weight >= 0 && Math.fround(weight) < Infinity),
  );
  if (wrong >= 0) {
    throw new RangeError(
      `${name} are finite numbers of 0 or more; unit ${wrong} has ${shown(weights[wrong])}.`,
    );
  }
  if (weights.every((weight) => weight === 0)) {
    throw new RangeError(`${name} are 0 for all ${units} units: there would be nothing to learn.`);
  }
}
