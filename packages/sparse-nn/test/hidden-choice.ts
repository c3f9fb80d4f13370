/** What a hidden layer chooses in training, and what it should by its weights. */
import {
  hidden,
  network,
  sgd,
  softmax,
  type DenseExamples,
  type Examples,
  type SelectorSpec,
} from '../src/index.ts';
import { blobs } from './data.ts';
import { forward, referenceOf, type ReferenceLayer } from './reference.ts';
import { Spy, type Choice } from './spy.ts';
import { create, fit } from './training.ts';

/** Some dense rows of 20 inputs. */
export const dense: DenseExamples = blobs({ rows: 50, columns: 20, classes: 5 });

/** What the only hidden layer chooses for a batch in training, and its weights then. */
export async function train(
  select: SelectorSpec,
  examples: Examples = dense,
  units = 60,
  epochs = 1,
): Promise<{ readonly choice: Choice; readonly choices: readonly Choice[]; readonly layer: ReferenceLayer }> {
  const spy = new Spy();
  const spec = network(examples.columns, [hidden(units, spy.on(select)), softmax(5)], sgd({ rate: 1e-30 }));
  using net = await create(spec, examples, { batchSize: examples.rows });
  // Biases are part of what decides.
  net.weights(0).bias.forEach((_, u, bias) => (bias[u] = Math.sin(u)));
  spy.selector?.rewritten?.();
  await fit(net, examples, epochs);
  return { choice: spy.last, choices: spy.choices, layer: referenceOf(net)[0] };
}

/** Weighted sums with biases. */
export function sums(layer: ReferenceLayer, input: ArrayLike<number>): number[] {
  return Array.from(forward({ ...layer, activation: 'linear' }, input, undefined));
}

/** The ids of the `count` largest, ascending. */
export function largest(values: readonly number[], count: number): number[] {
  const order = [...values.keys()].toSorted((a, b) => values[b] - values[a]);
  return order.slice(0, count).toSorted((a, b) => a - b);
}

/** The share of the exact top `count` of the units that was chosen, for each input. */
export function shareFound(
  { choice, layer }: { readonly choice: Choice; readonly layer: ReferenceLayer },
  count: number,
): number[] {
  return choice.inputs.map((input, s) => {
    const top = new Set(largest(sums(layer, input), count));
    return choice.active[s].filter((id) => top.has(id)).length / count;
  });
}
