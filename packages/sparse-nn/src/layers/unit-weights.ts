/** A layer's weights as other programs keep them: a row for each unit, without padding. */
import type { LayerWeights } from './weights.ts';

/** Weights of a layer, by unit; those of PyTorch's nn.Linear are laid out so. */
export interface UnitWeights {
  /** units x inputs, row-major. */
  readonly weights: Float32Array;
  /** One a unit. */
  readonly bias: Float32Array;
}

/** A copy of a layer's weights, by unit. */
export function unitWeights({ rowOf, rows, width, stride, values, bias }: LayerWeights): UnitWeights {
  const byUnit = rowOf === 'unit';
  const [units, inputs] = byUnit ? [rows, width] : [width, rows];
  const weights = new Float32Array(units * inputs);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * stride, r * stride + width);
    if (byUnit) weights.set(row, r * inputs);
    else for (let u = 0; u < units; u++) weights[u * inputs + r] = row[u]!;
  }
  return { weights, bias: bias.slice(0, units) };
}

/** Weights in any arrays of numbers, in 32 bits. @throws {TypeError} if they are none. */
export function unitWeightsOf(given: Readonly<Record<keyof UnitWeights, ArrayLike<number>>>): UnitWeights {
  const read = (name: keyof UnitWeights): Float32Array => {
    const values: unknown = (given as typeof given | undefined)?.[name];
    if (Array.isArray(values) || ArrayBuffer.isView(values)) return Float32Array.from(values as number[]);
    throw new TypeError(
      `Weights of a layer are { weights, bias }, arrays of numbers; ${name} is ${String(values)}.`,
    );
  };
  return { weights: read('weights'), bias: read('bias') };
}

/** Writes them to a layer. They fit it: see `checkUnitWeights`. */
export function writeUnitWeights(layer: LayerWeights, { weights, bias }: UnitWeights): void {
  const { rowOf, rows, width, stride, values } = layer;
  const inputs = rowOf === 'unit' ? width : rows;
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * stride, r * stride + width);
    if (rowOf === 'unit') row.set(weights.subarray(r * inputs, (r + 1) * inputs));
    else for (let u = 0; u < width; u++) row[u] = weights[u * inputs + r]!;
  }
  layer.bias.set(bias);
}

/** Refuses weights that are not those of such a layer, or not finite, naming it. @throws {RangeError} */
export function checkUnitWeights(
  { weights, bias }: UnitWeights,
  units: number,
  inputs: number,
  name: string,
): void {
  if (weights.length !== units * inputs) {
    throw new RangeError(
      `${name} has ${units} units of ${inputs} inputs, ${units * inputs} weights; got ${String(weights.length)}.`,
    );
  }
  if (bias.length !== units) {
    throw new RangeError(`${name} has a bias for each of ${units} units; got ${String(bias.length)}.`);
  }
  const at = firstWrong(weights);
  if (at >= 0) {
    throw new RangeError(
      `${name}: the weight of unit ${Math.floor(at / inputs)}, input ${at % inputs} is ${weights[at]}; weights are finite numbers.`,
    );
  }
  const unit = firstWrong(bias);
  if (unit >= 0) {
    throw new RangeError(`${name}: the bias of unit ${unit} is ${bias[unit]}; biases are finite numbers.`);
  }
}

/** Where the first number stands that is not finite in 32 bits, or -1. */
function firstWrong(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(Math.fround(values[i]!))) return i;
  return -1;
}
