/** A network that can only predict: weights and hash tables without what training needs beside them. */
import {
  Arena,
  readSource,
  Team,
  whyNotShared,
  writeFileAtomic,
  type ByteSource,
  type TeamOptions,
} from '@hashgrad/kernels';
import type { TuneResult } from '@hashgrad/mips';
import { ClassRanking } from '../layers/best-classes.ts';
import { acceptInputs } from '../examples/accept.ts';
import { checkInputs, isSparse, type Inputs } from '../examples/examples.ts';
import { FrozenLayer } from './frozen-layer.ts';
import { FrozenWeights } from './frozen-weights.ts';
import {
  checkModel,
  decodeFrozen,
  encodeFrozen,
  type FrozenModel,
  type WeightsFormat,
} from './frozen-model.ts';
import { InputBatches } from '../examples/input-batches.ts';
import { acceptPrediction, type PredictOptions } from './predict.ts';
import { Predictor } from './predictor.ts';
import { PredictionList, writeScores, type Predictions } from './predictions.ts';
import {
  denseActivations,
  freeActivations,
  type DenseActivations,
  type Activations,
} from '../layers/activations.ts';
import { DenseForm } from '../layers/dense-form.ts';
import { Loss } from '../layers/loss.ts';
import type { Piecewise } from '../layers/piecewise.ts';
import { checkBoolean, checkOptions, shown, type Known } from '../spec/options.ts';
import type { LossKind } from '../spec/spec.ts';
import type { SignatureGoal } from './frozen-signatures.ts';
import type { SignatureSearch } from './signature-search.ts';
import { TableSearch } from './table-search.ts';

/** Threads and batches of a frozen network. */
export interface FrozenOptions extends TeamOptions {
  /** Rows that are predicted at once, at most: more take more memory and less time for each. Default 32. */
  readonly batchSize?: number;
  /**
   * Fused multiply-add. Default: wherever the engine has it. Without it the bits are those of the WebAssembly standard, on
   * every processor; with it they depend on whether the processor fuses.
   */
  readonly relaxed?: boolean;
}

/** All that there are. */
export const FROZEN_OPTIONS: Known<FrozenOptions> = {
  batchSize: true,
  relaxed: true,
  threads: true,
  createWorker: true,
};

/**
 * A network that can only predict: a `Network` that was frozen, or a file of one. Its sparse pass computes all hidden units, and of
 * the classes those that the hash tables or the signatures find.
 */
export class FrozenNetwork extends Predictor {
  readonly inputs: number;
  readonly classes: number;
  /** How its weights are kept. */
  readonly format: WeightsFormat;
  /** Whether it predicts for sparse rows. */
  readonly sparse: boolean;
  readonly #team: Team;
  readonly #batch: number;
  readonly #layers: readonly FrozenLayer[];
  readonly #search: TableSearch | undefined;
  readonly #signatures: SignatureSearch | undefined;
  readonly #rows: InputBatches;
  /** Where the first layer reads dense rows only, and they come sparse. */
  readonly #dense: DenseForm | undefined;
  readonly #hidden: readonly DenseActivations[];
  readonly #loss: Loss;
  /** All classes' logits, made when first needed. */
  #logits: DenseActivations | undefined;

  private constructor(
    team: Team,
    model: FrozenModel,
    weights: readonly FrozenWeights[],
    search: SignatureSearch | undefined,
    batch: number,
  ) {
    super('This network');
    const { arena } = team;
    const { inputs, sparse, format, layers, tables } = model;
    this.#team = team;
    this.inputs = inputs;
    this.classes = layers.at(-1)!.units;
    this.format = format;
    this.sparse = sparse;
    this.#batch = batch;
    this.#layers = weights.map((own, l) => new FrozenLayer(team, own, l === layers.length - 1));
    const lastInputs = layers.at(-2)?.units ?? inputs;
    this.#search = tables && new TableSearch(team, tables, this.classes, lastInputs, batch);
    this.#signatures = search;
    this.#rows = new InputBatches(arena, batch, inputs, sparse);
    const { rowOf } = layers[0]!;
    this.#dense = sparse && rowOf === 'unit' ? new DenseForm(team, batch, inputs, false) : undefined;
    this.#hidden = layers.slice(0, -1).map(({ units }) => denseActivations(arena, batch, units, false));
    this.#loss = new Loss(layers.at(-1)!.activation as LossKind, team, batch);
  }

