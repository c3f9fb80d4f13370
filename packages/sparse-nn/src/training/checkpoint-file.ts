/**
 * Checkpoints: safetensors files that hold all that training changes, so that it goes on with the same bits. Numbers are
 * tensors: 'layer1.weights.values' and what the optimizer keeps beside them (rows x stride, zero from the width on, as in
 * memory), 'layer2.selector....', 'best....'. Where the network has its best weights, 'latest....' are those that training
 * ended with, and its selectors' arrays. The rest is JSON in the metadata.
 */
import {
  decodeSafetensors,
  encodeSafetensorsPieces,
  resumeStream,
  tensorOf,
  type SafetensorsFile,
  type Tensor,
  type TensorData,
  type TensorDtype,
} from '@hashgrad/kernels';
import { checkChecksum } from '../files/checksum.ts';
import { readMetadata, type Metadata } from './checkpoint-metadata.ts';
import { checkFinite, firstNotFinite, weightArrays } from '../layers/weight-arrays.ts';
import type { Engine } from './engine.ts';
import { checkLists } from '../layers/connections.ts';
import type { Layer } from '../layers/layer.ts';
import { newTraining, type Snapshot, type Training } from './run.ts';
import type { Selector, SelectorState, StateArray } from '../selectors/selector.ts';
import type { Weights } from '../layers/weights.ts';

const FORMAT = 'hashgrad checkpoint';
const VERSION = 1;

/** A file that was decoded and says that it is a checkpoint. */
export interface Checkpoint {
  readonly file: SafetensorsFile;
  readonly metadata: Metadata;
}

/**
 * The file, as pieces that are views of the network's memory: write them before it trains on.
 * @throws {Error} if a weight is no finite number: nobody can go on from there.
 */
export function encodeCheckpoint(engine: Engine, training: Training): Uint8Array[] {
  const { passes } = engine;
  const { layers } = passes;
  const { best, latest } = training;
  checkFinite(layers);
  const states = layers.map(({ selector }) => selector?.state?.());
  const metadata: Metadata = {
    spec: passes.spec,
    options: passes.options,
    relaxed: passes.team.arena.relaxed,
    step: engine.step,
    optimizerStart: engine.optimizerStart,
    shuffle: training.shuffle.state(),
    run: training.run ?? null,
    firstLoss: engine.divergence.first ?? null,
    counts: passes.counts.get(),
    selectors: valuesOf(states),
    latest: latest ? valuesOf(latest.selectors) : null,
  };
  const tensors: Record<string, Tensor> = {
    ...Object.fromEntries(weightTensors(layers)),
    ...selectorTensors('', states),
    ...snapshotTensors(BEST, best),
    ...snapshotTensors(LATEST, latest?.weights),
    ...selectorTensors(LATEST, latest?.selectors ?? []),
  };
  const text = Object.entries(metadata).map(([key, value]) => [key, JSON.stringify(value)] as const);
  return encodeSafetensorsPieces(tensors, {
    format: FORMAT,
    version: String(VERSION),
    ...Object.fromEntries(text),
  });
}

/** The same as bytes. @throws as `encodeCheckpoint`. */
export function checkpointBytes(engine: Engine, training: Training): Uint8Array {
  const pieces = encodeCheckpoint(engine, training);
  const bytes = new Uint8Array(pieces.reduce((total, { length }) => total + length, 0));
  let to = 0;
  for (const piece of pieces) {
    bytes.set(piece, to);
    to += piece.length;
  }
  return bytes;
}

const BEST = 'best.';
const LATEST = 'latest.';

function valuesOf(states: readonly (SelectorState | undefined)[]): Metadata['selectors'] {
  return states.map((state) => (state ? { ...state.values } : null));
}

function selectorTensors(
  prefix: string,
  states: readonly (SelectorState | undefined)[],
): Record<string, Tensor> {
  const entries = states.flatMap((state, l) =>
    Object.entries(state?.arrays ?? {}).map(([name, data]): [string, Tensor] => [
      `${prefix}${selectorKey(l, name)}`,
      { dtype: dtypeOf(data), shape: [data.length], data },
    ]),
  );
  return Object.fromEntries(entries);
}

