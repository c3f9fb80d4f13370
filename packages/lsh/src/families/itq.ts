/** Iterative quantization (Gong and Lazebnik, CVPR 2011): signs of rotated principal components. */
import { gemm, randomStream, type RandomStream, type Team } from '@hashgrad/kernels';
import { checkInteger, type FamilySpec, type HashFamily, type HashOperations } from '../family.ts';
import { checkNames } from '../vectors/check-flat.ts';
import { Scratch } from '../vectors/scratch.ts';
import { type CheckedLesson, type Directions, LearnedHasher } from './learned-hasher.ts';
import { simHashFamily } from './simhash.ts';
import { orthonormalize } from '../vectors/orthonormalize.ts';
import { polarFactor } from './orthogonal.ts';

/** Iterative quantization as plain JSON, see `itq`. */
export interface ItqSpec extends FamilySpec {
  readonly kind: 'itq';
  /** Directions a code; 1 to 24. */
  readonly bits: number;
  /** Principal components that directions lie among, `bits` to 1,024; those of the data, if it has fewer. */
  readonly components: number;
  /** Turns of the rotation, 0 to 1,000. */
  readonly iterations: number;
}

const OPTIONS = ['bits', 'tables', 'components', 'iterations'];

/**
 * `tables` (1 to 4,096) codes of `bits` (1 to 24) bits. A lesson finds the `components` (default 2 * bits) principal directions
 * of the rows, draws a subspace of as many dimensions as a code has bits among them, for each table another, and turns it
 * `iterations` (30) times such that signs lose as little of the rows as may be: R becomes the orthogonal matrix nearest to
 * V' sgn(V R). One table of components = bits is the paper's method. It learns from rows alone, so rows should be centred; until
 * the first lesson directions are drawn at random, as simHash()'s.
 *
 * Only who gives lessons has more of this than of simHash(): the selector lsh() of @hashgrad/sparse-nn does.
 * @throws {RangeError} if a parameter is out of range.
 */
export function itq(parameters: {
  readonly bits: number;
  readonly tables: number;
  readonly components?: number;
  readonly iterations?: number;
}): ItqSpec {
  checkNames('itq', parameters, OPTIONS);
  const { bits } = parameters;
  const spec: ItqSpec = { kind: 'itq', components: 2 * bits, iterations: 30, ...parameters };
  check(spec);
  return spec;
}

function check(spec: FamilySpec): void {
  const { bits, tables, components, iterations } = spec as ItqSpec;
  checkInteger('itq', 'bits', bits, 1, 24);
  checkInteger('itq', 'tables', tables, 1, 4096);
  checkInteger('itq', 'components', components, bits, 1024);
  checkInteger('itq', 'iterations', iterations, 0, 1000);
}

export const itqFamily: HashFamily = {
  kind: 'itq',
  similarity: 'cosine',
  learns: 'rows',
  options: OPTIONS,
  check,
  /** That of simHash: the law of directions that were not learned yet. */
  collisionProbability: (spec, similarity) => simHashFamily.collisionProbability(spec, similarity),
  bind(given, context) {
    const spec = given as ItqSpec;
    return new LearnedHasher(spec, context, (team, directions, lesson) =>
      teachItq(team, directions, lesson, spec),
    );
  },
};

/** Turns of the subspace iteration, from a random start. */
const TURNS = 8;

function teachItq(
  team: Team,
  directions: Directions,
  { rows, rowCount, seed }: CheckedLesson,
  { components: wanted, iterations }: ItqSpec,
): HashOperations {
  const { width, bits, tables } = directions;
  const components = Math.min(wanted, width);
  if (components < bits) {
    throw new RangeError(`itq: codes of ${bits} bits take as many dimensions; vectors have ${width}.`);
  }
  if (rowCount < components) {
    throw new RangeError(`itq: ${components} principal directions take as many rows; got ${rowCount}.`);
  }
  const random = randomStream(seed, 'itq');
  using scratch = new Scratch(team.arena);
  const x = scratch.float32(rowCount * width);
  const basis = scratch.float32(width * components);
  const scores = scratch.float32(rowCount * components);
  const memory = new TableMemory(team, scratch, { rows: rowCount, components }, directions);
  x.set(rows);
  centre(x, rowCount, width);
  const sizes = { rows: rowCount, width, components };
  principalDirections(team, { x, basis, scores }, sizes, random);
  for (let t = 0; t < tables; t++) memory.write(t, { basis, scores }, iterations, random);
  const found = (2 * TURNS + 1) * rowCount * width * components;
  const turned = tables * rowCount * bits * (components + 2 * iterations * bits);
  return { multiplyAdds: found + turned + tables * components * bits * (bits + width) };
}

