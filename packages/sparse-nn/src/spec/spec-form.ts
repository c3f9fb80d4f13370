/** Whether what is given has the form of a network spec, whatever its numbers are: it may be from plain JavaScript, or a file. */
import { checkOptions, jsonOf } from './options.ts';

type Names = Readonly<Record<string, true>>;

/** `network` and `layer`: what there is in them. @throws {TypeError} saying where it has not that form. */
export function checkForm(spec: unknown, network: Names, layer: Names): void {
  const { inputs, layers, optimizer, updateMode = 'neuron' } = record('A network spec', spec);
  if (typeof inputs !== 'number') throw new TypeError(`spec.inputs is a number; got ${jsonOf(inputs)}.`);
  if (!Array.isArray(layers)) throw new TypeError(`spec.layers is a list; got ${jsonOf(layers)}.`);
  for (const [index, own] of layers.entries()) {
    const name = `spec.layers[${index}]`;
    const { units, activation, select } = record(name, own);
    if (typeof units !== 'number') throw new TypeError(`${name}.units is a number; got ${jsonOf(units)}.`);
    if (typeof activation !== 'string') {
      throw new TypeError(`${name}.activation is a string; got ${jsonOf(activation)}.`);
    }
    kindOf(`${name}.select`, select);
    checkOptions<object>(name, own as object, layer);
  }
  kindOf('spec.optimizer', optimizer);
  if (typeof updateMode !== 'string') {
    throw new TypeError(`spec.updateMode is a string; got ${jsonOf(updateMode)}.`);
  }
  checkOptions<object>('A network spec', spec as object, network);
}

function kindOf(name: string, value: unknown): void {
  const { kind } = record(name, value);
  if (typeof kind !== 'string') throw new TypeError(`${name}.kind is a string; got ${jsonOf(kind)}.`);
}

function record(name: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new TypeError(`${name} is an object; got ${jsonOf(value)}.`);
}
