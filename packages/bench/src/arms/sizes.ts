/** What arms are sized by: bits and tables, ranks, blocks and connections for a hidden layer and a share of its units. */
import { type FamilySpec, simHash } from '@hashgrad/lsh';
import type { SparseConnectionsSpec } from '@hashgrad/sparse-nn';

/** A hidden layer that units are chosen for. */
export interface LayerShape {
  readonly inputs: number;
  readonly units: number;
}

/** Sparse connections that are exchanged by the length of the training; plain JSON. */
export interface ConnectionsConfig extends Omit<SparseConnectionsSpec, 'every' | 'until'> {
  /** The share of the training after which nothing is exchanged; and how often it is up to there. Both or neither. */
  readonly untilShare?: number;
  readonly exchanges?: number;
}

/** Steps between exchanges, at least: in the step of one no weight is updated. */
const LEAST_EVERY = 5;

/** The connections of a network that is trained for so many steps; exchanged at every 100th without an end if they are not known. */
export function connectionsOf(
  { untilShare, exchanges, ...spec }: ConnectionsConfig,
  steps?: number,
): SparseConnectionsSpec {
  if (untilShare === undefined || exchanges === undefined) return spec;
  if (steps === undefined) return { ...spec, every: 100 };
  const until = Math.max(1, Math.round(untilShare * steps));
  return { ...spec, until, every: Math.max(LEAST_EVERY, Math.round(until / exchanges)) };
}

/** As RigL has them, up to three quarters of the training, but less often than there, where training takes 32,000 steps. */
export function exchanged(density: number, regrow: 'gradient' | 'random'): ConnectionsConfig {
  return { density, regrow, dropFraction: 0.3, untilShare: 0.75, exchanges: 20 };
}

/** The layer that {@link tablesFor} has its fewest bits for, and how many. */
const NARROWEST = { units: 1000, bits: 4 };

/**
 * The tables of the arms that hash: 50, with 4 bits for 1,000 units and one more for each doubling, so that buckets keep
 * their size and a look-up its cost. Layers of fewer units have 4 bits too.
 */
export function tablesFor(layer: LayerShape): FamilySpec {
  return simHash({ ...sizeFor(layer), projection: 'hadamard' });
}

/** Bits of a code, and tables, of {@link tablesFor}. */
export function sizeFor({ units }: LayerShape): { readonly bits: number; readonly tables: number } {
  const doublings = Math.max(0, Math.round(Math.log2(units / NARROWEST.units)));
  return { bits: NARROWEST.bits + doublings, tables: 50 };
}

/** As many bits as signatures have as come nearest to those of {@link tablesFor}: they come in words. */
export function signatureBitsFor(layer: LayerShape): number {
  const { bits, tables } = sizeFor(layer);
  return 64 * Math.round((bits * tables) / 64);
}

/**
 * The rank at which a sample costs lowRank what its projections cost lsh: three Hadamard transforms of the input with the
 * bias and the transform's coordinate, padded to a power of two.
 */
export function rankOf({ inputs, units }: LayerShape): number {
  const log = Math.ceil(Math.log2(inputs + 2));
  return Math.max(1, Math.min(inputs, Math.round((3 * log * 2 ** log) / (inputs + units))));
}

/** Units of a block, at most. */
const BLOCK = 16;

/**
 * As many whole blocks as a share of the units has room for: of 16 units, or where less than nine tenths of the share would be
 * used, or blocks would not fit the layer, of half as many.
 */
export function inBlocks(
  fraction: number,
  { units }: LayerShape,
): { readonly count: number; readonly size: number } {
  const most = Math.max(1, Math.round(fraction * units));
  let size = BLOCK;
  while (units % size !== 0 || Math.floor(most / size) * size < 0.9 * most) size /= 2;
  return { size, count: Math.floor(most / size) * size };
}
