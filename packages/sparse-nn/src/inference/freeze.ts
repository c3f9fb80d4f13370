/** Making a network that can only predict. */
import { randomStream } from '@hashgrad/kernels';
import type { Passes } from '../passes/passes.ts';
import type { FrozenLayerModel, FrozenModel, WeightsFormat } from './frozen-model.ts';
import { freezeTables } from './frozen-tables.ts';
import { acceptSignatures, type FrozenSignatures, type SignatureOptions } from './frozen-signatures.ts';
import type { InferenceTables, SelectorSpec } from '../selectors/selector.ts';
import { capabilitiesOf } from '../selectors/selectors.ts';
import { strideOf } from '../layers/activations.ts';
import { checkFinite } from '../layers/weight-arrays.ts';
import { inPieces, type Piecewise } from '../layers/piecewise.ts';
import type { LayerWeights } from '../layers/weights.ts';
import { jsonOf, shown } from '../spec/options.ts';

/** Rows of `width` weights, `stride` floats apart. */
type Rows = Pick<LayerWeights, 'rows' | 'width' | 'stride' | 'values'>;

/** How weights are kept in a frozen network, and what hash tables it has. */
export interface FreezeOptions {
  /** 'float32' (the default): as trained. 'int8': a quarter of the memory, rounded row by row. */
  readonly weights?: WeightsFormat | undefined;
  /**
   * Hash tables of the last layer's weights. They are made anew, whatever tables training had: with hash functions of their
   * own, of the weights as they are, centred (see FrozenTables). The spec of a selector, such as lsh(), says of what family,
   * transform and size, however the layer was trained. true (the default): the spec that the layer was trained by, if that
   * selector has tables. false: none.
   */
  readonly tables?: boolean | SelectorSpec | undefined;
  /**
   * In place of tables: signatures of the last layer's weights, by which a sparse pass finds the k best classes. They find nearly
   * all of them, in less time than tables; `FrozenNetwork.tune` finds out how thoroughly they are to be searched. false (the
   * default): none. true: of 128 bits.
   */
  readonly signatures?: boolean | SignatureOptions | undefined;
}

/**
 * What predicts as the network does now, in pieces of work: it is made of a copy of the weights, which training may change meanwhile.
 * @throws {RangeError} if the options make no sense. @throws {Error} if a weight is not finite.
 */
export function* freezing(passes: Passes, options: FreezeOptions): Piecewise<FrozenModel> {
  const { weights: format = 'float32', signatures = false } = options;
  const found = acceptFound(signatures, passes);
  const { tables = found === undefined } = options;
  if (found && tables !== false) {
    throw new RangeError('A frozen network has tables or signatures, not both.');
  }
  checkFinite(passes.layers);
  if (format !== 'float32' && format !== 'int8') {
    throw new RangeError(`Frozen weights are 'float32' or 'int8'; got ${shown(format)}.`);
  }
  for (const [l, { select, units }] of passes.spec.layers.entries()) {
    const { gates } = capabilitiesOf(select, units);
    if (gates === undefined) continue;
    throw new RangeError(
      `Layer ${l + 1}: ${select.kind} with ${gates} multiplies the outputs of the units that it chooses by gates; a frozen ` +
        'network computes all hidden units as they are.',
    );
  }
  const sparse = passes.buffers.input.kind === 'sparse';
  const last = passes.layers.length - 1;
  const spec = tablesSpec(passes, tables);
  const kept = passes.layers.map(({ weights }): LayerWeights => {
    const { values, bias } = weights;
    return { ...weights, values: values.slice(), bias: bias.slice() };
  });
  const layers: FrozenLayerModel[] = [];
  for (const [l, own] of kept.entries()) {
    const { units, activation } = passes.spec.layers[l]!;
    // Candidates are rows of units, even where the one layer there is reads sparse rows.
    const rowOf = sparse && l === 0 && !((spec || found) && l === last) ? 'input' : 'unit';
    const laid = yield* rowsBy(rowOf, own);
    const { values, stride } = laid;
    const common = { units, activation, rowOf, stride, bias: own.bias.subarray(0, units) } as const;
    layers.push({
      ...common,
      ...(format === 'float32' ? { weights: values } : yield* quantized(laid)),
    });
  }
  const { inputs } = passes.spec;
  if (!spec) return { inputs, sparse, format, layers, tables: undefined, signatures: found };
  const rows = yield* rowsBy('unit', kept[last]!);
  const { bias } = kept[last]!;
  return { inputs, sparse, format, layers, tables: yield* freezeTables(passes, spec, { ...rows, bias }) };
}

/** What signatures there are, if any. @throws {RangeError} @throws {TypeError} if they make no sense. */
function acceptFound(
  signatures: boolean | SignatureOptions,
  { options }: Passes,
): FrozenSignatures | undefined {
  if (signatures === false) return undefined;
  const accepted = acceptSignatures(signatures === true ? {} : signatures);
  return { ...accepted, seed: randomStream(options.seed, 'frozen signatures').integer(2 ** 31) };
}

function tablesSpec(passes: Passes, tables: boolean | SelectorSpec): InferenceTables | undefined {
  if (tables === false) return undefined;
  const spec = tables === true ? passes.spec.layers.at(-1)!.select : tables;
  const isSpec = typeof spec === 'object' && spec !== null && typeof spec.kind === 'string';
  const { tablesForInference } = isSpec ? capabilitiesOf(spec, passes.classes) : {};
  if (tables === true || tablesForInference) return tablesForInference;
  throw new RangeError(
    `Tables are true, false, or the spec of a selector that has tables, as lsh() gives; got ${jsonOf(tables)}.`,
  );
}

/** A layer's weights by unit or by input: those that it has, if they are kept so. */
function* rowsBy(by: LayerWeights['rowOf'], weights: LayerWeights): Piecewise<Rows> {
  if (by === weights.rowOf) return weights;
  const { rows: width, width: rows, values } = weights;
  const stride = strideOf(width);
  const made = new Float32Array(rows * stride);
  yield* inPieces(width, rows, (k) => {
    for (let r = 0; r < rows; r++) made[r * stride + k] = values[k * weights.stride + r]!;
  });
  return { rows, width, stride, values: made };
}

/** Each row as a scale, its largest magnitude / 127, and integers, as far apart as the weights. */
function* quantized({
  values,
  rows,
  width,
  stride,
}: Rows): Piecewise<{ readonly weights: Int8Array; readonly scales: Float32Array }> {
  const integers = new Int8Array(rows * stride);
  const scales = new Float32Array(rows);
  yield* inPieces(rows, width, (r) => {
    const [from, end] = [r * stride, r * stride + width];
    let most = 0;
    for (let i = from; i < end; i++) most = Math.max(most, Math.abs(values[i]!));
    scales[r] = most / 127;
    if (most === 0) return;
    for (let i = from; i < end; i++) integers[i] = Math.round(values[i]! * (127 / most));
  });
  return { weights: integers, scales };
}
