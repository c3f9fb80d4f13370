/** The networks with pinned bits that choose units by hashing. */
import {
  crossPolytope,
  doph,
  dwta,
  itq,
  learned,
  minHash,
  pStable,
  simHash,
  weightedMinHash,
  wta,
  type FamilySpec,
} from '@hashgrad/lsh';
import { asymmetricMinHash, identity, signAlsh, simpleLsh, xbox } from '@hashgrad/mips';
import {
  adagrad,
  adam,
  balanceByBias,
  balanceByBoosting,
  balanceByLoss,
  blocks,
  exponentialDecay,
  hidden,
  momentum,
  network,
  persistent,
  productKeys,
  rehashDecay,
  rehashNever,
  rehashOnChange,
  rehashSamples,
  router,
  sigmoidOutput,
  signatures,
  softmax,
  topK,
} from '../../src/index.ts';
import { withLabelSets } from '../data.ts';
import { byProduct } from './by-product.ts';
import { dense, sets, sparse, type GoldenNetwork } from './golden-network.ts';

const family: FamilySpec = simHash({ bits: 4, tables: 7 });
const polytopes: FamilySpec = crossPolytope({ bits: 5, tables: 6, size: 8 });
const taught: FamilySpec = learned({ bits: 4, tables: 7, iterations: 5 });
const cells: FamilySpec = pStable({ hashes: 2, tables: 7, width: 3 });

