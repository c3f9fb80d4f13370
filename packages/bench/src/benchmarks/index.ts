/** The benchmarks, by name. */
import type { Bench } from './lib/benchmark.ts';
import { costsBenchmark } from './costs.ts';
import { datasetsBenchmark } from './datasets.ts';
import { denseBenchmark } from './dense.ts';
import { gemmBenchmark } from './gemm.ts';
import { growthBenchmark } from './growth.ts';
import { minHashBenchmark } from './minhash.ts';
import { mipsBenchmark } from './mips.ts';
import { mipsInt8Benchmark } from './mips-int8.ts';
import { mipsScaleBenchmark } from './mips-scale.ts';
import { lshBenchmark } from './lsh.ts';
import { lshIndexBenchmark } from './lsh-index.ts';
import { memoriseBenchmark } from './memorise.ts';
import { mlpBenchmark } from './mlp.ts';
import { updateModesBenchmark } from './update-modes.ts';
import { predictBenchmark } from './predict.ts';
import { predictRowBenchmark } from './predict-row.ts';
import { tfjsBenchmark } from './tfjs.ts';
import { wideBenchmark } from './wide.ts';
import { wideRecallBenchmark } from './wide-recall.ts';

/** All benchmarks. */
export const BENCHMARKS: readonly Bench[] = [
  gemmBenchmark,
  denseBenchmark,
  lshBenchmark,
  minHashBenchmark,
  lshIndexBenchmark,
  mlpBenchmark,
  memoriseBenchmark,
  wideBenchmark,
  wideRecallBenchmark,
  growthBenchmark,
  predictBenchmark,
  predictRowBenchmark,
  tfjsBenchmark,
  mipsBenchmark,
  mipsScaleBenchmark,
  mipsInt8Benchmark,
  updateModesBenchmark,
  costsBenchmark,
  datasetsBenchmark,
];

/** @throws Error that lists the benchmarks, if `name` is none of them. */
export function findBenchmark(name: string): Bench {
  const found = BENCHMARKS.find((benchmark) => benchmark.name === name);
  if (found === undefined) {
    const names = BENCHMARKS.map((benchmark) => benchmark.name).join(', ');
    throw new Error(`There is no benchmark "${name}"; the benchmarks are ${names}.`);
  }
  return found;
}
