/**
 * Checkpoints: safetensors files that hold all that training changes, so that it goes on with the same bits. Numbers are
 * tensors: 'layer1.weights.values' and what the optimizer keeps beside them (rows x stride, zero from the width on, as in
 * memory), 'layer2.selector....', 'best....'. The rest is JSON in the metadata.
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
import { weightArrays } from './early-stopping.ts';
import type { Engine } from './engine.ts';
import type { CreationOptions } from '../passes/passes.ts';
import type { Layer } from '../layers/layer.ts';
import type { CountsState } from '../layers/counts.ts';
import type { Run, Training } from './run.ts';
import type { Selector, SelectorState, StateArray } from '../selectors/selector.ts';
import type { Weights } from '../layers/weights.ts';
import { specFromJson } from '../spec/spec-json.ts';
import type { NetworkSpec } from '../spec/spec.ts';

const FORMAT = 'hashgrad checkpoint';
const VERSION = 1;

/** What is in the metadata, each as JSON. */
interface Metadata {
  readonly spec: NetworkSpec;
  readonly options: CreationOptions;
  /** Steps so far, of all runs. */
  readonly step: number;
  readonly shuffle: readonly number[];
  readonly run: Run | null;
  /** The mean loss by which it is told that training diverges. */
  readonly firstLoss: number | null;
  readonly counts: CountsState;
  /** One a layer: null where its selector has no state. */
  readonly selectors: readonly (Record<string, unknown> | null)[];
}

/** A file that was decoded and says that it is a checkpoint. */
export interface Checkpoint {
  readonly file: SafetensorsFile;
  readonly metadata: Metadata;
}

/** The file, as pieces that are views of the network's memory: write them before it trains on. */
export function encodeCheckpoint(engine: Engine, training: Training): Uint8Array[] {
  const states = engine.passes.layers.map(({ selector }) => selector?.state?.());
  const metadata: Metadata = {
    spec: engine.passes.spec,
    options: engine.passes.options,
    step: engine.step,
    shuffle: training.shuffle.state(),
    run: training.run ?? null,
    firstLoss: engine.divergence.first ?? null,
    counts: engine.passes.counts.get(),
    selectors: states.map((state) => state && { ...state.values }).map((values) => values ?? null),
  };
  const tensors: Record<string, Tensor> = Object.fromEntries(weightTensors(engine.passes.layers));
  for (const [l, state] of states.entries()) {
    for (const [name, data] of Object.entries(state?.arrays ?? {})) {
      tensors[selectorKey(l, name)] = { dtype: dtypeOf(data), shape: [data.length], data };
    }
  }
  for (const [name, data] of Object.entries(training.best ?? {})) {
    tensors[`best.${name}`] = { dtype: 'F32', shape: [data.length], data };
  }
  const text = Object.entries(metadata).map(([key, value]) => [key, JSON.stringify(value)] as const);
  return encodeSafetensorsPieces(tensors, {
    format: FORMAT,
    version: String(VERSION),
    ...Object.fromEntries(text),
  });
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
  const json = <K extends keyof Metadata>(key: K): Metadata[K] => {
    try {
      return JSON.parse(file.metadata[key] ?? '') as Metadata[K];
    } catch (error) {
      throw new Error(`${name}: the metadata '${key}' is no JSON: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  };
  const spec = specOf(json('spec'), name);
  const [options, step, shuffle, run] = [json('options'), json('step'), json('shuffle'), json('run')];
  const firstLoss = json('firstLoss');
  const metadata = {
    spec,
    options,
    step,
    shuffle,
    run,
    firstLoss,
    counts: json('counts'),
    selectors: json('selectors'),
  };
  return { file, metadata };
}

function specOf(json: unknown, name: string): NetworkSpec {
  try {
    return specFromJson(json);
  } catch (error) {
    throw new Error(`${name}: its network cannot be built here: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Brings a network that was just made of the checkpoint's spec and options to where it was.
 * @throws {Error} naming the file and what does not fit.
 */
export function restoreCheckpoint(engine: Engine, { file, metadata }: Checkpoint): Training {
  const expected = new Set<string>();
  const read = <D extends TensorDtype>(key: string, dtype: D, shape: readonly number[]): TensorData<D> => {
    expected.add(key);
    return tensorOf(file, key, dtype, shape);
  };
  for (const [key, { dtype, shape, data }] of weightTensors(engine.passes.layers)) {
    data.set(read(key, dtype, shape));
  }
  for (const [l, { selector }] of engine.passes.layers.entries()) {
    const prefix = selectorKey(l, '');
    const keys = Object.keys(file.tensors).filter((key) => key.startsWith(prefix));
    for (const key of keys) expected.add(key);
    const arrays = keys.map((key) => [key.slice(prefix.length), file.tensors[key]!.data] as const);
    const values = metadata.selectors[l] ?? undefined;
    const state = values && { arrays: Object.fromEntries(arrays) as Record<string, StateArray>, values };
    const { kind } = engine.passes.spec.layers[l]!.select;
    restoreSelector(file.name, `layer ${l + 1}`, kind, selector, state);
  }
  const best = Object.hasOwn(file.tensors, 'best.layer1.weights.values')
    ? Object.fromEntries(
        [...weightArrays(engine.passes.layers)].map(([name, { length }]) => [
          name,
          read(`best.${name}`, 'F32', [length]).slice(),
        ]),
      )
    : undefined;
  const surplus = Object.keys(file.tensors).find((key) => !expected.has(key));
  if (surplus !== undefined) throw new Error(`${file.name}: the network has no '${surplus}'.`);
  engine.step = metadata.step;
  engine.divergence.first = metadata.firstLoss ?? undefined;
  engine.passes.counts.set(metadata.counts);
  return { shuffle: resumeStream(metadata.shuffle), run: metadata.run ?? undefined, best };
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
