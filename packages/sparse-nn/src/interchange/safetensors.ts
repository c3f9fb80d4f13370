/** Weights from files of other programs, and for them: safetensors of a PyTorch state dict, for instance. */
import {
  decodeSafetensors,
  encodeSafetensors,
  readSource,
  type ByteSource,
  type SafetensorsFile,
  type Tensor,
} from '@hashgrad/kernels';
import { checkUnitWeights, type UnitWeights } from '../layers/unit-weights.ts';
import { jsonOf, shown } from '../spec/options.ts';
import type { NetworkSpec } from '../spec/spec.ts';

/** What a layer's tensors are called in a file. */
export interface LayerTensors {
  /** units x inputs, as of PyTorch's nn.Linear. */
  readonly weights: string;
  /** One a unit. None: biases are 0; in an export they are left out. */
  readonly bias?: string;
  /** Whether the file has inputs x units, as a Keras kernel or PyTorch's nn.EmbeddingBag. Default false. */
  readonly transposed?: boolean;
}

/**
 * One a layer, the first first. A string is the name of a PyTorch module: 'fc1' has 'fc1.weight' and 'fc1.bias'. null leaves the
 * layer out.
 */
export type TensorNames = readonly (string | LayerTensors | null)[];

/** What of a network is read and written, as `Network` has it. */
interface Weighted {
  readonly spec: NetworkSpec;
  copyWeights(layer: number): UnitWeights;
  setWeights(layer: number, weights: UnitWeights): void;
}

/**
 * Gives a network the weights of a safetensors file: all that are named, or, if anything does not fit, none. Hash tables are
 * built anew, and the optimizer forgets what it kept of these layers.
 * @param source a file by its path or file: URL, its bytes, or the response that brings them. Its numbers may be F32, F64, F16 or
 * BF16.
 * @throws {RangeError} if the names do not fit the network. @throws {Error} naming the file, if a tensor is missing, of another
 * shape or no floating-point numbers, or if the file is damaged.
 */
export async function importSafetensors(
  network: Weighted,
  source: ByteSource,
  names: TensorNames,
): Promise<void> {
  const { bytes, name } = await readSource(source, 'the file');
  const file = decodeSafetensors(bytes, name);
  const layers = layersOf(network, names);
  const read = layers.map(({ index, units, inputs, tensors }) => {
    const weights = numbersOf(file, tensors.weights, tensors.transposed ? [inputs, units] : [units, inputs]);
    const bias =
      tensors.bias === undefined ? new Float32Array(units) : numbersOf(file, tensors.bias, [units]);
    const own = { weights: tensors.transposed ? transpose(weights, inputs, units) : weights, bias };
    checkUnitWeights(own, units, inputs, `${name}: layer ${index + 1}`);
    return { index, own };
  });
  for (const { index, own } of read) network.setWeights(index, own);
}

/**
 * A network's weights as a safetensors file that other programs read, in 32 bits.
 * @throws {RangeError} if the names do not fit the network, or one is given twice.
 */
export function exportSafetensors(network: Weighted, names: TensorNames): Uint8Array {
  const made = new Map<string, Tensor>();
  const add = (name: string, shape: readonly number[], data: Float32Array): void => {
    if (made.has(name)) throw new RangeError(`Two tensors would be called '${name}'.`);
    made.set(name, { dtype: 'F32', shape, data });
  };
  for (const { index, units, inputs, tensors } of layersOf(network, names)) {
    const { weights, bias } = network.copyWeights(index);
    if (tensors.transposed) add(tensors.weights, [inputs, units], transpose(weights, units, inputs));
    else add(tensors.weights, [units, inputs], weights);
    if (tensors.bias !== undefined) add(tensors.bias, [units], bias);
  }
  // Programs that load what PyTorch saved look for this.
  return encodeSafetensors(Object.fromEntries(made), { format: 'pt' });
}

interface NamedLayer {
  readonly index: number;
  readonly units: number;
  readonly inputs: number;
  readonly tensors: LayerTensors;
}

/** The layers that are named. @throws {RangeError} @throws {TypeError} */
function layersOf(network: Weighted, names: TensorNames): NamedLayer[] {
  if (typeof network !== 'object' || network === null || !('copyWeights' in network)) {
    throw new TypeError(`Weights are those of a Network; got ${shown(network)}.`);
  }
  const { inputs, layers } = network.spec;
  if (!Array.isArray(names)) {
    throw new TypeError(`Names are a list, one for each of ${layers.length} layers; got ${shown(names)}.`);
  }
  if (names.length !== layers.length) {
    throw new RangeError(
      `There are names for each of ${layers.length} layers, null for one that is left out; got ${names.length}.`,
    );
  }
  return names.flatMap((own, index) => {
    if (own === null) return [];
    const tensors = typeof own === 'string' ? { weights: `${own}.weight`, bias: `${own}.bias` } : own;
    if (typeof tensors?.weights !== 'string') {
      throw new RangeError(
        `Layer ${index + 1}: names are the name of a module, { weights, bias }, or null; got ${jsonOf(own)}.`,
      );
    }
    const from = index === 0 ? inputs : layers[index - 1]!.units;
    return [{ index, units: layers[index]!.units, inputs: from, tensors }];
  });
}

/** A tensor's numbers in 32 bits. */
function numbersOf(file: SafetensorsFile, key: string, shape: readonly number[]): Float32Array {
  const tensor = Object.hasOwn(file.tensors, key) ? file.tensors[key] : undefined;
  const wanted = `${file.name}: expected the tensor '${key}' of shape [${shape.join(', ')}]`;
  if (!tensor) {
    const there = Object.keys(file.tensors).map((name) => `'${name}'`);
    throw new Error(`${wanted}; there are ${there.length === 0 ? 'none' : there.join(', ')}.`);
  }
  if (tensor.shape.join() !== shape.join()) {
    throw new Error(`${wanted}; its shape is [${tensor.shape.join(', ')}].`);
  }
  const { dtype, data } = tensor;
  if (dtype === 'F32' || dtype === 'F64') return Float32Array.from(data as Float32Array | Float64Array);
  if (dtype === 'F16') return Float32Array.from(data as Uint16Array, fromFloat16);
  if (dtype === 'BF16') return Float32Array.from(data as Uint16Array, fromBfloat16);
  throw new Error(`${wanted} in F32, F64, F16 or BF16; it is ${dtype}.`);
}

const WORD = new Uint32Array(1);
const FLOAT = new Float32Array(WORD.buffer);

/** A bfloat16 is the upper half of a 32-bit float. */
function fromBfloat16(bits: number): number {
  WORD[0] = bits << 16;
  return FLOAT[0]!;
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const made = new Float32Array(matrix.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) made[c * rows + r] = matrix[r * columns + c]!;
  }
  return made;
}