function snapshotTensors(prefix: string, snapshot: Snapshot | undefined): Record<string, Tensor> {
  const entries = Object.entries(snapshot ?? {}).map(([name, data]): [string, Tensor] => [
    `${prefix}${name}`,
    { dtype: dtypeOf(data), shape: [data.length], data },
  ]);
  return Object.fromEntries(entries);
}

/** @throws {Error} naming the file, if it is damaged, no checkpoint, or of a version that is not known. */
export function decodeCheckpoint(bytes: Uint8Array, name: string): Checkpoint {
  const file = decodeSafetensors(bytes, name);
  const { format, version } = file.metadata;
  if (format !== FORMAT) {
    throw new Error(
      `${name}: this is no checkpoint of a network: its format is ${format ? `'${format}'` : 'not named'}.`,
    );
  }
  if (version !== String(VERSION)) {
    throw new Error(
      `${name}: checkpoints of version ${VERSION} are known; this one is of version ${version}.`,
    );
  }
  checkChecksum(file);
  return { file, metadata: readMetadata(file) };
}

/**
 * Brings a network that was just made of the checkpoint's spec and options to where it was.
 * @param newOptimizer whether the network was given another optimizer: it starts without a state, at its first step.
 * @throws {Error} naming the file and what does not fit.
 */
export function restoreCheckpoint(
  engine: Engine,
  { file, metadata }: Checkpoint,
  newOptimizer: boolean,
): Training {
  const { layers, spec } = engine.passes;
  const expected = new Set<string>();
  const read = <D extends TensorDtype>(key: string, dtype: D, shape: readonly number[]): TensorData<D> => {
    expected.add(key);
    return tensorOf(file, key, dtype, shape);
  };
  for (const [key, { dtype, shape, data }] of weightTensors(layers)) {
    if (newOptimizer && !isWeight(key)) continue;
    data.set(read(key, dtype, shape));
  }
  for (const key of Object.keys(file.tensors)) {
    if (newOptimizer && /^layer\d+\.(weights|bias)\./.test(key) && !isWeight(key)) expected.add(key);
  }
  const states = (prefix: string, values: Metadata['selectors']): (SelectorState | undefined)[] =>
    layers.map((_layer, l) => readState(file, `${prefix}${selectorKey(l, '')}`, values[l], expected));
  for (const [l, state] of states('', metadata.selectors).entries()) {
    restoreSelector(file.name, `layer ${l + 1}`, spec.layers[l]!.select.kind, layers[l]!.selector, state);
  }
  const snapshot = (prefix: string): Snapshot | undefined =>
    Object.hasOwn(file.tensors, `${prefix}layer1.weights.values`)
      ? Object.fromEntries(
          [...weightArrays(layers)].map(([name, array]) => {
            const dtype = array instanceof Int32Array ? 'I32' : 'F32';
            return [name, read(`${prefix}${name}`, dtype, [array.length]).slice()];
          }),
        )
      : undefined;
  const best = snapshot(BEST);
  const weights = snapshot(LATEST);
  const latest = metadata.latest && weights && { weights, selectors: states(LATEST, metadata.latest) };
  const surplus = Object.keys(file.tensors).find((key) => !expected.has(key));
  if (surplus !== undefined) throw new Error(`${file.name}: the network has no '${surplus}'.`);
  const wrong = [...weightArrays(layers)].find(([, array]) => firstNotFinite(array) !== undefined);
  if (wrong) throw new Error(`${file.name}: '${wrong[0]}' has weights that are not finite.`);
  for (const kept of [best, weights]) if (kept) checkConnections(file.name, layers, kept);
  checkConnections(file.name, layers, Object.fromEntries(weightArrays(layers)));
  for (const layer of layers) layer.reindex?.();
  engine.step = metadata.step;
  engine.optimizerStart = newOptimizer ? metadata.step : metadata.optimizerStart;
  engine.divergence.first = metadata.firstLoss ?? undefined;
  engine.passes.counts.set(metadata.counts);
  const shuffle = resumeStream(metadata.shuffle);
  return { ...newTraining(shuffle), run: metadata.run ?? undefined, best, latest: latest ?? undefined };
}

