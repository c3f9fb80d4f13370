/** A network that can only predict, as plain data: what freezing makes and a file holds. */
import {
  decodeSafetensors,
  encodeSafetensors,
  tensorOf,
  type Tensor,
  type TensorDtype,
} from '@hashgrad/kernels';
import { familyOf, type FamilySpec } from '@hashgrad/lsh';
import { transformOf, type TransformSpec } from '@hashgrad/mips';
import { checkChecksum } from '../files/checksum.ts';
import { ACTIVATIONS } from '../layers/activation.ts';
import { firstNotFinite } from '../layers/weight-arrays.ts';
import { JsonValue } from '../files/json-value.ts';
import { shown } from '../spec/options.ts';
import type { FrozenTables } from './frozen-tables.ts';
import { acceptSignatures, type FrozenSignatures } from './frozen-signatures.ts';
import type { LayerSpec } from '../spec/spec.ts';

/** 8-bit weights are scale * integers from -127 to 127, a scale for each row. */
export type WeightsFormat = 'float32' | 'int8';

/** A layer as plain data. */
export interface FrozenLayerModel {
  readonly units: number;
  readonly activation: LayerSpec['activation'];
  /** What a row of weights belongs to: a unit; or, in a first layer on sparse rows, an input. */
  readonly rowOf: 'unit' | 'input';
  /** Numbers from one row of weights to the next: `width`, or a few more. */
  readonly stride: number;
  /** rows x stride: a row has `width` weights. */
  readonly weights: Float32Array | Int8Array;
  /** One a row; only of 8-bit weights. */
  readonly scales?: Float32Array | undefined;
  /** One a unit. */
  readonly bias: Float32Array;
}

/** A network that can only predict, as plain data. */
export interface FrozenModel {
  readonly inputs: number;
  /** Whether it predicts for sparse rows. */
  readonly sparse: boolean;
  readonly format: WeightsFormat;
  readonly layers: readonly FrozenLayerModel[];
  /** Of the last layer's weights; there are those, or signatures, or none. */
  readonly tables?: FrozenTables | undefined;
  readonly signatures?: FrozenSignatures | undefined;
}

const FORMAT = 'hashgrad frozen network';
const VERSION = 1;

/** What the metadata has as JSON, the arrays being tensors. */
interface Shape {
  readonly inputs: number;
  readonly sparse: boolean;
  readonly format: WeightsFormat;
  readonly layers: readonly Pick<FrozenLayerModel, 'units' | 'activation' | 'rowOf'>[];
  readonly tables?: Omit<FrozenTables, 'codes'> | undefined;
  readonly signatures?: FrozenSignatures | undefined;
}

/** One safetensors file: 'layer1.weights' (rows x width), 'layer1.scales', 'layer1.bias', ..., 'tables.codes'. */
export function encodeFrozen(model: FrozenModel): Uint8Array {
  const { inputs, sparse, format, layers, tables, signatures } = model;
  const tensors: Record<string, Tensor> = {};
  for (const [l, layer] of layers.entries()) {
    const { weights, scales, bias, units } = layer;
    const { rows, width } = sizeOf(model, l);
    const dtype = weights instanceof Int8Array ? 'I8' : 'F32';
    tensors[`layer${l + 1}.weights`] = { dtype, shape: [rows, width], data: compact(layer, width) };
    tensors[`layer${l + 1}.bias`] = { dtype: 'F32', shape: [units], data: bias };
    if (scales) tensors[`layer${l + 1}.scales`] = { dtype: 'F32', shape: [rows], data: scales };
  }
  if (tables) tensors['tables.codes'] = codesTensor(tables.codes, layers.at(-1)!.units);
  const shape: Shape = {
    inputs,
    sparse,
    format,
    layers: layers.map(({ units, activation, rowOf }) => ({ units, activation, rowOf })),
    tables: tables && shapeOf(tables),
    signatures,
  };
  return encodeSafetensors(tensors, {
    format: FORMAT,
    version: String(VERSION),
    model: JSON.stringify(shape),
  });
}

/** @throws {Error} naming the file, if it is damaged or holds no frozen network. */
export function decodeFrozen(bytes: Uint8Array, name: string): FrozenModel {
  const file = decodeSafetensors(bytes, name);
  const { format, version } = file.metadata;
  if (format !== FORMAT) {
    throw new Error(
      `${name}: this is no frozen network: its format is ${format ? `'${format}'` : 'not named'}.`,
    );
  }
  if (version !== String(VERSION)) {
    throw new Error(
      `${name}: frozen networks of version ${VERSION} are known; this one is of version ${version}.`,
    );
  }
  checkChecksum(file);
  const shape = readShape(JsonValue.of(file.metadata, 'model', name));
  const layers = shape.layers.map(({ units, activation, rowOf }, l) => {
    const { rows, width } = sizeOf(shape, l);
    const key = `layer${l + 1}`;
    const narrow = shape.format === 'int8';
    const weights = tensorOf(file, `${key}.weights`, narrow ? 'I8' : 'F32', [rows, width]);
    const scales = narrow ? tensorOf(file, `${key}.scales`, 'F32', [rows]) : undefined;
    const bias = tensorOf(file, `${key}.bias`, 'F32', [units]);
    for (const array of [weights, scales, bias]) {
      if (!(array instanceof Float32Array) || firstNotFinite(array) === undefined) continue;
      throw new Error(`${name}: '${key}' has weights that are not finite.`);
    }
    return {
      units,
      activation,
      rowOf,
      stride: width,
      weights,
      scales,
      bias,
    };
  });
  const { units } = layers.at(-1)!;
  if (!shape.tables) return { ...shape, layers, tables: undefined };
  const { dtype, shape: [count = 0] = [] } = file.tensors['tables.codes'] ?? { dtype: 'U32' as TensorDtype };
  const narrow = dtype === 'U8' || dtype === 'U16' ? dtype : 'U32';
  const codes = tensorOf(file, 'tables.codes', narrow, [count, units]);
  return { ...shape, layers, tables: { ...shape.tables, codes: Uint32Array.from(codes) } };
}

