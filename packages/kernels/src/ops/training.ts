/** Training sample by sample: each goes through all layers, forward and back, before the next one starts. */
import type { Arena } from '../memory/arena.ts';
import { Resource } from '../memory/resource.ts';
import type { Team } from '../threads/team.ts';
import { type Activation, ACTIVATION_KINDS, dropoutLimit } from './activation.ts';
import { checkSparse, type RowsRecord, type SparseRecord } from './layout.ts';
import { checkWeighting, type WeightingRecord } from './loss.ts';
import { checkUpdate, OptimizerRecord, type StepFields, writeStep } from './optimizer.ts';
import { type RecordValues, recordWords, Relaid, writeRecord } from './record.ts';
import { checkRoom, listsSpan, rowsSpan, whole } from './room.ts';

/** One layer, and a batch's room for what flows through it. */
export interface SampleLayerFields {
  /** 'all': rows of weights are units, all of which fire. 'chosen': units, of which each sample has some. 'inputs': inputs. */
  readonly kind: keyof typeof SAMPLE_LAYER_KINDS;
  readonly activation: Activation;
  readonly rows: RowsRecord;
  /** Kind 'inputs': rows of no weights, the units' biases. */
  readonly biases?: RowsRecord | undefined;
  readonly units: number;
  readonly output: {
    /** Kind 'chosen'. */
    readonly offsets?: Int32Array | undefined;
    /** Kinds 'chosen' and 'all'; the latter's are 0, 1, 2, .... */
    readonly ids?: Int32Array | undefined;
    readonly values: Float32Array;
    readonly gradients: Float32Array;
    /** Floats from one sample to the next; kinds 'all' and 'inputs'. */
    readonly stride?: number | undefined;
  };
  readonly input: {
    /** The record of a sparse input. Kind 'inputs' takes sparse inputs only, kind 'all' dense ones only. */
    readonly sparse?: SparseRecord | undefined;
    readonly values: Float32Array;
    /** None where they are not wanted. */
    readonly gradients?: Float32Array | undefined;
    readonly stride?: number | undefined;
    readonly width: number;
  };
  /** Kind 'chosen': room for the dense form of a sparse input. */
  readonly dense?:
    | { readonly values: Float32Array; readonly gradients: Float32Array; readonly stride: number }
    | undefined;
  /** What outputs are divided by. */
  readonly keep: number;
  /** The share of outputs that are kept, above 0 and at most 1, and what decides which. */
  readonly dropout: { readonly keep: number; readonly seed: number };
  /** Multiplies the optimizer's rate; 0 leaves the layer's weights as they are. Default 1. */
  readonly rateScale?: number | undefined;
}

const SAMPLE_LAYER_KINDS = { all: 0, chosen: 1, inputs: 2 } as const;

const SAMPLE_LOSSES = { softmax: 0, sigmoid: 1, linear: 2 } as const;

/** A batch to be trained on. */
export interface SampleBatch {
  /** Softmax and sigmoid cross-entropy with labels, or squared error from targets. */
  readonly loss: keyof typeof SAMPLE_LOSSES;
  /** One a sample. */
  readonly losses: Float32Array;
  /** Where `clipNorm` is set: the squared norm of each layer's gradient, the last layer's first, for each sample. */
  readonly squares: Float64Array;
  /** Sample s has the labels ids[offsets[s]] to ids[offsets[s + 1] - 1]; they are not checked. */
  readonly labels: { readonly offsets: Int32Array; readonly ids: Int32Array };
  readonly targets: Float32Array;
  readonly targetStride: number;
  /** Laid out like the last layer's outputs; see LabelledOutputs. */
  readonly corrections?: Float32Array | undefined;
  /** None: all count 1. */
  readonly weighting?: WeightingRecord | undefined;
  readonly optimizers: SampleOptimizers;
  /** The norm to which a sample's gradient is clipped; 0 for none. */
  readonly clipNorm: number;
}

/** Words from one sample's optimizer to the next one's: a cache line. */
const OPTIMIZER_WORDS = 16;

/** The optimizers of a batch's samples, each of which is a step of its own. */
export class SampleOptimizers extends Resource {
  readonly #arena: Arena;
  readonly #optimizer: OptimizerRecord;
  readonly #words: Int32Array;
  readonly #each: readonly Int32Array[];

