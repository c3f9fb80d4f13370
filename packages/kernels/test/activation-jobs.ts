/** The jobs of activations and losses, for jobs.ts. */
import { floats, lists, matrix } from './data.ts';
import type { Job } from './jobs.ts';
import { COUNT, STRIDE, WIDTH, choicesAt, walk, type Setup } from './setup.ts';
import { randomWeighting } from './weightings.ts';

type Kernel =
  | 'activateDense'
  | 'relu'
  | 'reluGradient'
  | 'sigmoid'
  | 'sigmoidGradient'
  | 'tanh'
  | 'tanhGradient'
  | 'dropout'
  | 'softmaxCrossEntropy'
  | 'sigmoidCrossEntropy'
  | 'squaredError';

export const ACTIVATION_JOBS: { readonly [K in Kernel]: (setup: Setup) => Job<K> } = {
  activateDense(setup) {
    const y = setup.float32(matrix(setup.random, COUNT, WIDTH));
    const bias = setup.floatsAt(floats(setup.random, WIDTH));
    return { args: [setup.at(y), STRIDE, WIDTH, bias, 1], items: COUNT, outputs: [y] };
  },
  relu(setup) {
    const values = setup.float32(floats(setup.random, 131));
    return { args: [setup.at(values)], items: 131, outputs: [values] };
  },
  reluGradient(setup) {
    const gradients = setup.float32(floats(setup.random, 131));
    const values = setup.floatsAt(floats(setup.random, 131));
    return { args: [setup.at(gradients), values], items: 131, outputs: [gradients] };
  },
  sigmoid(setup) {
    const values = setup.float32(floats(setup.random, 131, -5, 5));
    return { args: [setup.at(values)], items: 131, outputs: [values] };
  },
  sigmoidGradient(setup) {
    const gradients = setup.float32(floats(setup.random, 131));
    const values = setup.floatsAt(floats(setup.random, 131, 0));
    return { args: [setup.at(gradients), values, 0.7], items: 131, outputs: [gradients] };
  },
  tanh(setup) {
    const values = setup.float32(floats(setup.random, 131, -2, 2));
    return { args: [setup.at(values)], items: 131, outputs: [values] };
  },
  tanhGradient(setup) {
    const gradients = setup.float32(floats(setup.random, 131));
    const values = setup.floatsAt(floats(setup.random, 131));
    return { args: [setup.at(gradients), values, 0.7], items: 131, outputs: [gradients] };
  },
  dropout(setup) {
    const values = setup.float32(floats(setup.random, 131));
    return { args: [setup.at(values), 3, 4, 2 ** 30, 4 / 3], items: 131, outputs: [values] };
  },
  softmaxCrossEntropy(setup) {
    const { choices } = walk(setup);
    const gradients = setup.arena.float32(choices.ids.length);
    const losses = setup.arena.float32(COUNT);
    const logits = setup.floatsAt(floats(setup.random, choices.ids.length, -9, 9));
    const labels = choicesAt(setup, lists(setup.random, COUNT, COUNT, 3));
    const [offsets, ids] = choicesAt(setup, choices);
    const corrections = setup.floatsAt(floats(setup.random, choices.ids.length, 0, 5));
    const scored = [setup.at(gradients), setup.at(losses), logits, offsets, ids, 0, COUNT] as const;
    return {
      args: [...scored, ...labels, corrections, weightingAt(setup), 0.25],
      items: COUNT,
      outputs: [gradients, losses],
    };
  },
  sigmoidCrossEntropy(setup) {
    const { choices } = walk(setup);
    const gradients = setup.arena.float32(choices.ids.length);
    const losses = setup.arena.float32(COUNT);
    const logits = setup.floatsAt(floats(setup.random, choices.ids.length, -9, 9));
    const labels = choicesAt(setup, lists(setup.random, COUNT, COUNT, 3));
    const [offsets, ids] = choicesAt(setup, choices);
    const scored = [setup.at(gradients), setup.at(losses), logits, offsets, ids, 0, COUNT] as const;
    return {
      args: [...scored, ...labels, 0, weightingAt(setup), 0.25],
      items: COUNT,
      outputs: [gradients, losses],
    };
  },
  squaredError(setup) {
    const { choices } = walk(setup);
    const gradients = setup.arena.float32(choices.ids.length);
    const losses = setup.arena.float32(COUNT);
    const outputs = setup.floatsAt(floats(setup.random, choices.ids.length));
    const targets = setup.floatsAt(floats(setup.random, COUNT * COUNT));
    const [offsets, ids] = choicesAt(setup, choices);
    const scored = [setup.at(gradients), setup.at(losses), outputs, offsets, ids, 0, COUNT] as const;
    return {
      args: [...scored, targets, COUNT, weightingAt(setup), 0.25],
      items: COUNT,
      outputs: [gradients, losses],
    };
  },
};

/** The address of weights for COUNT samples of COUNT outputs. */
function weightingAt(setup: Setup): number {
  return setup.at(randomWeighting(setup, setup.random, COUNT, COUNT, 0.1).record.record);
}
