/** How well a network does on examples. */
import { ClassRanking } from './best-classes.ts';
import { checkLabels, type Examples } from './data.ts';
import type { Engine } from './engine.ts';
import {
  checkCuts,
  checkPropensities,
  RankingSums,
  type RankingMetrics,
  type RankingOptions,
} from './ranking-metrics.ts';

/** 'full': all units compute. 'sparse': those that selectors choose, as in training. */
export type PassKind = 'full' | 'sparse';

export interface EvaluateOptions extends RankingOptions {
  /** Default 'full'. */
  readonly pass?: PassKind;
}

export interface Evaluation extends RankingMetrics {
  readonly rows: number;
  /** Share of rows whose most probable class is one of their labels: P@1. */
  readonly accuracy: number;
  /** Mean cross-entropy, in nats. In a sparse pass over the active classes; a label that is not active adds nothing. */
  readonly loss: number;
}

/** Measures over all examples. @throws {RangeError} if they or the options do not fit. */
export function evaluate(engine: Engine, examples: Examples, options: EvaluateOptions = {}): Evaluation {
  const { classes, buffers } = engine;
  const { at = [1, 3, 5].filter((cut) => cut <= classes), propensities } = options;
  engine.check(examples);
  checkLabels(examples, classes);
  checkCuts(at, classes);
  checkPropensities(propensities, classes);
  const chunk = passBatch(engine, options.pass);
  const order = Int32Array.from({ length: examples.rows }, (_, row) => row);
  const sums = new RankingSums(at, propensities);
  const first = new RankingSums([1], undefined);
  using ranking = new ClassRanking(engine.team, chunk, Math.max(1, ...at));
  let loss = 0;
  engine.counts.paused(() => {
    for (let row = 0; row < examples.rows; row += chunk) {
      const batch = Math.min(chunk, examples.rows - row);
      buffers.load(examples, order, row, batch);
      const logits = options.pass === 'sparse' ? engine.forward(batch, false) : engine.forwardAll(batch);
      const best = ranking.of(logits, batch);
      for (let s = 0; s < batch; s++) {
        sums.add(examples, row + s, best.ids, s * ranking.k, best.lengths[s]!);
        first.add(examples, row + s, best.ids, s * ranking.k, Math.min(1, best.lengths[s]!));
      }
      loss += engine.loss.apply(logits, buffers.labels, batch);
    }
  });
  const { rows } = examples;
  const accuracy = first.metrics(rows).precision[1]!;
  return { rows, accuracy, loss: loss / rows, ...sums.metrics(rows) };
}

/** Samples that a pass takes at once. @throws {RangeError} if there is no such pass. */
export function passBatch(engine: Engine, pass: PassKind = 'full'): number {
  if (pass !== 'full' && pass !== 'sparse') {
    throw new RangeError(`A pass is 'full' or 'sparse'; got '${String(pass)}'.`);
  }
  return pass === 'full' ? engine.fullBatch : engine.options.batchSize;
}