  /** @throws {RangeError} if the options are out of range, or the model does not fit into memory. */
  static async of(model: FrozenModel, options: FrozenOptions = {}): Promise<FrozenNetwork> {
    checkOptions('A frozen network', options, FROZEN_OPTIONS);
    checkModel(model);
    const { batchSize = 32, relaxed, ...teamOptions } = options;
    checkBoolean('relaxed', relaxed);
    if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
      throw new RangeError(`A batch has 1 or more samples; got ${shown(batchSize)}.`);
    }
    // Memory that is not shared cannot grow.
    const room = whyNotShared() === undefined ? {} : { capacity: bytesFor(model, batchSize) };
    const build = relaxed === undefined ? {} : { relaxed };
    const arena = new Arena({ ...room, ...build });
    let team: Team | undefined;
    let search: SignatureSearch | undefined;
    try {
      // Before anything is waited for: the model may be views of what training changes.
      const weights = model.layers.map((_layer, l) => new FrozenWeights(arena, model, l));
      team = await Team.create(arena, teamOptions);
      search = await searchOf(team, model, weights.at(-1)!, batchSize);
      return new FrozenNetwork(team, model, weights, search, batchSize);
    } catch (error) {
      search?.[Symbol.dispose]();
      team?.close();
      arena.close();
      throw error;
    }
  }

  /**
   * A network as `save` or `toBytes` kept it.
   * @param source a path or file: URL; or the bytes, as an array, a Blob, or in a browser a Response.
   * @throws {Error} naming the file, if it is damaged or holds no frozen network.
   * @throws {TypeError} if the source is something else. @throws {RangeError} if the options are out of range.
   */
  static async load(source: ByteSource, options: FrozenOptions = {}): Promise<FrozenNetwork> {
    const { bytes, name } = await readSource(source, 'the frozen network');
    return FrozenNetwork.of(decodeFrozen(bytes, name), options);
  }

  /** Threads at work: fewer than asked for where memory cannot be shared. */
  get threads(): number {
    this.checkOpen();
    return this.#team.threads;
  }

  /** Why there are fewer threads than were asked for, if so. */
  get reason(): string | undefined {
    this.checkOpen();
    return this.#team.reason;
  }

  /** Bytes that weights, tables and buffers take. */
  memoryUsage(): number {
    this.checkOpen();
    return this.#team.arena.usedBytes;
  }

  /** Whether it has hash tables, so that a sparse pass is possible. */
  get hasTables(): boolean {
    this.checkOpen();
    return this.#search !== undefined;
  }

  /** Whether it has signatures, so that a sparse pass is possible. */
  get hasSignatures(): boolean {
    this.checkOpen();
    return this.#signatures !== undefined;
  }

  /**
   * Finds how thoroughly signatures have to be searched for `recall` of the exact `k` best of rows like these, and searches so from
   * then on; of several numbers of `bits` it takes the fastest. It says what to expect, of the last layer alone. Takes seconds
   * where there are very many classes. A file keeps what it found.
   * @throws {RangeError} if there are no signatures or no rows, or a goal is out of range. @throws {TypeError} if rows do not fit.
   */
  tune(given: Inputs, goal: SignatureGoal): TuneResult {
    const inputs = this.#accept(given);
    const search = this.#signatures;
    if (!search) throw new RangeError('Only signatures are tuned, and this network has none.');
    const parts: Float32Array[] = [];
    for (let row = 0; row < inputs.rows; row += this.#batch) {
      const batch = Math.min(this.#batch, inputs.rows - row);
      const features = this.#features(this.#load(inputs, row, batch), batch) as DenseActivations;
      parts.push(search.queriesOf(features, batch));
    }
    const queries = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
    let to = 0;
    for (const part of parts) queries.set(part, (to += part.length) - part.length);
    return search.tune(queries, goal);
  }

  /**
   * Writes one safetensors file, whole or not at all.
   * @throws what the file system says.
   */
  async save(path: string): Promise<void> {
    writeFileAtomic(path, this.toBytes());
  }

  /** The same as bytes. */
  toBytes(): Uint8Array {
    return encodeFrozen(this.model);
  }

  /** The same as plain data: views of this network's memory, good until it is closed. */
  get model(): FrozenModel {
    this.checkOpen();
    const { inputs, sparse, format } = this;
    const layers = this.#layers.map(({ model }) => model);
    return {
      inputs,
      sparse,
      format,
      layers,
      tables: this.#search?.model,
      signatures: this.#signatures?.model,
    };
  }

  protected override release(): void {
    const { arena } = this.#team;
    for (const layer of this.#layers) layer[Symbol.dispose]();
    for (const each of this.#hidden) freeActivations(arena, each);
    if (this.#logits) freeActivations(arena, this.#logits);
    this.#search?.[Symbol.dispose]();
    this.#signatures?.[Symbol.dispose]();
    this.#rows[Symbol.dispose]();
    this.#dense?.[Symbol.dispose]();
    this.#loss[Symbol.dispose]();
    this.#team.close();
    arena.close();
  }

  /** Rows as the first layer reads them. */
  #load(inputs: Inputs, first: number, count: number): Activations {
    const rows = this.#rows.load(inputs, first, count);
    return this.#dense?.of(rows, count) ?? rows;
  }

  /** What the last layer reads. */
  #features(input: Activations, batch: number): Activations {
    let x = input;
    for (const [l, output] of this.#hidden.entries()) {
      this.#layers[l]!.forward(x, output, batch);
      x = output;
    }
    return x;
  }

  #forward(input: Activations, batch: number): DenseActivations {
    const x = this.#features(input, batch);
    this.#logits ??= denseActivations(this.#team.arena, this.#batch, this.classes, true);
    this.#layers.at(-1)!.forward(x, this.#logits, batch);
    return this.#logits;
  }

  /** The sums of the classes that tables find, or of up to `k` that signatures do. */
  #forwardFound(input: Activations, batch: number, k: number): Activations {
    const x = this.#features(input, batch) as DenseActivations;
    const listed = this.#search?.find(x, batch) ?? this.#signatures!.find(x, batch, k);
    this.#layers.at(-1)!.forwardListed(x, listed, batch);
    return listed;
  }

  protected override *predicting(given: Inputs, options: PredictOptions): Piecewise<Predictions> {
    const inputs = this.#accept(given);
    const { k, pass } = acceptPrediction(options, this.classes);
    if (pass === 'sparse' && !this.#search && !this.#signatures) {
      throw new RangeError(
        'This network has neither hash tables nor signatures: the selector of its last layer has none, or they were left out.',
      );
    }
    const made = new PredictionList(inputs.rows, k, this.classes);
    using ranking = new ClassRanking(this.#team, this.#batch, k);
    for (let row = 0; row < inputs.rows; row += this.#batch) {
      const batch = Math.min(this.#batch, inputs.rows - row);
      const loaded = this.#load(inputs, row, batch);
      const sparse = pass === 'sparse';
      const outputs = sparse ? this.#forwardFound(loaded, batch, k) : this.#forward(loaded, batch);
      made.add(ranking.of(outputs, batch), batch, this.#loss.scores(outputs, batch));
      yield;
    }
    return made;
  }

  protected override *allOutputs(given: Inputs): Piecewise<Float32Array> {
    const inputs = this.#accept(given);
    const made = new Float32Array(inputs.rows * this.classes);
    for (let row = 0; row < inputs.rows; row += this.#batch) {
      const batch = Math.min(this.#batch, inputs.rows - row);
      const outputs = this.#forward(this.#load(inputs, row, batch), batch);
      writeScores(made, row, outputs, batch, this.#loss.scores(outputs, batch));
      yield;
    }
    return made;
  }

  protected override guard(): () => void {
    return () => this.checkOpen();
  }

  #accept(given: Inputs): Inputs {
    this.checkOpen();
    const inputs = acceptInputs(given);
    checkInputs(inputs, this.inputs);
    if (isSparse(inputs) === this.sparse) return inputs;
    const [made, got] = this.sparse ? ['sparse', 'dense'] : ['dense', 'sparse'];
    throw new RangeError(`This network was trained on ${made} rows; these are ${got}.`);
  }
}

/** The search by signatures is loaded when a model has some: most have none, and pages would pay for it. */
async function searchOf(
  team: Team,
  { signatures, layers, inputs }: FrozenModel,
  last: FrozenWeights,
  batch: number,
): Promise<SignatureSearch | undefined> {
  if (!signatures) return undefined;
  const { SignatureSearch } = await import('./signature-search.ts');
  return new SignatureSearch(team, signatures, last.model, layers.at(-2)?.units ?? inputs, batch);
}

/** Room for a model, generously: what is not used is not taken from the system. */
function bytesFor({ layers, tables, signatures, inputs }: FrozenModel, batch: number): number {
  const widest = Math.max(inputs, ...layers.map(({ units }) => units));
  const weights = layers.reduce((total, layer) => total + layer.weights.byteLength + 64 * widest, 0);
  const codes = tables ? 16 * tables.codes.length : 0;
  const { units, bias, weights: last } = layers.at(-1)!;
  // An index has them once more, and in 8 bits.
  const index = signatures ? 12 * (last.length + bias.length) + (units * signatures.bits) / 4 : 0;
  return Math.min(2 ** 32, 2 ** 28 + 2 * weights + index + codes + 32 * batch * widest);
}
