/**
 * Hash families as one would write them in plain TypeScript, with typed arrays and no objects in the loops: what the kernels
 * are compared with. They draw numbers of their own; that kernels give the right codes, the tests of kernels show.
 */
import { type RandomStream, randomStream } from '@hashgrad/kernels';

/** Hashes row `row` of the values into `codes`, a code for each table. */
export type PlainHash = (values: Float32Array, row: number, codes: Uint32Array) => void;

/** What all of them are made for. */
export interface PlainShape {
  readonly dimensions: number;
  /** Sub-codes of a code: bits, cells or winners. */
  readonly hashes: number;
  readonly tables: number;
  /** Bits of a sub-code, where it has more than one. */
  readonly bits: number;
}

function normals(length: number, random: RandomStream): Float32Array {
  return Float32Array.from({ length }, () => random.normal());
}

/** Projections on random normals, four at a time so that four sums are under way. */
function projector({ dimensions, hashes, tables }: PlainShape, random: RandomStream) {
  const count = hashes * tables;
  const padded = Math.ceil(count / 4) * 4;
  const planes = normals(padded * dimensions, random);
  const projections = new Float32Array(padded);
  return (values: Float32Array, row: number): Float32Array => {
    const from = row * dimensions;
    for (let j = 0; j < padded; j += 4) {
      let [a, b, c, d] = [0, 0, 0, 0];
      const at = j * dimensions;
      for (let k = 0; k < dimensions; k++) {
        const x = values[from + k];
        a += x * planes[at + k];
        b += x * planes[at + dimensions + k];
        c += x * planes[at + 2 * dimensions + k];
        d += x * planes[at + 3 * dimensions + k];
      }
      projections[j] = a;
      projections[j + 1] = b;
      projections[j + 2] = c;
      projections[j + 3] = d;
    }
    return projections;
  };
}

function packSigns(projections: Float32Array, { hashes, tables }: PlainShape, codes: Uint32Array): void {
  for (let t = 0; t < tables; t++) {
    let code = 0;
    for (let j = 0; j < hashes; j++) if (projections[t * hashes + j] >= 0) code |= 1 << j;
    codes[t] = code;
  }
}

export function plainSimHash(shape: PlainShape): PlainHash {
  const project = projector(shape, randomStream(1, 'plain'));
  return (values, row, codes) => packSigns(project(values, row), shape, codes);
}

/** SimHash with entries 1 and -1 at a third of the coordinates. */
export function plainTernary(shape: PlainShape): PlainHash {
  const { dimensions, hashes, tables } = shape;
  const random = randomStream(1, 'plain');
  const each = Math.ceil(dimensions / 6);
  const members = Uint32Array.from({ length: hashes * tables * 2 * each }, () => random.integer(dimensions));
  const projections = new Float32Array(hashes * tables);
  return (values, row, codes) => {
    const from = row * dimensions;
    for (let h = 0, at = 0; h < projections.length; h++) {
      let sum = 0;
      for (let i = 0; i < each; i++, at += 2)
        sum += values[from + members[at]] - values[from + members[at + 1]];
      projections[h] = sum;
    }
    packSigns(projections, shape, codes);
  };
}

/** Three rounds of signs and a Walsh-Hadamard transform, the third as often as there must be outputs. */
function rotator(dimensions: number, outputs: number, random: RandomStream) {
  const size = 2 ** Math.max(6, Math.ceil(Math.log2(dimensions)));
  const rounds = Math.ceil(outputs / size);
  const signs = Float32Array.from({ length: (2 + rounds) * size }, () => 1 - 2 * random.integer(2));
  const common = new Float32Array(size);
  const rotated = new Float32Array(rounds * size);
  const transform = (x: Float32Array, from: number, round: number): void => {
    for (let k = 0; k < size; k++) x[from + k] *= signs[round * size + k];
    for (let span = 1; span < size; span *= 2) {
      for (let first = from; first < from + size; first += 2 * span) {
        for (let k = first; k < first + span; k++) {
          const [a, b] = [x[k], x[k + span]];
          x[k] = a + b;
          x[k + span] = a - b;
        }
      }
    }
  };
  return (values: Float32Array, row: number): Float32Array => {
    common.fill(0);
    for (let k = 0; k < dimensions; k++) common[k] = values[row * dimensions + k];
    transform(common, 0, 0);
    transform(common, 0, 1);
    for (let round = 0; round < rounds; round++) {
      rotated.set(common, round * size);
      transform(rotated, round * size, 2 + round);
    }
    return rotated;
  };
}

export function plainHadamard(shape: PlainShape): PlainHash {
  const rotate = rotator(shape.dimensions, shape.hashes * shape.tables, randomStream(1, 'plain'));
  return (values, row, codes) => packSigns(rotate(values, row), shape, codes);
}

/** `hashes` bits a code, in polytopes of 64 coordinates. */
export function plainCrossPolytope({ dimensions, hashes, tables }: PlainShape): PlainHash {
  const sizes: number[] = [];
  for (let left = hashes; left > 0; left -= 7) sizes.push(2 ** (Math.min(left, 7) - 1));
  const rotate = rotator(
    dimensions,
    tables * sizes.reduce((sum, size) => sum + size, 0),
    randomStream(1, 'plain'),
  );
  return (values, row, codes) => {
    const y = rotate(values, row);
    codes.fill(0);
    let at = 0;
    for (const size of sizes) {
      for (let t = 0; t < tables; t++, at += size) {
        let [best, corner] = [-1, 0];
        for (let i = 0; i < size; i++) {
          const length = Math.abs(y[at + i]);
          if (length > best) [best, corner] = [length, y[at + i] < 0 ? size + i : i];
        }
        codes[t] = codes[t] * 2 * size + corner;
      }
    }
  };
}

