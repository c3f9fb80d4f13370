/**
 * The question that sparse training rests on (Spring and Shrivastava, KDD 2017): of the units that an input excites most,
 * how many does hashing find, and at what cost?
 */
import { checkDimensions, countOf, lengthsOf } from '@hashgrad/lsh/vectors';
import { MipsIndex } from './index/mips-index.ts';
import type { MipsIndexOptions } from './index/mips-options.ts';
import type { SearchOptions } from './index/search-options.ts';

/** A layer and some of its inputs, flat. */
export interface LayerSample {
  /** Inputs of a unit. */
  readonly dimensions: number;
  /** units x dimensions */
  readonly weights: Float32Array;
  /** One a unit: hashed as one more weight, the input's being 1. */
  readonly bias?: Float32Array | undefined;
  /** samples x dimensions */
  readonly inputs: Float32Array;
}

/** A way of finding units. */
export interface ActivationWay {
  readonly index: Omit<MipsIndexOptions, 'dimensions'>;
  /** Searches of rising cost. `candidates` are what 'tables' gives; 'signatures' has `slack` and `share`. */
  readonly searches: readonly SearchOptions[];
}

/** What one search of a way finds, means over the samples. */
export interface ActivationRecall {
  readonly way: number;
  readonly search: SearchOptions;
  /** Of the units, the highest so many in 100 are to be found. */
  readonly percent: number;
  /** The share of those that are among the candidates. */
  readonly recall: number;
  /** The same, weighed by activation; activations below 0 weigh nothing. */
  readonly mass: number;
  /** Candidates, as a share of the units: what a random choice would find. */
  readonly examined: number;
  /** Multiply-adds of hashing, of signatures and of the candidates' activations, as a share of those of all units. */
  readonly cost: number;
}

/**
 * For each way, each of its searches and each of `percents` (1, 5, 10 and 25): which of the true highest activations are
 * among the candidates.
 * @throws {RangeError} if lengths do not fit, a number is NaN or infinite, or an option is out of range.
 */
export function activationRecall(
  layer: LayerSample,
  ways: readonly ActivationWay[],
  percents: readonly number[] = [1, 5, 10, 25],
): ActivationRecall[] {
  const { weights, inputs, dimensions } = withBias(layer);
  const units = weights.length / dimensions;
  const samples = inputs.length / dimensions;
  for (const percent of percents) {
    if (!(percent > 0 && percent <= 100)) {
      throw new RangeError(`Percents are above 0 and at most 100; got ${percent}.`);
    }
  }
  const truth = Array.from({ length: samples }, (_, s) =>
    activations(weights, inputs.subarray(s * dimensions, (s + 1) * dimensions), units),
  );
  const ranked = truth.map((values) => rank(values));
  return ways.flatMap(({ index: options, searches }, way) => {
    using index = new MipsIndex({ ...options, dimensions });
    index.add(weights);
    return searches.flatMap((search) =>
      percents.map((percent): ActivationRecall => {
        const k = Math.max(1, Math.round((percent / 100) * units));
        const sums = { recall: 0, mass: 0, examined: 0 };
        for (let s = 0; s < samples; s++) {
          const input = inputs.subarray(s * dimensions, (s + 1) * dimensions);
          const found = new Set(index.candidates(input, k, search));
          const best = (ranked[s] as Uint32Array).subarray(0, k);
          const weigh = (id: number): number => Math.max(0, (truth[s] as Float32Array)[id] as number);
          let [hits, mass, whole] = [0, 0, 0];
          for (const id of best) {
            whole += weigh(id);
            if (!found.has(id)) continue;
            hits++;
            mass += weigh(id);
          }
          sums.recall += hits / k;
          sums.mass += whole > 0 ? mass / whole : 1;
          sums.examined += found.size / units;
        }
        const examined = sums.examined / samples;
        const cost = examined + index.queryMultiplyAdds / (units * dimensions);
        return {
          way,
          search,
          percent,
          recall: sums.recall / samples,
          mass: sums.mass / samples,
          examined,
          cost,
        };
      }),
    );
  });
}

function withBias({ dimensions, weights, bias, inputs }: LayerSample): Omit<LayerSample, 'bias'> {
  checkDimensions(dimensions);
  const units = countOf(weights, dimensions, 'Weights');
  const samples = countOf(inputs, dimensions, 'Inputs');
  if (units === 0 || samples === 0) {
    throw new RangeError(`A layer has 1 unit and 1 input or more; got ${units} and ${samples}.`);
  }
  lengthsOf(weights, dimensions, 'Unit');
  lengthsOf(inputs, dimensions, 'Input');
  if (!bias) return { dimensions, weights, inputs };
  if (bias.length !== units) throw new RangeError(`${units} units have as many biases; got ${bias.length}.`);
  const widened = (rows: Float32Array, count: number, last: (row: number) => number): Float32Array => {
    const wide = new Float32Array(count * (dimensions + 1));
    for (let r = 0; r < count; r++) {
      wide.set(rows.subarray(r * dimensions, (r + 1) * dimensions), r * (dimensions + 1));
      wide[r * (dimensions + 1) + dimensions] = last(r);
    }
    return wide;
  };
  return {
    dimensions: dimensions + 1,
    weights: widened(weights, units, (unit) => bias[unit] as number),
    inputs: widened(inputs, samples, () => 1),
  };
}

function activations(weights: Float32Array, input: Float32Array, units: number): Float32Array {
  return Float32Array.from({ length: units }, (_, unit) => {
    let sum = 0;
    for (let k = 0, at = unit * input.length; k < input.length; k++) {
      sum += (weights[at + k] as number) * (input[k] as number);
    }
    return sum;
  });
}

/** The units, highest activation first. */
function rank(values: Float32Array): Uint32Array {
  return Uint32Array.from(values, (_, unit) => unit).toSorted(
    (a, b) => (values[b] as number) - (values[a] as number) || a - b,
  );
}
