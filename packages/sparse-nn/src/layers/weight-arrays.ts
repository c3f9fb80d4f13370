/** All weights and biases of a network, without what an optimizer keeps beside them. */
import type { Layer } from './layer.ts';

/** The weights and biases of all layers, and which connections they are of, by the layer's and the array's names. */
export function* weightArrays(layers: readonly Layer[]): Generator<[string, Float32Array | Int32Array]> {
  for (const [l, { parameters }] of layers.entries()) {
    for (const [part, { values, bias, connections }] of Object.entries(parameters)) {
      yield [`layer${l + 1}.${part}.values`, values];
      if (bias) yield [`layer${l + 1}.${part}.bias`, bias];
      if (!connections) continue;
      yield [`layer${l + 1}.${part}.offsets`, connections.offsets];
      yield [`layer${l + 1}.${part}.ids`, connections.ids];
    }
  }
}

/** @throws {Error} naming the first layer with a weight or bias that is no finite number. */
export function checkFinite(layers: readonly Layer[]): void {
  for (const [name, array] of weightArrays(layers)) {
    const wrong = firstNotFinite(array);
    if (wrong === undefined) continue;
    const layer = /^layer\d+/.exec(name)![0].replace('layer', 'layer ');
    throw new Error(
      `A weight of ${layer} is ${wrong}: training has gone wrong. Such weights are neither saved nor frozen.`,
    );
  }
}

/** The first number that is not finite. */
export function firstNotFinite(array: Float32Array | Int32Array): number | undefined {
  if (array instanceof Int32Array) return undefined;
  const { buffer, byteOffset, length } = array;
  const words = new Int32Array(buffer, byteOffset, length);
  // All bits of the exponent are set, which is quicker to see than by calling a function for each.
  for (let i = 0; i < length; i++) if ((words[i]! & EXPONENT) === EXPONENT) return array[i];
  return undefined;
}

const EXPONENT = 0x7f800000;
