/** Learning directions from triplets: a query, a row that is near to it, and one that is not. */
import { gemm, randomStream, type RandomStream, type Team } from '@hashgrad/kernels';
import type { HashOperations } from '../family.ts';
import { Scratch } from '../vectors/scratch.ts';
import type { CheckedLesson, Directions } from './learned-hasher.ts';

/** How triplets teach: see `learned`. */
export interface TripletOptions {
  readonly iterations: number;
  readonly batch: number;
  readonly rate: number;
  readonly margin: number;
}

/** A sign is softened to z / (SOFTNESS + |z|): projections z are about normal, so that half of them are steep there. */
const SOFTNESS = 0.5;

/** Of Adam (Kingma and Ba, ICLR 2015). */
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/** How often another row is drawn, if it is near to the query. */
const TRIES = 16;

/** Moves the directions by some steps of Adam. */
export function teachTriplets(
  team: Team,
  directions: Directions,
  lesson: CheckedLesson,
  options: TripletOptions,
): HashOperations {
  const { width, stride, bits, tables, values } = directions;
  const { iterations, batch } = options;
  if (lesson.queryCount === 0 || lesson.nearEach === 0) return {};
  using scratch = new Scratch(team.arena);
  const columns = bits * tables;
  const vectors = scratch.float32(3 * batch * width);
  const projections = scratch.float32(3 * batch * stride);
  const gradient = scratch.float32(width * stride);
  const adam = new Adam(gradient.length);
  const random = randomStream(lesson.seed, 'triplets');
  const a = { values: vectors, row: width, column: 1 };
  for (let step = 1; step <= iterations; step++) {
    layTriplets(vectors, width, lesson, batch, random);
    const b = { values, row: stride, column: 1 };
    gemm(team, { out: projections, outStride: stride, a, b, rows: 3 * batch, columns, depth: width });
    writeGradients(projections, directions, batch, options.margin);
    gemm(team, {
      out: gradient,
      outStride: stride,
      a: { values: vectors, row: 1, column: width },
      b: { values: projections, row: stride, column: 1 },
      rows: width,
      columns,
      depth: 3 * batch,
    });
    adam.move(values, gradient, options.rate, step);
    normalize(directions);
  }
  return { multiplyAdds: iterations * 2 * 3 * batch * width * columns };
}

/** Lays a batch's queries, near rows and others one after the other, each of length 1. */
function layTriplets(
  vectors: Float32Array,
  width: number,
  { rows, queries, near, rowCount, queryCount, nearEach }: CheckedLesson,
  batch: number,
  random: RandomStream,
): void {
  for (let i = 0; i < batch; i++) {
    const query = random.integer(queryCount);
    const own = near.subarray(query * nearEach, (query + 1) * nearEach);
    let other = random.integer(rowCount);
    for (let t = 0; t < TRIES && own.includes(other); t++) other = random.integer(rowCount);
    layUnit(vectors, i, queries, query, width);
    layUnit(vectors, batch + i, rows, own[random.integer(nearEach)] as number, width);
    layUnit(vectors, 2 * batch + i, rows, other, width);
  }
}

/** Vector `to` becomes vector `from` of others, scaled to length 1. */
function layUnit(vectors: Float32Array, to: number, others: Float32Array, from: number, width: number): void {
  let square = 0;
  for (let k = from * width; k < (from + 1) * width; k++) square += (others[k] as number) ** 2;
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
  for (let k = 0; k < width; k++) vectors[to * width + k] = scale * (others[from * width + k] as number);
}

/**
 * Puts gradients of the loss in place of the projections. That a query q and a row r share all bits of a table has, with
 * softened signs h, the probability p = the product over the bits of (1 + h(q) h(r)) / 2. The loss of a triplet is
 * max(0, margin - log p of the near row + log p of the other), so that a bit which says what another one says is worth nothing.
 */
function writeGradients(
  z: Float32Array,
  { stride, bits, tables }: Directions,
  batch: number,
  margin: number,
): void {
  for (let i = 0; i < batch; i++) {
    for (let t = 0; t < tables; t++) {
      const q = i * stride + t * bits;
      const near = q + batch * stride;
      const other = near + batch * stride;
      let ratio = 0;
      for (let j = 0; j < bits; j++) {
        const own = soft(z[q + j] as number);
        ratio +=
          Math.log1p(own * soft(z[near + j] as number)) - Math.log1p(own * soft(z[other + j] as number));
      }
      const learns = ratio < margin ? 1 : 0;
      for (let j = 0; j < bits; j++) {
        const [zq, zn, zo] = [z[q + j] as number, z[near + j] as number, z[other + j] as number];
        const [hq, hn, ho] = [soft(zq), soft(zn), soft(zo)];
        const [byNear, byOther] = [learns / (1 + hq * hn), learns / (1 + hq * ho)];
        z[q + j] = (ho * byOther - hn * byNear) * slope(zq);
        z[near + j] = -hq * byNear * slope(zn);
        z[other + j] = hq * byOther * slope(zo);
      }
    }
  }
}

function soft(z: number): number {
  return z / (SOFTNESS + Math.abs(z));
}

function slope(z: number): number {
  return SOFTNESS / (SOFTNESS + Math.abs(z)) ** 2;
}

/** Scales directions to the length that normal ones of the width have: signs need none, but their softening does. */
function normalize({ values, width, stride, bits, tables }: Directions): void {
  for (let j = 0; j < bits * tables; j++) {
    let square = 0;
    for (let k = 0; k < width; k++) square += (values[k * stride + j] as number) ** 2;
    const scale = square > 0 ? Math.sqrt(width / square) : 0;
    for (let k = 0; k < width; k++) values[k * stride + j] = scale * (values[k * stride + j] as number);
  }
}

class Adam {
  readonly #first: Float64Array;
  readonly #second: Float64Array;

  constructor(length: number) {
    this.#first = new Float64Array(length);
    this.#second = new Float64Array(length);
  }

  move(values: Float32Array, gradient: Float32Array, rate: number, step: number): void {
    const [first, second] = [this.#first, this.#second];
    const [unbias1, unbias2] = [1 - BETA1 ** step, 1 - BETA2 ** step];
    for (let i = 0; i < gradient.length; i++) {
      const g = gradient[i] as number;
      const m = (first[i] = BETA1 * (first[i] as number) + (1 - BETA1) * g);
      const v = (second[i] = BETA2 * (second[i] as number) + (1 - BETA2) * g * g);
      values[i] = (values[i] as number) - (rate * (m / unbias1)) / (Math.sqrt(v / unbias2) + EPSILON);
    }
  }
}
