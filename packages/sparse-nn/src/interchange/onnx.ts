/** Networks as ONNX, which other runtimes run: '@hashgrad/sparse-nn/onnx', apart from the rest, which needs no other package. */
import type { PbfWriter } from 'pbf';
import { compact, sizeOf, type FrozenModel } from '../inference/frozen-model.ts';
import type { LayerSpec } from '../spec/spec.ts';
import { writeModel, type OnnxModel, type OnnxNode, type OnnxTensor } from './onnx-proto.ts';

/** What a frozen network shows of itself. */
interface Exported {
  readonly model: FrozenModel;
}

/** The operator that belongs to each activation; none for a linear one. */
const OPERATORS: Readonly<Record<LayerSpec['activation'], string | undefined>> = {
  relu: 'Relu',
  linear: undefined,
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softmax: 'Softmax',
};

/** Protocol buffers have no more bytes in a message. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * A frozen network as an ONNX model (opset 17): 'inputs', rows x inputs in 32 bits, give 'outputs', rows x outputs, the numbers of
 * `outputs()`. Sparse rows go in as dense ones. 8-bit weights stay such in the file. Hash tables are left out: ONNX has no such
 * operator. It needs the package `pbf`, which is to be installed beside this one.
 * @throws {Error} if that is not installed. @throws {RangeError} for 2 GiB of weights or more, which no ONNX file holds, and for an
 * activation that ONNX has no operator for.
 */
export async function exportOnnx(network: Exported): Promise<Uint8Array> {
  const { model } = network;
  const onnx = onnxModel(model);
  const bytes = onnx.constants.reduce((total, { data }) => total + data.byteLength, 0);
  if (bytes + 1e6 > MOST_BYTES) {
    throw new RangeError(
      `An ONNX file is smaller than 2 GiB; the weights of this network take ${bytes} bytes` +
        `${model.format === 'int8' ? '' : " (freeze it with weights: 'int8' for a quarter of that)"}.`,
    );
  }
  const writer = await newWriter();
  writeModel(onnx, writer);
  return writer.finish();
}

async function newWriter(): Promise<PbfWriter> {
  try {
    const { PbfWriter: Writer } = await import('pbf');
    return new Writer();
  } catch (error) {
    throw new Error("Exporting to ONNX needs the package 'pbf': npm install pbf@5.", { cause: error });
  }
}

/** The graph: a product for each layer, and its activation. */
function onnxModel(model: FrozenModel): OnnxModel {
  const nodes: OnnxNode[] = [];
  const constants: OnnxTensor[] = [];
  let x = 'inputs';
  for (const [l, layer] of model.layers.entries()) {
    const { activation, rowOf, scales, bias, units } = layer;
    const { rows, width } = sizeOf(model, l);
    const name = `layer${l + 1}`;
    const output = l === model.layers.length - 1 ? 'outputs' : name;
    if (!Object.hasOwn(OPERATORS, activation)) {
      throw new RangeError(
        `ONNX has no operator for the activation '${String(activation)}' of layer ${l + 1}.`,
      );
    }
    const operator = OPERATORS[activation];
    const weights = `${name}.weights`;
    constants.push({ name: weights, shape: [rows, width], data: compact(layer, width) });
    constants.push({ name: `${name}.bias`, shape: [units], data: bias });
    if (scales) {
      // Each row of integers times its scale.
      constants.push({ name: `${name}.scales`, shape: [rows], data: scales });
      const inputs = [weights, `${name}.scales`];
      nodes.push({
        operator: 'DequantizeLinear',
        inputs,
        output: `${weights}.float`,
        attributes: [{ name: 'axis', integer: 0 }],
      });
    }
    nodes.push({
      operator: 'Gemm',
      inputs: [x, scales ? `${weights}.float` : weights, `${name}.bias`],
      output: operator === undefined ? output : `${name}.sums`,
      attributes: [{ name: 'transB', integer: rowOf === 'unit' ? 1 : 0 }],
    });
    if (operator !== undefined) {
      const attributes = operator === 'Softmax' ? [{ name: 'axis', integer: 1 }] : [];
      nodes.push({ operator, inputs: [`${name}.sums`], output, attributes });
    }
    x = output;
  }
  return {
    name: 'network',
    nodes,
    constants,
    input: { name: 'inputs', columns: model.inputs },
    output: { name: 'outputs', columns: model.layers.at(-1)!.units },
  };
}
