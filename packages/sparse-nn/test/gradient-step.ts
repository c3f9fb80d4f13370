/** The gradient that a network computes, and the loss as a function of its weights, the choices of its selectors kept. */
import { hasLabelSets, hasTargets, isSparse } from '../src/examples/examples.ts';
import { network, sgd, type Examples, type LayerSpec, type UpdateMode, type SgdSpec } from '../src/index.ts';
import { lossOf } from '../src/spec/spec.ts';
import { forward, loss, referenceOf, type Active, type ReferenceLayer } from './reference.ts';
import { Spy } from './spy.ts';
import { create, fit } from './training.ts';

export interface Step {
  /** The weights before the step; `meanLoss` reads them. */
  readonly reference: readonly ReferenceLayer[];
  /** By layer. */
  readonly gradients: readonly { readonly weights: Float64Array; readonly bias: Float64Array }[];
  /** Of the step, as the network reported it. */
  readonly loss: number;
  /** The same, in 64-bit floats. */
  readonly meanLoss: () => number;
  /** What was chosen, by layer. */
  readonly spies: readonly Spy[];
}

/** What a row had active in each layer, and how its logits were corrected. */
interface Choice {
  readonly active: Active;
  readonly gates?: readonly (readonly number[] | undefined)[];
  readonly corrections?: readonly number[] | undefined;
}

/** One step on all examples by SGD with rate 1: what the weights lose is the gradient. */
export async function step(
  examples: Examples,
  layers: readonly LayerSpec[],
  seed: number = 3,
  options: Partial<SgdSpec> = {},
  order: UpdateMode = 'neuron',
): Promise<Step> {
  const spies = layers.map(() => new Spy());
  const watched = layers.map((layer, l) =>
    layer.select.kind === 'all' ? layer : { ...layer, select: spies[l].on(layer.select) },
  );
  const spec = network(examples.columns, watched, sgd({ rate: 1, ...options }), { updateMode: order });
  using net = await create(spec, examples, { seed, batchSize: examples.rows });
  // Biases of 0 put units whose inputs are all 0 on ReLU's kink.
  for (const l of layers.keys())
    net.weights(l).bias.forEach((_, u, bias) => (bias[u] = 0.01 * (1 + (u % 5))));
  const reference = referenceOf(
    net,
    spies.map((spy, l) => (spy.selector?.keepProbability ?? 1) * (1 - (layers[l].dropout ?? 0))),
  );
  const [report] = await fit(net, examples);
  const gradients = referenceOf(net).map((after, l) => ({
    weights: reference[l].weights.map((value, i) => value - after.weights[i]),
    bias: reference[l].bias.map((value, u) => value - after.bias[u]),
  }));
  const inputs = inputsOf(examples);
  const answers = answersOf(examples);
  const byRow = choicesByRow(spies, layers, reference, inputs);
  const choices: readonly Choice[] = order === 'union' ? shared(byRow) : byRow;
  const meanLoss = (): number => {
    const losses = choices.map(({ active, corrections, gates }, row) =>
      loss(lossOf(spec), reference, inputs[row], answers[row], active, corrections, layers.at(-1), gates),
    );
    const weights = examples.sampleWeights;
    return losses.reduce((total, value, row) => total + (weights?.[row] ?? 1) * value, 0) / losses.length;
  };
  return { reference, gradients, loss: report.loss, meanLoss, spies };
}

/** The same where each row has what any of them chose. */
function shared(choices: readonly Choice[]): Choice[] {
  const active = choices[0].active.map((own, l) =>
    own === undefined ? undefined : [...new Set(choices.flatMap((choice) => choice.active[l] ?? []))],
  );
  return choices.map(() => ({ active }));
}

function inputsOf(examples: Examples): Float32Array[] {
  const { rows, columns } = examples;
  return Array.from({ length: rows }, (_, row) => {
    if (!isSparse(examples)) return examples.inputs.slice(row * columns, (row + 1) * columns);
    const x = new Float32Array(columns);
    for (let k = examples.offsets[row]; k < examples.offsets[row + 1]; k++) {
      x[examples.ids[k]] = examples.values[k];
    }
    return x;
  });
}

/** Each row's labels or targets. */
function answersOf(examples: Examples): number[][] {
  const { rows } = examples;
  return Array.from({ length: rows }, (_, row) => {
    if (hasTargets(examples)) {
      const outputs = examples.targets.length / rows;
      return Array.from(examples.targets.subarray(row * outputs, (row + 1) * outputs));
    }
    if (!hasLabelSets(examples)) return [examples.labels[row]];
    const { labels, labelOffsets } = examples;
    return Array.from(labels.subarray(labelOffsets[row], labelOffsets[row + 1]));
  });
}

/**
 * What each row had active, and how its logits were corrected. The batch was shuffled: which row a sample is shows in the
 * input of the first layer that selects, before which all units fire. A layer with dropout has one that selects after it.
 */
function choicesByRow(
  spies: readonly Spy[],
  layers: readonly LayerSpec[],
  reference: readonly ReferenceLayer[],
  inputs: readonly Float32Array[],
): Choice[] {
  const first = spies.findIndex((spy) => spy.choices.length > 0);
  if (first < 0) return inputs.map(() => ({ active: [] }));
  const seen = spies[first].last.inputs;
  return inputs.map((input) => {
    let x: ArrayLike<number> = input;
    for (const layer of reference.slice(0, first)) x = forward(layer, x, undefined);
    const distances = seen.map((sample) => sample.reduce((sum, value, k) => sum + (value - x[k]) ** 2, 0));
    const sample = distances.indexOf(Math.min(...distances));
    const active = spies.map(({ choices }, l) => {
      if (!layers[l].dropout) return choices.at(-1)?.active[sample];
      // What was dropped came to the next layer as 0, and is as if it had not been active.
      return [...spies[l + 1].last.inputs[sample]].flatMap((value, u) => (value === 0 ? [] : [u]));
    });
    const gates = spies.map(({ choices }) => choices.at(-1)?.gates?.[sample]);
    return { active, gates, corrections: spies.at(-1)?.choices.at(-1)?.corrections?.[sample] };
  });
}
