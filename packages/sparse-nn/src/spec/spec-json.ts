/** Network specs from outside: a file, a command line. */
import { checkNetwork, type NetworkSpec } from './spec.ts';

/**
 * The spec that JSON text, or what was parsed of it, holds.
 * @throws {SyntaxError} if the text is no JSON.
 * @throws {TypeError} if it is not of the form of a spec, saying where. @throws {RangeError} if it cannot be built.
 */
export function specFromJson(json: unknown): NetworkSpec {
  const spec = typeof json === 'string' ? (JSON.parse(json) as unknown) : json;
  record('A network spec', spec);
  const { inputs, layers, optimizer, updateMode = 'neuron' } = spec as Record<string, unknown>;
  if (typeof inputs !== 'number') throw new TypeError(`spec.inputs is a number; got ${text(inputs)}.`);
  if (!Array.isArray(layers)) throw new TypeError(`spec.layers is a list; got ${text(layers)}.`);
  for (const [index, layer] of layers.entries()) {
    const name = `spec.layers[${index}]`;
    const { units, activation, select } = record(name, layer);
    if (typeof units !== 'number') throw new TypeError(`${name}.units is a number; got ${text(units)}.`);
    if (typeof activation !== 'string') {
      throw new TypeError(`${name}.activation is a string; got ${text(activation)}.`);
    }
    kindOf(`${name}.select`, select);
  }
  kindOf('spec.optimizer', optimizer);
  if (typeof updateMode !== 'string')
    throw new TypeError(`spec.updateMode is a string; got ${text(updateMode)}.`);
  checkNetwork(spec as NetworkSpec);
  return spec as NetworkSpec;
}

function kindOf(name: string, value: unknown): void {
  const { kind } = record(name, value);
  if (typeof kind !== 'string') throw new TypeError(`${name}.kind is a string; got ${text(kind)}.`);
}

function record(name: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new TypeError(`${name} is an object; got ${text(value)}.`);
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
