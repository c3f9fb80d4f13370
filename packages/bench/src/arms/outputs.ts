/** Ways of choosing the classes of a wide softmax that are computed in training: levels of a factor, for the measure 'train'. */
import { itq, learned, simHash } from '@hashgrad/lsh';
import { simpleLsh } from '@hashgrad/mips';
import {
  all,
  clusters,
  frequency,
  type FrequencySpec,
  inBatch,
  type InBatchSpec,
  kernelSampling,
  logUniform,
  lowRank,
  lsh,
  type LshSpec,
  random,
  retrieve,
  type SelectorSpec,
  signatures,
  topK,
} from '@hashgrad/sparse-nn';
import type { Config, Json } from '../engine/record.ts';
import type { Factor } from '../engine/study.ts';

/** What arms are sized by. */
export interface OutputsSize {
  readonly classes: number;
  /** Classes that are computed for a row, at most, its labels included. */
  readonly active: number;
}

/** One way. */
export interface OutputsArm {
  readonly name: string;
  /** One line. */
  readonly description: string;
  select(size: OutputsSize): SelectorSpec;
}

/** Stands in a spec for what only the data knows: how many training rows have each class, and how many rows there are. */
export const FROM_TRAINING = 'from the training rows';

/** Rows in a row of a batch for which the same classes are drawn. */
export const SHARED = 16;

/** The layer that {@link OUTPUT_LSH} is for. */
const WIDEST = { classes: 100_000, active: 1000 };

/**
 * How `lsh` chooses among 100,000 classes: those that collide twice with the row, few of which do so by chance, and random
 * ones beside them.
 */
export const OUTPUT_LSH: LshSpec = lsh({
  count: WIDEST.active,
  family: simHash({ bits: 10, tables: 32, projection: 'hadamard' }),
  minCollisions: 2,
  rehash: 100,
  pad: 'uniform',
  logQ: true,
  shared: SHARED,
});

/** The same, the mean taken off what is hashed. */
export const CENTRED_LSH: LshSpec = { ...OUTPUT_LSH, centred: true };

/** Five tables, ten buckets of each: one collision is enough, so that codes are longer. */
export const PROBED_LSH: LshSpec = {
  ...CENTRED_LSH,
  family: simHash({ bits: 14, tables: 5, projection: 'hadamard' }),
  minCollisions: 1,
  probes: 10,
};

/** Hash functions that are rotated principal components of the weights. */
export const ITQ_LSH: LshSpec = lsh({ ...CENTRED_LSH, family: itq({ bits: 10, tables: 32 }) });

/** Hash functions that are learned from inputs and the classes of the highest logits. */
export const LEARNED_LSH: LshSpec = lsh({ ...CENTRED_LSH, family: learned({ bits: 10, tables: 32 }) });

/** Hash functions that are learned from inputs and their labels. */
export const LABELS_LSH: LshSpec = lsh({
  ...CENTRED_LSH,
  family: learned({ bits: 10, tables: 32 }),
  lessons: { target: 'labels' },
});

/**
 * `spec` (default {@link OUTPUT_LSH}) for another number of classes. Where a code has bits, it gets one more for each doubling
 * of the classes, so that buckets keep their size.
 */
export function outputLsh({ classes, active }: OutputsSize, spec: LshSpec = OUTPUT_LSH): LshSpec {
  const { family } = spec;
  const { bits } = family;
  if (typeof bits !== 'number') return { ...spec, count: active };
  const wanted = Math.max(1, bits + Math.round(Math.log2(classes / WIDEST.classes)));
  return { ...spec, count: active, family: { ...family, bits: wanted } };
}

/** Of classes that no training row has, for a sampler that needs a frequency above 0. */
const UNSEEN = 0.5;

/** Each with its logits corrected for what was drawn, and without. */
const SAMPLERS: Readonly<Record<string, [string, (size: OutputsSize, logQ: boolean) => SelectorSpec]>> = {
  lsh: [
    'classes whose weights collide with the hidden layer’s output in hash tables, filled up at random',
    (size, logQ) => ({ ...outputLsh(size), logQ }),
  ],
  lshCentred: [
    'as lsh, the mean of all classes’ weights taken off each before it is hashed',
    (size, logQ) => ({ ...outputLsh(size, CENTRED_LSH), logQ }),
  ],
  lshProbes: [
    'as lshCentred, ten buckets of each of five tables',
    (size, logQ) => ({ ...outputLsh(size, PROBED_LSH), logQ }),
  ],
  lshItq: [
    'as lshCentred, hash functions being rotated principal components of the weights',
    (size, logQ) => ({ ...outputLsh(size, ITQ_LSH), logQ }),
  ],
  lshLearned: [
    'as lshCentred, hash functions being learned from inputs and the classes of the highest logits',
    (size, logQ) => ({ ...outputLsh(size, LEARNED_LSH), logQ }),
  ],
  lshLearnedLabels: [
    'as lshCentred, hash functions being learned from inputs and their labels',
    (size, logQ) => ({ ...outputLsh(size, LABELS_LSH), logQ }),
  ],
  lshByFrequency: [
    'as lshCentred, filled up by frequency',
    (size, logQ) =>
      fromTraining({ ...outputLsh(size, CENTRED_LSH), logQ, pad: 'frequency', frequencies: [] }),
  ],
  lshLabel: [
    'classes whose weights collide with those of one of the row’s labels, filled up at random',
    (size, logQ) => lsh({ ...outputLsh(size), logQ, query: 'label' }),
  ],
  uniform: ['classes drawn uniformly', ({ active }, logQ) => random({ count: active, logQ, shared: SHARED })],
  logUniform: [
    'classes drawn by Zipf’s law',
    ({ active }, logQ) => logUniform({ count: active, logQ, shared: SHARED }),
  ],
  frequency: [
    'classes drawn by frequency to the power 0.75, as in word2vec',
    ({ active }, logQ) => fromTraining(frequency({ count: active, frequencies: [], logQ, shared: SHARED })),
  ],
  inBatch: [
    'the labels of the batch’s other rows',
    ({ active }, logQ) => {
      const spec = inBatch({ count: active, logQ });
      return logQ ? fromTraining(spec) : spec;
    },
  ],
};

