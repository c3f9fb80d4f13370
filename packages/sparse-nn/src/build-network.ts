/** Making what a network works with: memory, threads and all that lies in them. */
import { Arena, hasRelaxedSimd, Team } from '@hashgrad/kernels';
import { atOnce } from './layers/piecewise.ts';
import type { MemoryOptions, RuntimeOptions, UseOptions } from './network-options.ts';
import { checkSignal, type Abortable } from './passes/abort.ts';
import { inTurns, Turns } from './passes/event-turns.ts';
import { checkMemory } from './passes/memory-needs.ts';
import type { CreationOptions } from './passes/passes.ts';
import { checkBoolean, shown } from './spec/options.ts';
import { checkNetwork, type NetworkSpec } from './spec/spec.ts';
import { restoreCheckpoint, type Checkpoint } from './training/checkpoint-file.ts';
import { Engine } from './training/engine.ts';
import type { Training } from './training/run.ts';

/** What a checkpoint is restored to. */
interface Restoring {
  readonly spec: NetworkSpec;
  readonly options: CreationOptions;
  readonly relaxed: boolean;
  /** Reads the checkpoint into an engine that was made so; one that does not fit is disposed of. */
  into(engine: Engine): { readonly engine: Engine; readonly training: Training };
}

/** The network of a checkpoint, with what is to be another one. */
export async function restored(
  checkpoint: Checkpoint,
  wanted: UseOptions,
  { relaxed, ...room }: RuntimeOptions,
  signal: Abortable | undefined,
): Promise<{ readonly engine: Engine; readonly training: Training }> {
  const { spec, options, relaxed: fused, into } = restoring(checkpoint, wanted, relaxed);
  return into(await makeEngine(spec, options, { ...room, relaxed: fused }, false, signal));
}

/** The same at once, on this thread alone. */
export function restoredAtOnce(
  checkpoint: Checkpoint,
  wanted: UseOptions,
  { relaxed, capacity }: MemoryOptions,
): { readonly engine: Engine; readonly training: Training } {
  const { spec, options, relaxed: fused, into } = restoring(checkpoint, wanted, relaxed);
  return into(makeEngineAtOnce(spec, options, { capacity, relaxed: fused }, false));
}

function restoring(
  checkpoint: Checkpoint,
  { optimizer, batchSize, nonZeros }: UseOptions,
  relaxed: boolean | undefined,
): Restoring {
  const { metadata, file } = checkpoint;
  const { options: saved } = metadata;
  const options = {
    seed: saved.seed,
    batchSize: batchSize ?? saved.batchSize,
    nonZeros: nonZeros ?? nonZerosFor(saved, batchSize ?? saved.batchSize),
  };
  if (options.nonZeros > 0 !== saved.nonZeros > 0) {
    throw new RangeError(
      `${file.name} is of a network for ${saved.nonZeros > 0 ? 'sparse' : 'dense'} examples; got nonZeros ${options.nonZeros}.`,
    );
  }
  const spec = optimizer ? { ...metadata.spec, optimizer } : metadata.spec;
  checkNetwork(spec);
  return {
    spec,
    options,
    relaxed: relaxed ?? (metadata.relaxed && hasRelaxedSimd()),
    into(engine) {
      try {
        return { engine, training: restoreCheckpoint(engine, checkpoint, optimizer !== undefined) };
      } catch (error) {
        engine[Symbol.dispose]();
        throw error;
      }
    },
  };
}

/** Room for larger batches of the same rows. */
function nonZerosFor({ nonZeros, batchSize }: CreationOptions, batch: number): number {
  return Math.max(nonZeros, Math.ceil((nonZeros / batchSize) * batch));
}

/**
 * An engine on memory and threads of its own.
 * @param initialize whether weights are drawn; they are 0 otherwise, to be read from a checkpoint.
 * @param signal ends it.
 * @throws {RangeError} for options that are out of range, or a network that does not fit into memory. @throws the signal's reason.
 */
export async function makeEngine(
  spec: NetworkSpec,
  options: CreationOptions,
  { capacity, relaxed, ...threads }: RuntimeOptions,
  initialize: boolean,
  signal: Abortable | undefined,
): Promise<Engine> {
  checkSignal(signal);
  signal?.throwIfAborted();
  const arena = openArena(spec, options, { capacity, relaxed });
  let team: Team | undefined;
  try {
    team = await Team.create(arena, threads);
    return await inTurns(Engine.make(spec, options, team, initialize), new Turns(), () => {}, signal);
  } catch (error) {
    team?.close();
    arena.close();
    throw error;
  }
}

/** The same at once, on this thread alone. */
export function makeEngineAtOnce(
  spec: NetworkSpec,
  options: CreationOptions,
  memory: MemoryOptions,
  initialize: boolean,
): Engine {
  const arena = openArena(spec, options, memory);
  const team = Team.single(arena);
  try {
    return atOnce(Engine.make(spec, options, team, initialize));
  } catch (error) {
    team.close();
    arena.close();
    throw error;
  }
}

/** Memory for a network. @throws {RangeError} for options that are out of range, or a network that does not fit. */
function openArena(spec: NetworkSpec, options: CreationOptions, { capacity, relaxed }: MemoryOptions): Arena {
  const { batchSize, nonZeros } = options;
  checkBoolean('relaxed', relaxed);
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new RangeError(`A batch has 1 or more samples; got ${shown(batchSize)}.`);
  }
  if (!(Number.isInteger(nonZeros) && nonZeros >= 0)) {
    throw new RangeError(`A batch has 0 or more non-zeros; got ${shown(nonZeros)}.`);
  }
  checkMemory(spec, options, capacity);
  return new Arena({
    ...(capacity !== undefined && { capacity }),
    ...(relaxed !== undefined && { relaxed }),
  });
}
