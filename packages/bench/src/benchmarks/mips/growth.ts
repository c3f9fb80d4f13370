/** A MipsIndex of one corpus in one size, measured in a process of its own, so that its memory is gone afterwards. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { generateVectors, type VectorLaw } from '@hashgrad/datasets';
import { ExactIndex } from '@hashgrad/mips';
import type { CorpusSize } from '../../tasks/made-up-vectors.ts';
import { callRate, type Rounds } from '../lib/clock.ts';
import { buildIndex } from './build.ts';
import { corpusFolder } from './cache.ts';
import { rateAtRecall } from './curve.ts';
import { queriesOf } from './queries.ts';
import { tunedSettings } from './recall.ts';
import { sample, type Sample } from '../lib/measure.ts';

const K = 10;
const RECALL = 0.9;

/** What is measured. */
export interface GrowthTask {
  readonly corpus: VectorLaw;
  /** Half of the queries are measured, the others are for tuning. */
  readonly size: CorpusSize;
  /** Of true results. */
  readonly cache: string;
  readonly timing: Rounds;
}

export interface GrowthResult {
  /** Queries a second at a recall of 0.9, one by one on one thread. */
  readonly rate: Sample;
  /** The recall over the measured queries that tuning to 0.9 gave. */
  readonly tunedRecall: number;
  readonly buildSeconds: number;
  /** Of tuning to 0.9. */
  readonly tuneSeconds: number;
  /** Of `memoryUsage()`, and by which the process grew, each over the number of vectors. */
  readonly bytesPerVector: number;
  readonly residentPerVector: number;
}

/** Measures in this process. */
async function measureGrowth({ corpus: name, size, cache, timing }: GrowthTask): Promise<GrowthResult> {
  const corpus = generateVectors(name, size);
  using built = await buildIndex(corpus, 1);
  const exact = new ExactIndex({ dimensions: size.dimensions, int8: true });
  exact.add(corpus.vectors);
  const queries = queriesOf(corpus, exact, corpusFolder(cache, corpus, size.seed));
  queries.truth(K);
  exact[Symbol.dispose]();
  const settings = tunedSettings(built.index, queries, K, [RECALL]);
  const tuned = settings.find(({ goal }) => goal === RECALL);
  const { each } = queries;
  let asked = 0;
  const rates = Array.from({ length: timing.rounds }, () => {
    const points = settings.map(({ recall, search }) => ({
      recall,
      rate: callRate(() => search(each[asked++ % each.length] as Float32Array), timing.seconds, 20),
    }));
    const rate = rateAtRecall(points, RECALL);
    if (rate === undefined) throw new Error(`No setting of the index has a recall of ${RECALL}.`);
    return rate;
  });
  return {
    rate: sample(rates),
    tunedRecall: tuned?.recall ?? 0,
    buildSeconds: built.seconds,
    tuneSeconds: tuned?.tuneSeconds ?? 0,
    bytesPerVector: built.bytes / size.vectors,
    residentPerVector: built.residentBytes / size.vectors,
  };
}

/** Measures in a new process. @throws Error if it fails, with what it says. */
export function measureGrowthApart(task: GrowthTask): Promise<GrowthResult> {
  const file = fileURLToPath(import.meta.url);
  const execArgv = file.endsWith('.ts') ? ['--conditions=@hashgrad/source'] : [];
  const child = fork(file, [JSON.stringify(task)], { execArgv });
  const what = `Measuring ${task.size.vectors} vectors of ${task.corpus}`;
  return new Promise((resolve, reject) => {
    child.once('message', ({ result, error }: Answer) => {
      if (result) resolve(result);
      else reject(new Error(`${what} failed: ${error}`));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${what} ended early (${signal ?? code}).`)));
  });
}

/** What the process sends. */
interface Answer {
  readonly result?: GrowthResult;
  readonly error?: string;
}

/** What the process does: its argument is the task. */
async function answer(): Promise<Answer> {
  try {
    return { result: await measureGrowth(JSON.parse(process.argv[2] ?? '') as GrowthTask) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.send?.(await answer(), () => process.disconnect?.());
}