function shapeOf(tables: FrozenTables): Shape['tables'] {
  const { family, transform, rank, minCollisions, probes, limit, seed } = tables;
  return { family, transform, rank, minCollisions, probes, limit, seed };
}

/**
 * Refuses what has not the form of a model: numbers of weights and biases are those of its layers.
 * @throws {TypeError} @throws {RangeError} naming the layer.
 */
export function checkModel(model: FrozenModel): void {
  if (typeof model !== 'object' || model === null || !Array.isArray(model.layers) || !model.layers.length) {
    throw new TypeError(
      `A frozen model is { inputs, sparse, format, layers, tables, signatures }, as \`frozen.model\`; got ${shown(model)}.`,
    );
  }
  for (const [l, layer] of model.layers.entries()) {
    const { weights, bias, scales, stride, units } = layer;
    const { rows, width } = sizeOf(model, l);
    const fits =
      (model.format === 'int8' ? weights instanceof Int8Array : weights instanceof Float32Array) &&
      stride >= width &&
      weights.length === rows * stride &&
      bias instanceof Float32Array &&
      bias.length === units &&
      (model.format !== 'int8' || (scales instanceof Float32Array && scales.length === rows));
    if (!fits) {
      throw new RangeError(
        `Layer ${l + 1} of a frozen model has not the arrays of ${rows} rows of ${width} ${model.format} weights.`,
      );
    }
  }
}

/** Rows of weights of layer `l`, and weights in a row. */
export function sizeOf(
  { inputs, layers }: Pick<Shape, 'inputs' | 'layers'>,
  l: number,
): { readonly rows: number; readonly width: number } {
  const { rowOf, units } = layers[l]!;
  const from = l === 0 ? inputs : layers[l - 1]!.units;
  return rowOf === 'unit' ? { rows: units, width: from } : { rows: from, width: units };
}

/** The weights without padding: rows x width. */
export function compact({ weights, stride }: FrozenLayerModel, width: number): Float32Array | Int8Array {
  if (stride === width) return weights;
  const rows = weights.length / stride;
  const made = weights instanceof Int8Array ? new Int8Array(rows * width) : new Float32Array(rows * width);
  for (let r = 0; r < rows; r++) made.set(weights.subarray(r * stride, r * stride + width), r * width);
  return made;
}

/** Codes in the fewest bytes that they fit into. */
function codesTensor(codes: Uint32Array, units: number): Tensor {
  const highest = codes.reduce((most, code) => Math.max(most, code), 0);
  const shape = [codes.length / units, units];
  if (highest < 2 ** 8) return { dtype: 'U8', shape, data: Uint8Array.from(codes) };
  if (highest < 2 ** 16) return { dtype: 'U16', shape, data: Uint16Array.from(codes) };
  return { dtype: 'U32', shape, data: codes };
}

/** @throws {Error} naming the file and the field that is not as a frozen network has it. */
function readShape(model: JsonValue): Shape {
  const layers = model.field('layers').elements();
  const [tables, signatures] = [model.field('tables'), model.field('signatures')];
  const units = layers.map((layer) => layer.field('units').count(1));
  return {
    inputs: model.field('inputs').count(1),
    sparse: model.field('sparse').boolean(),
    format: model.field('format').oneOf(['float32', 'int8']),
    layers: layers.map((layer, l) => ({
      units: units[l]!,
      activation: layer
        .field('activation')
        .oneOf(l === layers.length - 1 ? ['softmax', 'sigmoid', 'linear'] : ACTIVATIONS),
      rowOf: layer.field('rowOf').oneOf(['unit', 'input']),
    })),
    tables: tables.given === undefined ? undefined : readTables(tables, units.at(-1)!),
    signatures: signatures.given === undefined ? undefined : readSignatures(signatures),
  };
}

function readSignatures(signatures: JsonValue): FrozenSignatures {
  const { seed: _, ...options } = signatures.object();
  const accepted = signatures.by(() => acceptSignatures(options));
  return { ...accepted, seed: signatures.field('seed').integer() };
}

function readTables(tables: JsonValue, units: number): NonNullable<Shape['tables']> {
  const family = tables.field('family');
  family.object();
  const bound = family.by((given) => familyOf(given as FamilySpec));
  const transform = tables.field('transform');
  transform.object();
  transform.by((given) => transformOf(given as TransformSpec, bound));
  return {
    family: family.given as FamilySpec,
    transform: transform.given as TransformSpec,
    rank: tables.field('rank').oneOf(['count', 'union']),
    minCollisions: tables.field('minCollisions').count(1, (family.given as FamilySpec).tables),
    probes: tables.field('probes').count(1),
    limit: tables.field('limit').count(1, units),
    seed: tables.field('seed').integer(),
  };
}