  /** Copies of the optimizer for `samples` samples. */
  constructor(arena: Arena, optimizer: OptimizerRecord, samples: number) {
    super('This SampleOptimizers');
    this.#arena = arena;
    this.#optimizer = optimizer;
    const words = arena.int32(samples * OPTIMIZER_WORDS);
    this.#words = words;
    this.#each = Array.from({ length: samples }, (_, s) =>
      words.subarray(s * OPTIMIZER_WORDS, s * OPTIMIZER_WORDS + OptimizerRecord.WORDS),
    );
    for (const each of this.#each) each.set(optimizer.record);
  }

  /** Whose settings all have. */
  get optimizer(): OptimizerRecord {
    this.checkOpen();
    return this.#optimizer;
  }

  /** The records that ops read. */
  get words(): Int32Array {
    this.checkOpen();
    return this.#words;
  }

  /** Changes what changes from one step to the next, for sample `s`. */
  setStep(s: number, step: StepFields): void {
    this.checkOpen();
    writeStep(this.#each[s] as Int32Array, step);
  }

  protected override release(): void {
    this.#arena.free(this.#words);
  }
}

/** The records of a network's layers, which are laid once, and of batches, each laid in the place of the one before it. */
export class SamplePass extends Resource {
  readonly #arena: Arena;
  readonly #layers: readonly SampleLayerFields[];
  readonly #words: Int32Array;
  readonly #batch: Relaid<'SamplePass', SampleBatch>;

