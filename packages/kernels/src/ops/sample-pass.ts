/** The records of a pass sample by sample. */
import type { Arena } from '../memory/arena.ts';
import { type Laid, layRecord, recordWords, writeRecord } from './record.ts';

/** One layer, and a batch's room for what flows through it. Records are those of layRows and laySparse. */
export interface SampleLayerFields {
  /** 'all': rows of weights are units, all of which fire. 'chosen': units, of which each sample has some. 'inputs': inputs. */
  readonly kind: keyof typeof SAMPLE_LAYER_KINDS;
  /** Of the kernel activateDense. */
  readonly activation: number;
  readonly rows: Int32Array;
  /** Kind 'inputs': rows of no weights, the units' biases. */
  readonly biases?: Int32Array | undefined;
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
    /** The record of a sparse input. */
    readonly sparse?: Int32Array | undefined;
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
  readonly dropout: { readonly keep: number; readonly seed: number; readonly limit: number };
}

/** Numbers of the kinds of layers: all units fire; each sample has some; rows of weights are inputs. */
export const SAMPLE_LAYER_KINDS = { all: 0, chosen: 1, inputs: 2 } as const;

/** Numbers of the losses at the end of a network. */
export const SAMPLE_LOSSES = { softmax: 0, sigmoid: 1, linear: 2 } as const;

/** A batch to be trained on. */
export interface SamplePassFields {
  /** What `laySampleLayers` gave. */
  readonly layers: Int32Array;
  readonly loss: keyof typeof SAMPLE_LOSSES;
  /** One a sample. */
  readonly losses: Float32Array;
  /** Where `clipNorm` is set: the squared norm of each layer's gradient, the last layer's first, for each sample. */
  readonly squares: Float64Array;
  readonly labelOffsets: Int32Array;
  readonly labels: Int32Array;
  readonly targets: Float32Array;
  readonly targetStride: number;
  readonly corrections?: Float32Array | undefined;
  /** The optimizer's records, one a sample, OPTIMIZER_WORDS apart. */
  readonly optimizers: Int32Array;
  /** 0 for none. */
  readonly clipNorm: number;
}

/** Words from one sample's optimizer to the next one's. */
export const OPTIMIZER_WORDS = 16;

/** Writes the records of all layers, and gives them as an array; free it like any other. */
export function laySampleLayers(arena: Arena, layers: readonly SampleLayerFields[]): Int32Array {
  const records = arena.int32(layers.length * recordWords('SampleLayer'));
  for (const [l, layer] of layers.entries()) {
    const { output, input, dense, dropout } = layer;
    const values = {
      kind: SAMPLE_LAYER_KINDS[layer.kind],
      activation: layer.activation,
      rows: layer.rows,
      biases: layer.biases,
      units: layer.units,
      offsets: output.offsets,
      ids: output.ids,
      values: output.values,
      gradients: output.gradients,
      stride: output.stride ?? 0,
      sparse: input.sparse,
      inputs: input.values,
      inputGradients: input.gradients,
      inputStride: input.stride ?? 0,
      inputWidth: input.width,
      dense: dense?.values,
      denseGradients: dense?.gradients,
      denseStride: dense?.stride ?? 0,
      keep: layer.keep,
      seed: dropout.seed,
      limit: dropout.limit,
      factor: 1 / dropout.keep,
    };
    writeRecord(arena, 'SampleLayer', values, records, l);
  }
  return records;
}

/** Writes the record of a batch into `record`, or a new one. */
export function laySamplePass(arena: Arena, pass: SamplePassFields, record?: Int32Array): Laid<'SamplePass'> {
  const count = pass.layers.length / recordWords('SampleLayer');
  const values = { ...pass, count, loss: SAMPLE_LOSSES[pass.loss], corrections: pass.corrections };
  return layRecord(arena, 'SamplePass', values, record);
}
