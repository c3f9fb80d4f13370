/** The records of a pass sample by sample: assembly/training/sample-layout.ts has the same fields in the same order. */
import type { Arena, View } from '../memory/arena.ts';

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

export const SAMPLE_LAYER_KINDS = { all: 0, chosen: 1, inputs: 2 } as const;

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

const LAYER_WORDS = 22;
const PASS_WORDS = 12;

/** Writes the records of all layers, and gives them as an array; free it like any other. */
export function laySampleLayers(arena: Arena, layers: readonly SampleLayerFields[]): Int32Array {
  const records = arena.int32(layers.length * LAYER_WORDS);
  const floats = floatsOf(records);
  const address = (view: View | undefined): number => (view ? arena.address(view) : 0);
  for (const [l, layer] of layers.entries()) {
    const { output, input, dense, dropout } = layer;
    const at = l * LAYER_WORDS;
    records.set(
      [
        SAMPLE_LAYER_KINDS[layer.kind],
        layer.activation,
        address(layer.rows),
        address(layer.biases),
        layer.units,
        address(output.offsets),
        address(output.ids),
        address(output.values),
        address(output.gradients),
        output.stride ?? 0,
        address(input.sparse),
        address(input.values),
        address(input.gradients),
        input.stride ?? 0,
        input.width,
        address(dense?.values),
        address(dense?.gradients),
        dense?.stride ?? 0,
      ],
      at,
    );
    floats[at + 18] = layer.keep;
    records[at + 19] = dropout.seed;
    records[at + 20] = dropout.limit;
    floats[at + 21] = 1 / dropout.keep;
  }
  return records;
}

/** Writes the record of a batch into `record`, or a new one. */
export function laySamplePass(
  arena: Arena,
  pass: SamplePassFields,
  record: Int32Array = arena.int32(PASS_WORDS),
): Int32Array {
  record.set([
    arena.address(pass.layers),
    pass.layers.length / LAYER_WORDS,
    SAMPLE_LOSSES[pass.loss],
    arena.address(pass.losses),
    arena.address(pass.squares),
    arena.address(pass.labelOffsets),
    arena.address(pass.labels),
    arena.address(pass.targets),
    pass.targetStride,
    pass.corrections ? arena.address(pass.corrections) : 0,
    arena.address(pass.optimizers),
  ]);
  floatsOf(record)[11] = pass.clipNorm;
  return record;
}

function floatsOf(record: Int32Array): Float32Array {
  return new Float32Array(record.buffer, record.byteOffset, record.length);
}
