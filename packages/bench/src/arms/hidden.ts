/** The arms of the study: the same network, and one way each of choosing the hidden units that are computed. */
import { itq, learned, simHash } from '@hashgrad/lsh';
import {
  adam,
  adaptiveDropout,
  all,
  blocks,
  fixed,
  hidden,
  lowRank,
  lsh,
  mostActive,
  network,
  persistent,
  productKeys,
  random,
  rehashNever,
  router,
  signatures,
  softmax,
  sparseConnections,
  topK,
} from '@hashgrad/sparse-nn';
import type { NetworkSpec, SelectorSpec } from '@hashgrad/sparse-nn';
import type { Json } from '../engine/record.ts';
import type { Factor, Level } from '../engine/study.ts';
import {
  type ConnectionsConfig,
  connectionsOf,
  exchanged,
  inBlocks,
  type LayerShape,
  rankOf,
  signatureBitsFor,
  sizeFor,
  tablesFor,
} from './sizes.ts';

/** The network that an arm is made for. */
export interface ArmOptions {
  /** Dimension of the input. */
  readonly inputs: number;
  /** Widths of the hidden layers of the dense network. */
  readonly hidden: readonly number[];
  readonly classes: number;
  /** Share of hidden units that the arm may compute, in (0, 1]. */
  readonly fraction: number;
  /** Learning rate of Adam. */
  readonly rate: number;
}

/** One arm of the study. */
export interface Arm {
  readonly name: string;
  /** For the report and the help: what the arm computes, in one sentence. */
  readonly description: string;
  /** Hidden units that this arm's network has, of `units` in the dense network. */
  width?(units: number, fraction: number): number;
  /** How the units of a hidden layer are chosen. */
  select(fraction: number, layer: LayerShape): SelectorSpec;
  /** Which of a hidden layer's weights there are, if not all. */
  connections?(fraction: number): ConnectionsConfig;
}

