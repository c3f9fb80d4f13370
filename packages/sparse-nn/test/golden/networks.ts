/** The networks whose bits are pinned: between them they use all that computes. */
import { crossPolytope, simHash, type FamilySpec } from '@hashgrad/lsh';
import { xbox } from '@hashgrad/mips';
import {
  adagrad,
  adam,
  adaptiveDropout,
  all,
  constant,
  cosineDecay,
  fixed,
  frequency,
  hidden,
  inBatch,
  kernelSampling,
  linearOutput,
  logUniform,
  lowRank,
  momentum,
  mostActive,
  noisyTopK,
  network,
  random,
  sgd,
  sigmoidOutput,
  softmax,
  sparseConnections,
  stepDecay,
  topK,
  warmUp,
} from '../../src/index.ts';
import { withTargets } from '../data.ts';
import { byProduct } from './by-product.ts';
import { dense, sets, sparse, type GoldenNetwork } from './golden-network.ts';
import { CLUSTERED } from './clustered-networks.ts';
import { BALANCED, HASHED } from './hashed-networks.ts';

const family: FamilySpec = simHash({ bits: 4, tables: 7 });
const polytopes: FamilySpec = crossPolytope({ bits: 5, tables: 6, size: 8 });
const frequencies: readonly number[] = Array.from({ length: 90 }, (_, c) => 1 + (c % 7));