/** All ways, in the order of their marks in plots. */
export const OUTPUTS_ARMS: readonly OutputsArm[] = [
  { name: 'full', description: 'all classes', select: () => all() },
  ...[true, false].flatMap((logQ) =>
    Object.entries(SAMPLERS).map(([name, [description, select]]): OutputsArm => ({
      name: logQ ? `${name}+logQ` : name,
      description: logQ ? `${description}, logits corrected for the draw` : description,
      select: (size) => select(size, logQ),
    })),
  ),
];

/** How hard negatives are found: all products, or few of them. */
const FINDERS: Readonly<Record<string, [string, (size: OutputsSize) => SelectorSpec]>> = {
  exact: ['all products', () => topK({})],
  clusters: ['the products of 8 clusters of weights', () => clusters({})],
  signatures: ['signatures of 128 bits', () => signatures({ bits: 128 })],
  lowRank: ['a sketch of 16 dimensions', () => lowRank({ rank: 16 })],
  tables: [
    'hash tables of centred weights, by inner product',
    (size) => {
      const { family, minCollisions, rehash } = outputLsh(size);
      return lsh({ family, minCollisions, rehash, centred: true, transform: simpleLsh() });
    },
  ],
};

/** So many hard negatives for a row, or one in two where fewer classes are computed, and others at random; logits corrected. */
function hardArm(finder: string, hard: number, byFrequency: boolean = false): OutputsArm {
  const [how, by] = FINDERS[finder]!;
  return {
    name: `${finder}-${hard}${byFrequency ? '-frequency' : ''}`,
    description:
      `the ${hard} classes with the highest logits, found by ${how}, and others drawn ` +
      `${byFrequency ? 'by frequency' : 'uniformly'}, logits corrected for the draw`,
    select(size) {
      const { active } = size;
      const few = Math.min(hard, Math.ceil(active / 2));
      const options = { count: active, hard: few, by: by(size), shared: SHARED };
      return byFrequency
        ? fromTraining(retrieve({ ...options, pad: 'frequency', frequencies: [] }))
        : retrieve(options);
    },
  };
}

/** Hard negatives beside sampled ones. */
export const HARD_ARMS: readonly OutputsArm[] = [
  hardArm('exact', 5),
  hardArm('exact', 20),
  hardArm('exact', 100),
  hardArm('exact', 20, true),
  hardArm('clusters', 10),
  hardArm('clusters', 20),
  hardArm('signatures', 20),
  hardArm('lowRank', 20),
  hardArm('tables', 20),
];

/** Classes drawn by a kernel of the row and the class. */
const KERNEL_ARMS: readonly OutputsArm[] = [
  {
    name: 'quadratic+logQ',
    description: 'classes drawn by the quadratic kernel, logits corrected for the draw',
    select: ({ active }) => kernelSampling({ count: active }),
  },
  {
    name: 'fourier+logQ',
    description: 'classes drawn by a Gaussian kernel of directions, logits corrected for the draw',
    select: ({ active }) =>
      kernelSampling({ count: active, kernel: { kind: 'fourier', nu: 4, features: 128 }, leaf: 16 }),
  },
];

/** The ways as levels of a factor, for the measure 'train': each chooses `outputs.active` of the classes. */
export const OUTPUT_ARMS: Factor = levelsOf(OUTPUTS_ARMS);

/** The same of what hard negatives are compared with, and of these. */
export const NEGATIVE_ARMS: Factor = levelsOf([
  ...OUTPUTS_ARMS.filter(({ name }) => name === 'full' || /^(uniform|frequency|lsh)\+/.test(name)),
  ...HARD_ARMS,
  ...KERNEL_ARMS,
]);

function levelsOf(arms: readonly OutputsArm[]): Factor {
  return Object.fromEntries(
    arms.map(({ name, select }) => [
      name,
      (_, config) => {
        const { classes } = config['network'] as { readonly classes: number };
        const { active } = config['outputs'] as { readonly active: number };
        return { 'outputs.select': select({ classes, active }) as unknown as Json };
      },
    ]),
  );
}

function fromTraining<T extends SelectorSpec>(spec: T): SelectorSpec {
  return { ...spec, frequencies: FROM_TRAINING } as unknown as SelectorSpec;
}

/**
 * A spec whose frequencies are those of the training rows, where they were to be.
 *
 * @param frequencies how many rows have each class.
 */
export function withFrequencies(spec: SelectorSpec, frequencies: Int32Array, rows: number): SelectorSpec {
  if ((spec as unknown as Config)['frequencies'] !== FROM_TRAINING) return spec;
  if (spec.kind === 'inBatch') {
    return { ...spec, frequencies: Array.from(frequencies), rows } as unknown as InBatchSpec;
  }
  const some = Array.from(frequencies, (count) => Math.max(count, UNSEEN));
  return { ...spec, frequencies: some } as unknown as FrequencySpec;
}