  /** @throws {TypeError} if an array is not in the arena; nothing is then taken of it. */
  constructor(arena: Arena, layers: readonly SampleLayerFields[]) {
    super('This SamplePass');
    this.#arena = arena;
    this.#layers = layers;
    const records = layers.length * recordWords('SampleLayer');
    const words = arena.int32(records + recordWords('SamplePass'));
    this.#words = words;
    this.#batch = new Relaid(arena, 'SamplePass', words.subarray(records), (batch: SampleBatch) =>
      passValues(batch, words, layers.length),
    );
    try {
      for (const [l, layer] of layers.entries()) {
        writeRecord(arena, 'SampleLayer', layerValues(layer), words, l);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** What the layers were laid with. */
  get layers(): readonly SampleLayerFields[] {
    this.checkOpen();
    return this.#layers;
  }

  /** The batch that was laid last. @throws {TypeError} if none was. */
  get batch(): SampleBatch {
    this.checkOpen();
    return this.#batch.fields;
  }

  /** The record that ops read. */
  get record(): Int32Array {
    this.checkOpen();
    return this.#batch.record;
  }

  /** @throws {TypeError} if an array is not in the arena. */
  lay(batch: SampleBatch): this {
    this.checkOpen();
    this.#batch.lay(batch);
    return this;
  }

  protected override release(): void {
    this.#arena.free(this.#words);
  }
}

/**
 * Trains on the first `count` samples of the batch that was last laid; losses are those from before each one's update. Where a
 * sample's loss, or (if it is measured) the norm of its gradient, is no finite number, nothing is updated by it, nor by those
 * after it on the same thread.
 * @throws {RangeError} if an array has too few elements. @throws {TypeError} if moments are not of the optimizer's formats.
 */
export function trainSamples(
  team: Team,
  training: {
    readonly pass: SamplePass;
    /** Threads share out the samples, and write the same weights without locks (Recht et al., NIPS 2011). */
    readonly hogwild: boolean;
  },
  count: number,
): void {
  const { arena } = team;
  const { pass, hogwild } = training;
  checkBatch(pass, count);
  const widest = pass.layers.reduce((most, { rows }) => Math.max(most, rows.fields.width), 0);
  team.run('trainSamples', [arena.address(pass.record)], count, {
    grain: hogwild ? 1 : Math.max(1, count),
    scratch: arena.kernels.trainSamplesScratchBytes(widest),
  });
}

function checkBatch({ layers, batch }: SamplePass, count: number): void {
  const { loss, losses, squares, labels, targets, targetStride, corrections, optimizers, clipNorm } = batch;
  const op = 'trainSamples';
  let outputs = 0;
  for (const [l, layer] of layers.entries()) {
    outputs = checkLayer(`${op}, layer ${l + 1}`, layer, optimizers.optimizer, count);
  }
  checkRoom(op, 'losses', losses, count);
  if (batch.weighting) checkWeighting(op, batch.weighting, count, layers.at(-1)?.units ?? 0);
  if (clipNorm > 0) checkRoom(op, 'squares', squares, count * layers.length);
  checkRoom(op, 'optimizers', optimizers.words, count * OPTIMIZER_WORDS);
  if (loss === 'linear') {
    const units = layers.at(-1)?.units ?? 0;
    checkRoom(op, 'targets', targets, rowsSpan(count, targetStride, units));
  } else {
    checkRoom(op, 'labels', labels.ids, listsSpan(op, labels.offsets, count, 'label offsets'));
    if (corrections) checkRoom(op, 'corrections', corrections, outputs);
  }
}

/** How many outputs the samples have, where each has its own. */
function checkLayer(op: string, layer: SampleLayerFields, optimizer: OptimizerRecord, count: number): number {
  const { kind, rows, biases, units, output, input, dense } = layer;
  const { sparse } = input;
  const span = outputSpan(op, layer, count);
  checkRoom(op, 'values', output.values, span);
  checkRoom(op, 'gradients', output.gradients, span);
  checkUpdate(op, rows, optimizer, kind === 'inputs' ? input.width : units);
  if (kind === 'inputs') {
    if (!biases || !sparse) throw new TypeError(`${op}: rows by input need biases and a sparse input.`);
    checkUpdate(op, biases, optimizer, units);
  } else checkRoom(op, 'ids', output.ids, kind === 'chosen' ? span : units);
  const inputs = sparse
    ? checkSparse(op, sparse, count)
    : rowsSpan(count, input.stride ?? 0, whole(input.width));
  checkRoom(op, 'inputs', input.values, inputs);
  if (input.gradients) checkRoom(op, 'input gradients', input.gradients, inputs);
  if (kind !== 'chosen' || !sparse) return span;
  const form = rowsSpan(count, dense?.stride ?? 0, whole(input.width));
  checkRoom(op, 'dense', dense?.values, form);
  if (input.gradients) checkRoom(op, 'dense gradients', dense?.gradients, form);
  return span;
}

function outputSpan(op: string, { kind, units, output }: SampleLayerFields, count: number): number {
  const { offsets, stride = 0 } = output;
  if (kind === 'chosen') return listsSpan(op, offsets ?? NONE, count);
  // A sum of rows by input is written in whole vectors.
  return rowsSpan(count, stride, kind === 'inputs' ? whole(units) : units);
}

const NONE = new Int32Array(0);

function layerValues(layer: SampleLayerFields): RecordValues<'SampleLayer'> {
  const { output, input, dense, dropout } = layer;
  return {
    kind: SAMPLE_LAYER_KINDS[layer.kind],
    activation: ACTIVATION_KINDS[layer.activation],
    rows: layer.rows.record,
    biases: layer.biases?.record,
    units: layer.units,
    offsets: output.offsets,
    ids: output.ids,
    values: output.values,
    gradients: output.gradients,
    stride: output.stride ?? 0,
    sparse: input.sparse?.record,
    inputs: input.values,
    inputGradients: input.gradients,
    inputStride: input.stride ?? 0,
    inputWidth: input.width,
    dense: dense?.values,
    denseGradients: dense?.gradients,
    denseStride: dense?.stride ?? 0,
    keep: layer.keep,
    seed: dropout.seed,
    limit: dropoutLimit(dropout.keep),
    factor: 1 / dropout.keep,
    rateScale: layer.rateScale ?? 1,
  };
}

function passValues(batch: SampleBatch, layers: Int32Array, count: number): RecordValues<'SamplePass'> {
  const { losses, squares, labels, targets, targetStride, corrections, optimizers, clipNorm } = batch;
  return {
    layers,
    count,
    loss: SAMPLE_LOSSES[batch.loss],
    losses,
    squares,
    labelOffsets: labels.offsets,
    labels: labels.ids,
    targets,
    targetStride,
    corrections,
    weighting: batch.weighting?.record,
    optimizers: optimizers.words,
    clipNorm,
  };
}
