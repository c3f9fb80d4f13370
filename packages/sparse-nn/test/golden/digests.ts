/** The digests of a network: of all that training it leaves behind, and of what it then predicts. */
import { createHash } from 'node:crypto';
import { decodeSafetensors } from '@hashgrad/kernels';
import { Network, nonZerosOf, type FrozenNetwork, type Predictions } from '../../src/index.ts';
import type { Behaviour } from '../../../../testing/behaviour.ts';
import type { GoldenNetwork } from './golden-network.ts';

/** Of one network, by the name of what was digested. */
export type Digests = Readonly<Record<string, string>>;

/** What digests.json holds: by what the engine does, then by the network's name. */
export type Golden = Partial<Record<Behaviour, Readonly<Record<string, Digests>>>>;

/** How a network is built; none of it but `relaxed` may change a bit. */
export interface Build {
  readonly relaxed: boolean;
  readonly threads: number;
}

const SEED = 7;
const STEPS = 30;
const BATCH = 20;

/**
 * What a part of a tensor's name is called in digests.json, where it was renamed since: its bits are the old ones. For
 * example `{ moment1: 'first' }` once layer1.weights.first is called layer1.weights.moment1.
 */
const RENAMED: Readonly<Record<string, string>> = {};

/** Where a checkpoint's metadata has what selectors keep beside their arrays: counts of draws, random streams. */
const SELECTOR_VALUES = 'selectors';

/** Trains a network for 30 steps, and digests what it then is and does. */
export async function digestsOf(golden: GoldenNetwork, build: Build): Promise<Digests> {
  const { spec, examples } = golden;
  const made: Record<string, string> = { examples: digest(...arraysOf(examples)) };
  const nonZeros = nonZerosOf([examples], BATCH);
  using net = await Network.create(spec, { seed: SEED, batchSize: BATCH, nonZeros, ...build });
  made['losses'] = digest(await train(net, golden));
  Object.assign(made, checkpointDigests(net.toBytes()));
  Object.assign(made, networkDigests(net, golden));
  for (const weights of golden.freezes === false ? [] : (['float32', 'int8'] as const)) {
    using frozen = await net.freeze({ weights, tables: golden.frozenTables ?? true, threads: build.threads });
    Object.assign(made, prefixed(`frozen ${weights}`, frozenDigests(frozen, golden)));
  }
  return made;
}

/** The loss of each step. */
async function train(net: Network, { examples }: GoldenNetwork): Promise<Float64Array> {
  const losses: number[] = [];
  const onStep = ({ loss }: { readonly loss: number }): void => void losses.push(loss);
  for await (const _ of net.fit(examples, { epochs: STEPS, maxSteps: STEPS, onStep })) void _;
  return Float64Array.from(losses);
}

/** Weights, biases, moments and tables. */
function checkpointDigests(bytes: Uint8Array): Digests {
  const { tensors, metadata } = decodeSafetensors(bytes, 'the checkpoint');
  const values = numbersOf(JSON.parse(metadata[SELECTOR_VALUES] ?? 'null'));
  return { ...tensorDigests(tensors), 'selector values': digest(Float64Array.from(values)) };
}

function networkDigests(net: Network, { spec, examples }: GoldenNetwork): Digests {
  const made: Record<string, string> = { outputs: digest(net.outputs(examples)) };
  const k = Math.min(3, spec.layers.at(-1)!.units);
  for (const pass of ['full', 'sparse'] as const) {
    Object.assign(made, prefixed(`${pass} pass`, predictionDigests(net.predict(examples, { k, pass }))));
    const { loss } = net.evaluate(examples, { pass });
    made[`${pass} pass, loss`] = digest(Float64Array.of(loss));
  }
  return made;
}

function frozenDigests(frozen: FrozenNetwork, { examples }: GoldenNetwork): Digests {
  const made: Record<string, string> = { outputs: digest(frozen.outputs(examples)) };
  Object.assign(made, tensorDigests(decodeSafetensors(frozen.toBytes(), 'the frozen network').tensors));
  for (const pass of frozen.hasTables ? (['full', 'sparse'] as const) : (['full'] as const)) {
    Object.assign(
      made,
      prefixed(`${pass} pass`, predictionDigests(frozen.predict(examples, { k: 3, pass }))),
    );
  }
  return made;
}

function predictionDigests({ ids, scores }: Predictions): Digests {
  return { ids: digest(ids), scores: digest(scores) };
}

function tensorDigests(tensors: Readonly<Record<string, { readonly data: ArrayBufferView }>>): Digests {
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [oldName(name), digest(data)]));
}

function oldName(name: string): string {
  return name
    .split('.')
    .map((part) => RENAMED[part] ?? part)
    .join('.');
}

function prefixed(prefix: string, digests: Digests): Digests {
  return Object.fromEntries(Object.entries(digests).map(([name, value]) => [`${prefix}, ${name}`, value]));
}

/** All numbers in what was parsed of JSON, in ascending order: so that they may be renamed and moved. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value)
    .flatMap(numbersOf)
    .toSorted((a, b) => a - b);
}

function arraysOf(examples: object): ArrayBufferView[] {
  return Object.values(examples).filter((value) => ArrayBuffer.isView(value));
}

/** The first 64 bits of the SHA-256 of arrays' bytes. */
function digest(...arrays: readonly ArrayBufferView[]): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}
