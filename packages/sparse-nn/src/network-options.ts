/** What networks are made with, and loaded with. */
import type { TeamOptions } from '@hashgrad/kernels';
import type { AsyncOptions } from './passes/abort.ts';
import type { OptimizerSpec } from './optimizers/optimizers.ts';
import type { Known } from './spec/options.ts';

/** The memory of a network, and how it multiplies. */
export interface MemoryOptions {
  /**
   * Bytes that the network can take, or a few more; from 1 to 2^32. Default 256 MiB where memory cannot be shared, as on a page
   * that is not cross-origin isolated: such memory cannot grow. Shared memory grows up to 4 GiB by default.
   */
  readonly capacity?: number | undefined;
  /**
   * Fused multiply-add. Default: wherever the engine has it. Without it the bits are those of the WebAssembly standard, on
   * every processor; with it they depend on whether the processor fuses. A network that is loaded has what it was saved with,
   * where the engine can, so that training goes on with the same bits.
   */
  readonly relaxed?: boolean | undefined;
}

/** The threads and the memory of a network; `threads` do not change the bits, except in the update mode 'hogwild'. */
export interface RuntimeOptions extends TeamOptions, MemoryOptions {}

/** All that there are. */
export const RUNTIME_OPTIONS: Known<RuntimeOptions> = {
  threads: true,
  createWorker: true,
  capacity: true,
  relaxed: true,
};

/** Seed, threads and memory of a network, and what its batches have room for. */
export interface NetworkOptions extends RuntimeOptions, AsyncOptions {
  /** All that is random follows from it. Default 1. */
  readonly seed?: number;
  /** Samples in a batch, at most. Default 256. */
  readonly batchSize?: number;
  /** Non-zeros in a batch of sparse examples, at most; 0 for dense examples. Default 0. See `nonZerosOf`. */
  readonly nonZeros?: number;
}

/** What of a trained network is to be another one from now on. */
export interface UseOptions {
  /**
   * Another optimizer, rate or schedule. It starts anew: without moments, and at the first step of its schedule. Default: the
   * one that there was, which goes on.
   */
  readonly optimizer?: OptimizerSpec | undefined;
  /** As for Network.create; default what it was. */
  readonly batchSize?: number | undefined;
  /**
   * As for Network.create; default what it was, and more in proportion for a larger `batchSize`. Dense stays dense, and sparse
   * sparse.
   */
  readonly nonZeros?: number | undefined;
}

/** What a saved network does not say, its threads and memory; and what is to be another one. */
export interface LoadOptions extends RuntimeOptions, UseOptions, AsyncOptions {}

/** All that there are. */
export const USE_OPTIONS: Known<UseOptions> = { optimizer: true, batchSize: true, nonZeros: true };