export const NETWORKS: readonly GoldenNetwork[] = [
  {
    name: 'dense',
    covers: 'Dense layers of all activations with dropout; Adam; a constant rate; a clipped norm.',
    spec: network(
      37,
      [
        hidden(61, all(), { activation: 'tanh' }),
        hidden(50, all(), { activation: 'sigmoid', dropout: 0.2 }),
        hidden(34, all(), { activation: 'linear' }),
        hidden(33),
        softmax(10),
      ],
      adam({ rate: 0.003, schedule: constant(), clipNorm: 0.2 }),
    ),
    examples: dense,
    twoThreads: true,
  },
  {
    name: 'many chosen',
    covers:
      'A long dense layer after many chosen units: its sums by parts in training, and whole in evaluation.',
    spec: network(37, [hidden(90, topK({ count: 40 })), hidden(70), softmax(10)], adam({ rate: 0.003 })),
    examples: dense,
    twoThreads: true,
  },
  {
    name: 'bag',
    covers:
      'A bag of inputs with dropout; classes by Zipf, corrected, shared; both moments of Adam in 16 bits; warm-up, cosine.',
    spec: network(
      120,
      [
        hidden(33, all(), { dropout: 0.2 }),
        hidden(34, all(), { activation: 'tanh' }),
        softmax(90, logUniform({ count: 20, logQ: true, shared: 4 })),
      ],
      adam({
        rate: 0.01,
        firstMoment: 'bfloat16',
        secondMoment: 'bfloat16',
        schedule: warmUp({ steps: 5, next: cosineDecay({ steps: 20, end: 0.1 }) }),
      }),
    ),
    examples: sparse,
    twoThreads: true,
  },
  {
    name: 'one layer',
    covers:
      'Sigmoid outputs on sparse inputs, by hashing their rows when frozen; momentum in 16 bits that waits; decayed weights.',
    spec: network(
      120,
      [sigmoidOutput(90)],
      momentum({ rate: 0.02, velocity: 'bfloat16', skipped: 'wait', weightDecay: 0.01 }),
    ),
    examples: sparse,
    frozenTables: byProduct({ count: 25, family: polytopes, transform: xbox(), rank: 'union' }),
  },
  {
    name: 'subsets',
    covers:
      'Top k, random and fixed units after one another, dropout after a selector; numbers to fit; SGD in falling steps.',
    spec: network(
      37,
      [
        hidden(70, topK({ count: 9 })),
        hidden(81, random({ count: 20, shared: 3 }), { activation: 'linear' }),
        hidden(50, fixed({ count: 20 }), { dropout: 0.3, activation: 'tanh' }),
        linearOutput(21),
      ],
      sgd({ rate: 0.05, schedule: stepDecay({ every: 12, factor: 0.3 }), weightDecay: 0.01 }),
    ),
    examples: withTargets(dense, 21),
  },
  {
    name: 'sketches',
    covers:
      'Low-rank sketches of both kinds, a hot set; outputs by adaptive dropout; a first moment in 16 bits that catches up.',
    spec: network(
      37,
      [
        hidden(81, lowRank({ count: 15, rank: 5, refreshEvery: 3 })),
        hidden(61, lowRank({ count: 15, rank: 5, sketch: 'projection', refreshEvery: 3 })),
        hidden(50, mostActive({ count: 15, observe: 5 })),
        sigmoidOutput(30, adaptiveDropout({ count: 12 })),
      ],
      adam({ rate: 0.003, firstMoment: 'bfloat16', skipped: 'catchUp' }),
    ),
    examples: sets,
    twoThreads: true,
  },
  {
    name: 'oracles that err',
    covers: 'The exact highest but for a share, drawn anew and by the row.',
    spec: network(
      37,
      [
        hidden(60, noisyTopK({ count: 15, overlap: 0.6 })),
        hidden(50, noisyTopK({ count: 12, overlap: 0.5, persistent: true })),
        softmax(10),
      ],
      adam({ rate: 0.003 }),
    ),
    examples: dense,
  },
  {
    name: 'by frequency',
    covers:
      'Adaptive dropout by a share and by beta, classes by frequency; a second moment in 16 bits that catches up.',
    spec: network(
      120,
      [
        hidden(81, adaptiveDropout({ count: 20, alpha: 2 })),
        hidden(61, adaptiveDropout({ beta: -1 }), { activation: 'tanh' }),
        softmax(90, frequency({ count: 20, frequencies, logQ: true })),
      ],
      adam({ rate: 0.003, secondMoment: 'bfloat16', skipped: 'catchUp', weightDecay: 0.01 }),
    ),
    examples: sparse,
  },
  {
    name: 'in batch',
    covers: 'The labels of the others in the batch, corrected; plain AdaGrad with a clipped norm.',
    spec: network(
      120,
      [hidden(33), softmax(90, inBatch({ count: 20, logQ: true, frequencies }))],
      adagrad({ rate: 0.05, clipNorm: 0.5 }),
    ),
    examples: sparse,
  },
  {
    name: 'by kernel',
    covers: 'Classes by the quadratic kernel after units by Fourier features; SGD.',
    spec: network(
      120,
      [
        hidden(33),
        hidden(
          61,
          kernelSampling({ count: 20, kernel: { kind: 'fourier', nu: 1, features: 16 }, logQ: false }),
        ),
        softmax(90, kernelSampling({ count: 20, kernel: { kind: 'quadratic', alpha: 1 }, leaf: 8 })),
      ],
      sgd({ rate: 0.05 }),
    ),
    examples: sparse,
  },
  {
    name: 'by sample',
    covers:
      "The update mode 'sample' in a bag, selected and dense layers with dropout; both moments of Adam kept small.",
    spec: network(
      120,
      [
        hidden(33, all(), { dropout: 0.2 }),
        hidden(50, topK({ count: 20 }), { activation: 'sigmoid' }),
        hidden(34, all(), { activation: 'tanh', dropout: 0.3 }),
        softmax(90, random({ count: 40, logQ: true })),
      ],
      adam({ rate: 0.003, firstMoment: 'bfloat16', secondMoment: 'row', skipped: 'catchUp' }),
      { updateMode: 'sample' },
    ),
    examples: sparse,
    twoThreads: true,
  },
  {
    name: 'hogwild',
    covers:
      "The update mode 'hogwild', which is deterministic on one thread; momentum and dense layers in it.",
    spec: network(
      37,
      [hidden(40), hidden(34), hidden(61, fixed({ count: 30 })), sigmoidOutput(30, topK({ count: 17 }))],
      momentum({ rate: 0.005 }),
      { updateMode: 'hogwild' },
    ),
    examples: sets,
  },
  {
    name: 'union',
    covers:
      "The update mode 'union' of what was chosen for each sample, on sparse and dense inputs; numbers to fit; SGD with a clipped norm.",
    spec: network(
      120,
      [
        hidden(61, topK({ count: 9 })),
        hidden(33),
        hidden(50, byProduct({ count: 7, family, rehash: 2 })),
        linearOutput(21, random({ count: 9 })),
      ],
      sgd({ rate: 0.05, clipNorm: 0.1 }),
      { updateMode: 'union' },
    ),
    examples: withTargets(sparse, 21),
    frozenTables: byProduct({ count: 7, family, minCollisions: 2 }),
    twoThreads: true,
  },
  {
    name: 'sparse connections',
    covers:
      'Sparse connections that regrow by gradient, at random and never, on sparse and dense inputs; Adam with a clipped norm.',
    spec: network(
      120,
      [
        hidden(61, all(), { connections: sparseConnections({ density: 0.2, every: 3, until: 20 }) }),
        hidden(50, all(), {
          connections: sparseConnections({ density: 0.3, regrow: 'random', every: 4, dropFraction: 0.5 }),
          dropout: 0.2,
        }),
        hidden(34, all(), { connections: sparseConnections({ density: 0.4, regrow: 'never' }) }),
        softmax(90),
      ],
      adam({ rate: 0.01, firstMoment: 'bfloat16', clipNorm: 0.5 }),
    ),
    examples: sparse,
    twoThreads: true,
  },
  ...HASHED,
  ...BALANCED,
  ...CLUSTERED,
];