export function plainPStable(shape: PlainShape): PlainHash {
  const { hashes, tables, bits } = shape;
  const random = randomStream(1, 'plain');
  const project = projector(shape, random);
  const offsets = Float32Array.from({ length: hashes * tables }, () => random.uniform());
  const mask = 2 ** bits - 1;
  return (values, row, codes) => {
    const projections = project(values, row);
    for (let t = 0, j = 0; t < tables; t++) {
      let code = 0;
      for (const stop = j + hashes; j < stop; j++) {
        code = (code << bits) | (Math.floor(projections[j] / 4 + offsets[j]) & mask);
      }
      codes[t] = code;
    }
  };
}

/** WTA, and DWTA where no bin is empty: `absent` is what a zero counts as. */
function winners({ dimensions, hashes, tables, bits }: PlainShape, absent: number): PlainHash {
  const random = randomStream(1, 'plain');
  const size = 2 ** bits;
  const members = Uint32Array.from({ length: hashes * tables * size }, () => random.integer(dimensions));
  return (values, row, codes) => {
    const from = row * dimensions;
    for (let t = 0, at = 0; t < tables; t++) {
      let code = 0;
      for (let j = 0; j < hashes; j++) {
        let [best, winner] = [-Infinity, 0];
        for (let i = 0; i < size; i++) {
          const x = values[from + members[at++]] || absent;
          if (x > best) [best, winner] = [x, i];
        }
        code = (code << bits) | winner;
      }
      codes[t] = code;
    }
  };
}

export function plainWta(shape: PlainShape): PlainHash {
  return winners(shape, 0);
}

export function plainDwta(shape: PlainShape): PlainHash {
  return winners(shape, -Infinity);
}

function integers(length: number, random: RandomStream): Uint32Array {
  return Uint32Array.from({ length }, () => random.integer(2 ** 32));
}

export function plainMinHash({ dimensions, hashes, tables, bits }: PlainShape): PlainHash {
  const functions = hashes * tables;
  const orders = integers(dimensions * functions, randomStream(1, 'plain'));
  const least = new Uint32Array(functions);
  return (values, row, codes) => {
    least.fill(-1);
    for (let k = 0; k < dimensions; k++) {
      if (values[row * dimensions + k] === 0) continue;
      for (let h = 0, at = k * functions; h < functions; h++, at++)
        if (orders[at] < least[h]) least[h] = orders[at];
    }
    for (let t = 0, h = 0; t < tables; t++) {
      let code = 0;
      for (let j = 0; j < hashes; j++, h++) code = (code << bits) | (least[h] & (2 ** bits - 1));
      codes[t] = code;
    }
  };
}

export function plainDoph({ dimensions, hashes, tables, bits }: PlainShape): PlainHash {
  const orders = integers(dimensions * hashes, randomStream(1, 'plain'));
  const least = new Uint32Array(hashes * tables);
  return (values, row, codes) => {
    least.fill(-1);
    for (let k = 0; k < dimensions; k++) {
      if (values[row * dimensions + k] === 0) continue;
      for (let j = 0; j < hashes; j++) {
        const place = orders[k * hashes + j];
        const bin = j * tables + (((place >>> 12) * tables) >>> 20);
        if (place < least[bin]) least[bin] = place;
      }
    }
    for (let t = 0; t < tables; t++) {
      let code = 0;
      for (let j = 0; j < hashes; j++) {
        let donor = t;
        for (let probe = 1; least[j * tables + donor] === 0xffffffff && probe < 256; probe++) {
          donor = ((Math.imul(t + probe * tables, 0x9e3779b1) >>> 12) * tables) >>> 20;
        }
        code = (code << bits) | (least[j * tables + donor] & (2 ** bits - 1));
      }
      codes[t] = code;
    }
  };
}

export function plainWeightedMinHash({ dimensions, hashes, tables, bits }: PlainShape): PlainHash {
  const random = randomStream(1, 'plain');
  const functions = hashes * tables;
  const gamma = (): number => -Math.log((1 - random.uniform()) * (1 - random.uniform()));
  const rates = Float32Array.from({ length: dimensions * functions }, gamma);
  const logs = Float32Array.from({ length: dimensions * functions }, () => Math.log(gamma()));
  const offsets = Float32Array.from({ length: dimensions * functions }, () => random.uniform());
  const best = new Float64Array(functions);
  const labels = new Uint32Array(functions);
  return (values, row, codes) => {
    best.fill(Infinity);
    for (let k = 0; k < dimensions; k++) {
      const weight = values[row * dimensions + k];
      if (weight === 0) continue;
      const log = Math.log(weight);
      for (let h = 0, at = k * functions; h < functions; h++, at++) {
        const t = Math.floor(log / rates[at] + offsets[at]);
        const score = logs[at] - rates[at] * (t + 1 - offsets[at]);
        if (score < best[h]) {
          best[h] = score;
          labels[h] = Math.imul(k, 0x9e3779b1) + t;
        }
      }
    }
    for (let t = 0, h = 0; t < tables; t++) {
      let code = 0;
      for (let j = 0; j < hashes; j++, h++) code = (code << bits) | (labels[h] & (2 ** bits - 1));
      codes[t] = code;
    }
  };
}