export const HASHED: readonly GoldenNetwork[] = [
  {
    name: 'hashed',
    covers:
      'LSH by signs, polytopes and Hadamard planes, redrawn, permuted, never, by decay; row moments of Adam that catch up.',
    spec: network(
      37,
      [
        hidden(61, byProduct({ count: 12, family, rehash: 2, redraw: 2, pad: 'uniform' })),
        hidden(
          50,
          byProduct({
            count: 12,
            family: polytopes,
            transform: identity(),
            rank: 'union',
            rehash: rehashDecay({ first: 2, rate: 0.2 }),
          }),
        ),
        hidden(
          50,
          byProduct({
            count: 12,
            family: simHash({ bits: 4, tables: 7, projection: 'hadamard' }),
            transform: signAlsh(),
            rehash: 3,
            permuted: true,
          }),
        ),
        softmax(10, byProduct({ count: 6, family, transform: simpleLsh(), rehash: rehashNever() })),
      ],
      adam({ rate: 0.003, secondMoment: 'row', skipped: 'catchUp' }),
    ),
    examples: dense,
    twoThreads: true,
  },
  {
    name: 'by label',
    covers:
      'Classes like the true one by sparse planes, hashed as queries; padding that is corrected; row moments; clipped elements.',
    spec: network(
      120,
      [
        hidden(50, byProduct({ count: 12, family, rehash: rehashOnChange({ threshold: 0.01, every: 2 }) })),
        softmax(
          90,
          byProduct({
            count: 20,
            family: simHash({ bits: 4, tables: 7, projection: 'sparse' }),
            query: 'label',
            pad: 'uniform',
            logQ: true,
            shared: 2,
            rehash: 3,
          }),
        ),
      ],
      adam({ rate: 0.003, secondMoment: 'row', clipValue: 0.01 }),
    ),
    examples: sparse,
  },
  {
    name: 'wide',
    covers:
      'A layer so wide beside its batches that gradients are gathered in another way; DWTA in few buckets; AdaGrad in 16 bits.',
    spec: network(
      120,
      [
        hidden(33),
        softmax(
          700,
          byProduct({
            count: 60,
            family: dwta({ hashes: 2, tables: 12, binSize: 4, buckets: 9 }),
            minCollisions: 2,
            pad: 'uniform',
            logQ: true,
            rehash: 2,
          }),
        ),
      ],
      adagrad({ rate: 0.05, sums: 'bfloat16' }),
    ),
    examples: sparse,
    twoThreads: true,
  },
  {
    name: 'cells',
    covers:
      'Hashing by distance, with labels whose codes are known; sigmoid outputs; momentum that catches up; an exponential rate.',
    spec: network(
      37,
      [
        hidden(61, byProduct({ count: 12, family: cells, transform: xbox(), rehash: 2 }), {
          activation: 'sigmoid',
        }),
        sigmoidOutput(30, byProduct({ count: 12, family: cells, query: 'label', rehash: 4 })),
      ],
      momentum({ rate: 0.05, schedule: exponentialDecay({ every: 20 }), weightDecay: 0.01 }),
    ),
    examples: sets,
  },
  {
    name: 'ranks and sets',
    covers:
      'WTA, one-permutation and plain MinHash of weights, weighted MinHash of inputs; AdaGrad with a sum for each row.',
    spec: network(
      120,
      [
        hidden(61, persistent({ count: 30, family: weightedMinHash({ hashes: 1, tables: 5, bits: 4 }) })),
        hidden(50, byProduct({ count: 20, family: wta({ hashes: 2, tables: 6, binSize: 4 }), rehash: 2 })),
        hidden(
          50,
          byProduct({
            count: 20,
            family: doph({ hashes: 1, tables: 6, bits: 2 }),
            transform: asymmetricMinHash({ most: 70 }),
            pad: 'uniform',
            rehash: 2,
          }),
        ),
        softmax(90, byProduct({ count: 30, family: minHash({ hashes: 1, tables: 6, bits: 2 }), rehash: 2 })),
      ],
      adagrad({ rate: 0.05, sums: 'row', initial: 0.01 }),
    ),
    examples: sparse,
  },
  {
    name: 'signatures',
    covers:
      'Signatures, drawn anew and on change, and persistent sets; classes of rows without a label; momentum in 16 bits that catches up.',
    spec: network(
      37,
      [
        hidden(81, signatures({ count: 15, bits: 64, rehash: 2, redraw: 2 })),
        hidden(61, persistent({ count: 15 })),
        softmax(10, signatures({ count: 6, rehash: rehashOnChange({ threshold: 0.01, every: 2 }) })),
      ],
      momentum({ rate: 0.02, velocity: 'bfloat16' }),
    ),
    examples: withLabelSets(dense, 10, 2),
  },
  {
    name: 'centred',
    covers:
      'Tables of centred weights, asked with several probes, made anew by samples, filled up by frequency and from the batch; centred signatures of transformed weights.',
    spec: network(
      37,
      [
        hidden(
          61,
          byProduct({
            count: 12,
            family,
            centred: true,
            probes: 3,
            rehash: rehashSamples(50),
            pad: 'frequency',
            frequencies: Array.from({ length: 61 }, (_, u) => 1 + (u % 5)),
          }),
        ),
        hidden(81, signatures({ count: 15, bits: 64, centred: true, transform: simpleLsh(), rehash: 2 })),
        softmax(
          10,
          byProduct({
            count: 6,
            family: polytopes,
            centred: true,
            transform: identity(),
            probes: 2,
            pad: 'batch',
            logQ: true,
            frequencies: Array<number>(10).fill(1),
            rows: 10,
            rehash: 3,
          }),
        ),
      ],
      adam({ rate: 0.003 }),
    ),
    examples: dense,
    twoThreads: true,
  },
  {
    name: 'learned',
    covers:
      'Hash functions that are learned of the weights, of the best units and of labels, by signs of rotations and of triplets.',
    spec: network(
      120,
      [
        hidden(
          61,
          byProduct({
            count: 20,
            family: itq({ bits: 4, tables: 7 }),
            transform: identity(),
            centred: true,
            rehash: 3,
            lessons: { every: 2 },
          }),
        ),
        hidden(50, byProduct({ count: 20, family: taught, centred: true, rehash: 4, lessons: { every: 2 } })),
        softmax(
          90,
          byProduct({
            count: 30,
            family: taught,
            transform: identity(),
            rehash: rehashOnChange({ threshold: 0.01, every: 2 }),
            lessons: { target: 'labels', every: 1, queries: 30, rows: 60 },
          }),
        ),
      ],
      adam({ rate: 0.003 }),
    ),
    examples: sparse,
    twoThreads: true,
  },
  {
    name: 'routed',
    covers:
      'Blocks by a router, that choose samples, and by a hash; sets by a router and by sample; product keys; a clipped norm with gates.',
    spec: network(
      37,
      [
        hidden(60, blocks({ count: 12, size: 4, by: router({ freezeAfter: 12 }) })),
        hidden(63, blocks({ count: 9, size: 3, by: router(), choice: 'expert' }), { activation: 'tanh' }),
        hidden(64, productKeys({ count: 12 }), { activation: 'linear' }),
        hidden(61, persistent({ count: 15, by: router({ balance: 0.1 }), sets: 7 }), { dropout: 0.1 }),
        hidden(40, blocks({ count: 8, size: 4 })),
        softmax(10, persistent({ count: 6, by: 'sample' })),
      ],
      adam({ rate: 0.003, clipNorm: 0.5 }),
    ),
    examples: dense,
    freezes: false,
    twoThreads: true,
  },
];

export const BALANCED: readonly GoldenNetwork[] = [
  {
    name: 'balanced',
    covers:
      'Choices that are balanced by biases, by boosting and by a loss: of sums, of signatures and of tables.',
    spec: network(
      37,
      [
        hidden(61, topK({ count: 9, balance: balanceByBias({ rate: 0.02 }) })),
        hidden(
          50,
          byProduct({ count: 9, family, rehash: 3, balance: balanceByBoosting({ strength: 5, period: 60 }) }),
        ),
        hidden(50, signatures({ count: 9, bits: 128, rehash: 3, balance: balanceByBias({ rate: 0.02 }) })),
        hidden(40, topK({ count: 9, balance: balanceByLoss({ weight: 0.5 }) })),
        softmax(10),
      ],
      adam({ rate: 0.003 }),
    ),
    examples: dense,
    twoThreads: true,
  },
];