/** Whether a tensor of a layer is of weights, biases or connections, and not of an optimizer's state. */
function isWeight(key: string): boolean {
  return /\.(values|bias|offsets|ids)$/.test(key);
}

/** @throws {Error} naming the file and the layer, if its connections are none of such a layer. */
function checkConnections(file: string, layers: readonly Layer[], arrays: Snapshot): void {
  for (const [l, { weights, parameters }] of layers.entries()) {
    for (const [part, { connections }] of Object.entries(parameters)) {
      if (!connections) continue;
      const list = (name: string): Int32Array => arrays[`layer${l + 1}.${part}.${name}`] as Int32Array;
      try {
        checkLists(list('offsets'), list('ids'), weights.width);
      } catch (error) {
        throw new Error(`${file}: the connections of layer ${l + 1} are none: ${(error as Error).message}.`, {
          cause: error,
        });
      }
    }
  }
}

function readState(
  file: SafetensorsFile,
  prefix: string,
  values: Record<string, unknown> | null | undefined,
  expected: Set<string>,
): SelectorState | undefined {
  const keys = Object.keys(file.tensors).filter((key) => key.startsWith(prefix));
  for (const key of keys) expected.add(key);
  const arrays = keys.map((key) => [key.slice(prefix.length), file.tensors[key]!.data] as const);
  return values ? { arrays: Object.fromEntries(arrays) as Record<string, StateArray>, values } : undefined;
}

function restoreSelector(
  file: string,
  layer: string,
  kind: string,
  selector: Selector | undefined,
  state: SelectorState | undefined,
): void {
  const name = `${file}: the selector '${kind}' of ${layer}`;
  if (!state) {
    if (selector?.restore) throw new Error(`${name} goes on from a state, which the checkpoint has not.`);
    return;
  }
  if (!selector) throw new Error(`${file}: ${layer} has no selector, but the checkpoint has a state of one.`);
  if (!selector.restore) throw new Error(`${name} has no \`restore\`, but the checkpoint has a state of it.`);
  try {
    selector.restore(state);
  } catch (error) {
    throw new Error(`${name} does not fit: ${(error as Error).message}`, { cause: error });
  }
}

/** The types of what layers learn: 32-bit numbers, moments of 16 bits and counts of steps. */
type WeightDtype = 'F32' | 'BF16' | 'I32';

/** All that layers learn, with the optimizer's state. */
function* weightTensors(layers: readonly Layer[]): Generator<[string, Tensor<WeightDtype>]> {
  for (const [l, { parameters }] of layers.entries()) {
    for (const [part, { arrays, rows, stride }] of Object.entries(parameters)) {
      for (const [name, data] of Object.entries(arrays)) {
        const shape = data.length === rows * stride && stride > 0 ? [rows, stride] : [data.length];
        const dtype = weightDtypeOf(data);
        yield [`layer${l + 1}.${part}.${name}`, { dtype, shape, data }];
      }
    }
  }
}

function weightDtypeOf(array: Weights['arrays'][string]): WeightDtype {
  // Moments of 16 bits are bfloat16.
  if (array instanceof Uint16Array) return 'BF16';
  return array instanceof Int32Array ? 'I32' : 'F32';
}

function selectorKey(layer: number, name: string): string {
  return `layer${layer + 1}.selector.${name}`;
}

function dtypeOf(array: StateArray): TensorDtype {
  if (array instanceof Float32Array) return 'F32';
  if (array instanceof Float64Array) return 'F64';
  if (array instanceof Int32Array) return 'I32';
  if (array instanceof Uint32Array) return 'U32';
  return array instanceof Uint16Array ? 'U16' : 'U8';
}
