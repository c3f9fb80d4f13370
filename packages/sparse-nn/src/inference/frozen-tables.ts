/** Hash tables of a layer's weights that change no more. */
import { randomStream } from '@hashgrad/kernels';
import { familyOf } from '@hashgrad/lsh';
import { TransformedHasher, transformOf } from '@hashgrad/mips';
import { inPieces, type Piecewise } from '../layers/piecewise.ts';
import type { Passes } from '../passes/passes.ts';
import type { InferenceTables } from '../selectors/selector.ts';

/** What makes the same tables again, and how they are asked. */
export interface FrozenTables extends InferenceTables {
  /** Of the hash functions. */
  readonly seed: number;
  /** tables x units: the code of unit u in table t is codes[t * units + u]. */
  readonly codes: Uint32Array;
}

/** A row of `width` weights for each unit, `stride` floats apart, and a bias for each. */
interface UnitRows {
  readonly width: number;
  readonly stride: number;
  readonly values: Float32Array;
  readonly bias: Float32Array;
}

/**
 * Hashes the last layer's weights with their biases as one more coordinate. They are centred: with
 * the mean of all rows taken off, every inner product with a query changes by the same, so that their order does not; but
 * what all rows have in common, which is most of what they have, no longer hides their differences from hashing.
 */
export function* freezeTables(
  passes: Passes,
  spec: InferenceTables,
  weights: UnitRows,
): Piecewise<FrozenTables> {
  const { team, options, classes: units } = passes;
  const { arena } = team;
  const { family, transform: transformSpec } = spec;
  const { width, stride, bias } = weights;
  const transform = transformOf(transformSpec, familyOf(family));
  const seed = randomStream(options.seed, 'frozen tables').integer(2 ** 31);
  using hasher = new TransformedHasher({
    family,
    transform,
    dimensions: width,
    bias: true,
    room: units,
    seed,
    team,
  });
  const values = arena.float32(units * stride);
  const codes = arena.uint32(units * hasher.tables);
  try {
    const centredBias = new Float32Array(units);
    const squaredNorms = new Float32Array(units);
    const coordinates = (k: number): ((u: number) => number) =>
      k < width ? (u) => weights.values[u * stride + k]! : (u) => bias[u]!;
    yield* inPieces(width + 1, units, (k) => {
      const at = coordinates(k);
      let mean = 0;
      for (let u = 0; u < units; u++) mean += at(u) / units;
      for (let u = 0; u < units; u++) {
        const centred = at(u) - mean;
        squaredNorms[u]! += centred * centred;
        if (k < width) values[u * stride + k] = centred;
        else centredBias[u] = centred;
      }
    });
    const bound = squaredNorms.reduce((most, norm) => Math.max(most, norm), 0);
    const terms = { squaredNorms, bound, bias: centredBias };
    hasher.hashRows({ values, stride, width }, units, terms, { codes, stride: units });
    return { ...spec, seed, codes: codes.slice() };
  } finally {
    for (const view of [values, codes]) arena.free(view);
  }
}