/** All arms. */
export const ARMS: readonly Arm[] = [
  {
    name: 'dense',
    description: 'All hidden units are computed: what the others are compared with.',
    select: () => all(),
  },
  {
    name: 'narrow',
    description: 'A dense network that has only as many hidden units as the others may compute.',
    width: (units, fraction) => Math.max(1, Math.round(fraction * units)),
    select: () => all(),
  },
  {
    name: 'random',
    description: 'Units drawn anew for every sample, whatever the input: dropout of a fixed size.',
    select: (fraction) => random({ fraction }),
  },
  {
    name: 'fixed',
    description: 'Units drawn once for each layer and used for every sample.',
    select: (fraction) => fixed({ fraction }),
  },
  {
    name: 'topK',
    description: 'The units with the largest activations, found by computing all of them: the oracle.',
    select: (fraction) => topK({ fraction }),
  },
  {
    name: 'lsh',
    description:
      'Units found by hashing the input into tables of the units’ weights (Spring and Shrivastava, 2017).',
    select: (fraction, layer) => lsh({ fraction, family: tablesFor(layer) }),
  },
  {
    name: 'signatures',
    description:
      'Units whose signatures, 1,024 hash bits each, are nearest to the input’s: all are looked at, but not computed.',
    select: (fraction) => signatures({ fraction, bits: 1024, rehash: 10 }),
  },
  {
    name: 'adaptiveDropout',
    description:
      'Units fire at random, the likelier the larger their activation, which is computed for all of them.',
    select: (fraction) => (fraction < 1 ? adaptiveDropout({ fraction }) : all()),
  },
  {
    name: 'mostActive',
    description:
      'The units that were most often among the largest activations in the first 50 steps, for every sample.',
    select: (fraction) => mostActive({ fraction, observe: 50 }),
  },
  {
    name: 'persistent',
    description:
      'A hash of the input picks one of 256 random subsets: it persists, but does not look at the weights.',
    select: (fraction) => persistent({ fraction }),
  },
  {
    name: 'persistent12',
    description: 'As persistent, but one of 4,096 subsets.',
    select: (fraction) => persistent({ fraction, family: simHash({ bits: 12, tables: 1 }) }),
  },
  {
    name: 'persistentSample',
    description: 'Each training row has a random subset of its own, known by its bits.',
    select: (fraction) => persistent({ fraction, by: 'sample' }),
  },
  {
    name: 'persistentRouter',
    description: 'A linear router picks one of 64 random subsets; it is trained in the first 200 steps.',
    select: (fraction) => persistent({ fraction, by: router({ freezeAfter: 200 }), sets: 64 }),
  },
  {
    name: 'blocks',
    description: 'A hash of the input picks blocks of 16 units: as persistent, but units fire together.',
    select: (fraction, layer) => blocks(inBlocks(fraction, layer)),
  },
  {
    name: 'blocksRouter',
    description:
      'Each sample has the blocks of 16 units that a linear router gives the highest scores: a mixture of experts.',
    select: (fraction, layer) => blocks({ ...inBlocks(fraction, layer), by: router() }),
  },
  {
    name: 'blocksFrozen',
    description: 'As blocksRouter, but the router is trained in the first 200 steps alone.',
    select: (fraction, layer) => blocks({ ...inBlocks(fraction, layer), by: router({ freezeAfter: 200 }) }),
  },
  {
    name: 'blocksExpert',
    description:
      'As blocksRouter, but in training each block of 16 units takes the samples that have it most probable.',
    select: (fraction, layer) => blocks({ ...inBlocks(fraction, layer), by: router(), choice: 'expert' }),
  },
  {
    name: 'productKeys',
    description:
      'The units with the highest scores by product keys, which are trained (Lample et al., 2019).',
    select: (fraction) => productKeys({ fraction }),
  },
  {
    name: 'productKeysRandom',
    description: 'As productKeys, but the keys stay random: the choice persists.',
    select: (fraction) => productKeys({ fraction, freezeAfter: 0 }),
  },
  {
    name: 'lowRank',
    description:
      'The units with the largest activations by a truncated SVD of the weights, at the cost of hashing for lsh.',
    select: (fraction, layer) => lowRank({ fraction, rank: rankOf(layer) }),
  },
  {
    name: 'lshCentred',
    description: 'As lsh, but the mean of all weight vectors is taken off each before it is hashed.',
    select: (fraction, layer) => lsh({ fraction, family: tablesFor(layer), centred: true }),
  },
  {
    name: 'lshProbes',
    description:
      'As lshCentred, but of each of five tables ten buckets are looked into (the setting of 2017).',
    select: (fraction, layer) => {
      const family = simHash({ ...sizeFor(layer), tables: 5, projection: 'hadamard' });
      return lsh({ fraction, family, centred: true, probes: 10 });
    },
  },
  {
    name: 'lshItq',
    description:
      'As lshCentred, but hash functions are rotated principal components of the weights, learned anew.',
    select: (fraction, layer) => lsh({ fraction, family: itq(sizeFor(layer)), centred: true }),
  },
  {
    name: 'lshLearned',
    description:
      'As lshCentred, but hash functions are learned from inputs and the units that these excite most.',
    select: (fraction, layer) => lsh({ fraction, family: learned(sizeFor(layer)), centred: true }),
  },
  {
    name: 'signaturesAsLsh',
    description:
      'As lsh, at as many bits and rehashed as often, but all units’ signatures are looked at: the look-up alone is another.',
    select: (fraction, layer) => signatures({ fraction, bits: signatureBitsFor(layer) }),
  },
  {
    name: 'lshAsSignatures',
    description: 'As signatures, at as many bits and rehashed as often, but in tables.',
    select: (fraction, layer) => {
      const { bits } = sizeFor(layer);
      const family = simHash({ bits, tables: Math.round(1024 / bits), projection: 'hadamard' });
      return lsh({ fraction, family, rehash: 10 });
    },
  },
  {
    name: 'lshFrozen',
    description: 'As lsh, but the tables stay as the initial weights made them.',
    select: (fraction, layer) => lsh({ fraction, family: tablesFor(layer), rehash: rehashNever() }),
  },
  {
    name: 'lshPermuted',
    description: 'As lsh, but the units of each table are permuted: persistent buckets without similarity.',
    select: (fraction, layer) => lsh({ fraction, family: tablesFor(layer), permuted: true }),
  },
  {
    name: 'lshPermutedFrozen',
    description: 'As lshPermuted, but the tables stay as the initial weights made them.',
    select: (fraction, layer) =>
      lsh({ fraction, family: tablesFor(layer), permuted: true, rehash: rehashNever() }),
  },
  {
    name: 'lshPadded',
    description: 'As lsh, but short lists are filled up with random units.',
    select: (fraction, layer) => lsh({ fraction, family: tablesFor(layer), pad: 'uniform' }),
  },
  {
    name: 'rigl',
    description:
      'All units, of a share of the weights: the smallest make room for those with the largest gradients (RigL).',
    select: () => all(),
    connections: (fraction) => exchanged(fraction, 'gradient'),
  },
  {
    name: 'set',
    description:
      'All units, of a share of the weights: the smallest make room for others drawn at random (SET).',
    select: () => all(),
    connections: (fraction) => exchanged(fraction, 'random'),
  },
  {
    name: 'sparse',
    description: 'All units, of a share of the weights, drawn once.',
    select: () => all(),
    connections: (fraction) => sparseConnections({ density: fraction, regrow: 'never' }),
  },
];

