/** What a checkpoint keeps as JSON, and the checks that it is all there: a file may come from anywhere. */
import type { SafetensorsFile } from '@hashgrad/kernels';
import type { CountsState } from '../layers/counts.ts';
import type { CreationOptions } from '../passes/passes.ts';
import { JsonValue } from '../files/json-value.ts';
import { specFromJson } from '../spec/spec-json.ts';
import type { NetworkSpec } from '../spec/spec.ts';
import type { Run } from './run.ts';

/** What is in the metadata, each as JSON. */
export interface Metadata {
  readonly spec: NetworkSpec;
  readonly options: CreationOptions;
  /** Whether multiply-add was fused, wherever the engine can: bits depend on it. */
  readonly relaxed: boolean;
  /** Steps so far, of all runs. */
  readonly step: number;
  /** Those of them that an optimizer before this one took: its schedule and its counts start there. */
  readonly optimizerStart: number;
  readonly shuffle: readonly number[];
  readonly run: Run | null;
  /** The mean loss by which it is told that training diverges. */
  readonly firstLoss: number | null;
  readonly counts: CountsState;
  /** One a layer: null where its selector has no state. */
  readonly selectors: readonly (Record<string, unknown> | null)[];
  /** The same of where training ended, if the network has its best weights instead. */
  readonly latest: readonly (Record<string, unknown> | null)[] | null;
}

/** @throws {Error} naming the file and the field that is not as a checkpoint has it. */
export function readMetadata({ metadata, name }: SafetensorsFile): Metadata {
  const at = (key: keyof Metadata): JsonValue => JsonValue.of(metadata, key, name);
  const spec = specOf(at('spec').given, name);
  const options = at('options');
  const step = at('step').count();
  return {
    spec,
    options: {
      seed: options.field('seed').integer(),
      batchSize: options.field('batchSize').count(1),
      nonZeros: options.field('nonZeros').count(),
    },
    relaxed: at('relaxed').boolean(),
    step,
    optimizerStart: at('optimizerStart').count(0, step),
    shuffle: at('shuffle').stream(),
    run: at('run').nullOr(runOf),
    firstLoss: at('firstLoss').nullOr((value) => value.number()),
    counts: at('counts').numbers() as unknown as CountsState,
    selectors: at('selectors').states(spec.layers.length),
    latest: at('latest').nullOr((value) => value.states(spec.layers.length)),
  };
}

function specOf(value: unknown, name: string): NetworkSpec {
  try {
    return specFromJson(value);
  } catch (error) {
    throw new Error(`${name}: its network cannot be built here: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function runOf(run: JsonValue): Run {
  const stopping = run.field('stopping');
  const shuffle = run.field('shuffleState');
  const order =
    shuffle.given === undefined ? {} : { shuffleState: shuffle.nullOr((value) => value.stream()) };
  const window = run.field('window');
  const best = stopping.field('best');
  return {
    examples: run.field('examples').nullOr((value) => value.counts(3)),
    epoch: run.field('epoch').count(1),
    position: run.field('position').count(),
    steps: run.field('steps').count(),
    epochSteps: run.field('epochSteps').count(),
    ...order,
    ...(window.given === undefined ? {} : { window: window.count(1) }),
    work: run.field('work').numbers() as unknown as Run['work'],
    stopping: {
      ...(best.given === undefined ? {} : { best: best.number() }),
      waited: stopping.field('waited').count(),
    },
    stopped: run.field('stopped').boolean(),
  };
}