/** Takes the mean off all rows. */
function centre(x: Float32Array, rows: number, width: number): void {
  for (let k = 0; k < width; k++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += (x[i * width + k] as number) / rows;
    for (let i = 0; i < rows; i++) x[i * width + k] = (x[i * width + k] as number) - mean;
  }
}

/** The subspace that holds most of the rows, by subspace iteration: V = orth(X' X V); and scores, X V. */
function principalDirections(
  team: Team,
  {
    x,
    basis,
    scores,
  }: { readonly x: Float32Array; readonly basis: Float32Array; readonly scores: Float32Array },
  { rows, width, components }: { readonly rows: number; readonly width: number; readonly components: number },
  random: RandomStream,
): void {
  for (let i = 0; i < basis.length; i++) basis[i] = random.normal();
  orthonormalize(basis, components, width, components);
  const v = { values: basis, row: components, column: 1 };
  const xv = { values: scores, row: components, column: 1 };
  const score = (): void => {
    const a = { values: x, row: width, column: 1 };
    gemm(team, { out: scores, outStride: components, a, b: v, rows, columns: components, depth: width });
  };
  score();
  for (let turn = 0; turn < TURNS; turn++) {
    const transposed = { values: x, row: 1, column: width };
    const to = { out: basis, outStride: components };
    gemm(team, { ...to, a: transposed, b: xv, rows: width, columns: components, depth: rows });
    orthonormalize(basis, components, width, components);
    score();
  }
}

/** What finds the directions of one table after the other. */
class TableMemory {
  readonly #team: Team;
  readonly #rows: number;
  readonly #components: number;
  readonly #directions: Directions;
  /** components x bits, orthonormal columns. */
  readonly #subspace: Float32Array;
  /** V, the rows in the subspace: rows x bits. */
  readonly #own: Float32Array;
  readonly #turned: Float32Array;
  /** bits x bits. */
  readonly #rotation: Float32Array;
  readonly #product: Float32Array;

  constructor(
    team: Team,
    scratch: Scratch,
    { rows, components }: { readonly rows: number; readonly components: number },
    directions: Directions,
  ) {
    const { bits } = directions;
    this.#team = team;
    this.#rows = rows;
    this.#components = components;
    this.#directions = directions;
    this.#subspace = scratch.float32(components * bits);
    this.#own = scratch.float32(rows * bits);
    this.#turned = scratch.float32(Math.max(rows, components) * bits);
    this.#rotation = scratch.float32(bits * bits);
    this.#product = scratch.float32(bits * bits);
  }

  /** Writes the directions of table t: a random subspace of the basis, so turned that signs lose little of the rows. */
  write(
    t: number,
    { basis, scores }: { readonly basis: Float32Array; readonly scores: Float32Array },
    iterations: number,
    random: RandomStream,
  ): void {
    const { width, stride, bits, values } = this.#directions;
    const components = this.#components;
    const subspace = this.#subspace;
    for (let i = 0; i < subspace.length; i++) subspace[i] = random.normal();
    orthonormalize(subspace, bits, components, bits);
    const [own, turned, rotation] = [this.#own, this.#turned, this.#rotation];
    this.#multiply(own, bits, scores, subspace, this.#rows, components);
    rotation.forEach((_, i) => (rotation[i] = Number(i % (bits + 1) === 0)));
    for (let turn = 0; turn < iterations; turn++) this.#turn();
    this.#multiply(turned, bits, subspace, rotation, components, bits);
    this.#multiply(values.subarray(t * bits), stride, basis, turned, width, components);
  }

  /** R becomes the orthogonal matrix nearest to V' sgn(V R). */
  #turn(): void {
    const { bits } = this.#directions;
    const rows = this.#rows;
    const [own, rotation] = [this.#own, this.#rotation];
    const signs = this.#turned.subarray(0, rows * bits);
    this.#multiply(signs, bits, own, rotation, rows, bits);
    for (let i = 0; i < signs.length; i++) signs[i] = (signs[i] as number) >= 0 ? 1 : -1;
    gemm(this.#team, {
      out: this.#product,
      outStride: bits,
      a: { values: own, row: 1, column: bits },
      b: { values: signs, row: bits, column: 1 },
      rows: bits,
      columns: bits,
      depth: rows,
    });
    rotation.set(polarFactor(Float64Array.from(this.#product), bits));
  }

  /** out = A B: rows x depth, depth x bits. */
  #multiply(
    out: Float32Array,
    outStride: number,
    a: Float32Array,
    b: Float32Array,
    rows: number,
    depth: number,
  ): void {
    const { bits } = this.#directions;
    gemm(this.#team, {
      out,
      outStride,
      a: { values: a, row: depth, column: 1 },
      b: { values: b, row: bits, column: 1 },
      rows,
      columns: bits,
      depth,
    });
  }
}