/**
 * Arms as the levels of a factor, for the measure 'train': each chooses the share `active` of the hidden units.
 *
 * @throws {Error} that lists the arms, if one is none of them.
 */
export function hiddenArms(names: readonly string[]): Factor {
  return Object.fromEntries(names.map((name) => [name, armLevel(checkArm(name))]));
}

/** A level of a factor that chooses the share `active` of the hidden units, layer by layer, the first one's `index` being 0. */
export function hiddenLevel(
  select: (fraction: number, layer: LayerShape, index: number) => SelectorSpec,
): Extract<Level, (...given: never[]) => unknown> {
  return (_, config) => {
    const active = config['active'] as number;
    const { inputs, hidden: widths } = config['network'] as {
      readonly inputs: number;
      readonly hidden: readonly number[];
    };
    const selectors = widths.map((units, index) =>
      select(active, { inputs: widths[index - 1] ?? inputs, units }, index),
    );
    return { select: selectors as unknown as Json };
  };
}

function armLevel({ name, width, select, connections }: Arm): Level {
  return (_, config) => {
    const active = config['active'] as number;
    const shape = config['network'] as { readonly inputs: number; readonly hidden: readonly number[] };
    const widths = shape.hidden.map((units) => width?.(units, active) ?? units);
    const selectors = widths.map((units, index) =>
      select(active, { inputs: widths[index - 1] ?? shape.inputs, units }),
    );
    const [first] = selectors;
    const same = selectors.every((each) => JSON.stringify(each) === JSON.stringify(first));
    return {
      select: (same ? first : selectors) as unknown as Json,
      // All units of the dense network are active, whatever the share that the others have.
      ...(name === 'dense' ? { active: 1 } : {}),
      ...(width === undefined ? {} : { 'network.narrow': active }),
      ...(connections && { 'network.connections': connections(active) as unknown as Json }),
    };
  };
}

/** Few epochs want a larger rate than Adam's usual 0.001; at this one all arms learn better in them, dense included. */
export const DEFAULT_RATE = 0.003;

/**
 * The network of an arm.
 *
 * @throws Error for an unknown arm, RangeError for widths or a rate out of range.
 */
export function armSpec(name: string, options: ArmOptions): NetworkSpec {
  const arm = checkArm(name);
  const { fraction } = options;
  const widths = options.hidden.map((units) => arm.width?.(units, fraction) ?? units);
  const layers = widths.map((units, l) => {
    const inputs = widths[l - 1] ?? options.inputs;
    const connections = arm.connections && connectionsOf(arm.connections(fraction));
    return hidden(units, arm.select(fraction, { inputs, units }), { connections });
  });
  return network(options.inputs, [...layers, softmax(options.classes)], adam({ rate: options.rate }));
}

/** The arm of a name. @throws {Error} that lists the arms, if it is none of them. */
function checkArm(name: string): Arm {
  const arm = ARMS.find((candidate) => candidate.name === name);
  if (arm === undefined) {
    const names = ARMS.map((each) => each.name).join(', ');
    throw new Error(`There is no arm "${name}"; the arms are ${names}.`);
  }
  return arm;
}
