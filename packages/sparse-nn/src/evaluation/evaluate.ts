/** How well a network does on examples. */
import { isStream, piecesOf, type ExampleStream } from '../examples/example-stream.ts';
import { inOrder, type Examples } from '../examples/examples.ts';
import type { Piecewise } from '../layers/piecewise.ts';
import { checkSignal, type Abortable } from '../passes/abort.ts';
import type { Turns } from '../passes/event-turns.ts';
import type { Passes } from '../passes/passes.ts';
import { acceptNamed, streamBatches } from '../passes/stream-batches.ts';
import { checkOptions } from '../spec/options.ts';
import { EVALUATE_OPTIONS, type EvaluateOptions, type Evaluation } from './evaluate-options.ts';
import { Evaluator } from './evaluator.ts';
import { checkThreshold } from './label-metrics.ts';
import { checkCuts, checkPropensities } from './ranking-metrics.ts';

/**
 * Refuses options that do not fit the network.
 * @throws {RangeError} @throws {TypeError} naming the first.
 */
export function checkEvaluation(passes: Passes, options: EvaluateOptions): void {
  checkOptions('evaluate', options, EVALUATE_OPTIONS);
  const { classes, loss } = passes;
  const { propensities, threshold } = options;
  const at = cutsOf(passes, options);
  checkCuts(at, classes);
  if (loss.kind === 'linear' && (at.length > 0 || propensities)) {
    throw new RangeError('A linear output has no labels to rank: `at` and `propensities` are for classes.');
  }
  checkPropensities(propensities, classes);
  if (threshold !== undefined) {
    if (loss.kind !== 'sigmoid') {
      throw new RangeError(`\`threshold\` is for sigmoid outputs; this network has a ${loss.kind} output.`);
    }
    checkThreshold(threshold, classes);
  }
  passes.batchOf(options.pass ?? 'full');
}

function cutsOf({ classes, loss }: Passes, { at }: EvaluateOptions): readonly number[] {
  if (at !== undefined) return at;
  return loss.kind === 'linear' ? [] : [1, 3, 5].filter((cut) => cut <= classes);
}

/**
 * Measures over all examples, batch by batch.
 * @throws {RangeError} @throws {TypeError} at once, if they or the options do not fit.
 */
export function evaluation(passes: Passes, given: Examples, options: EvaluateOptions): Piecewise<Evaluation> {
  checkEvaluation(passes, options);
  if (isStream(given)) {
    throw new TypeError('A stream of examples is for `evaluateAsync`, which waits for its pieces.');
  }
  return measured(passes, passes.acceptExamples(given), options);
}

/** The same of examples that were accepted. */
export function* measured(
  passes: Passes,
  examples: Examples,
  options: EvaluateOptions,
): Piecewise<Evaluation> {
  const { rows } = examples;
  const chunk = passes.batchOf(options.pass ?? 'full');
  const permutation = inOrder(rows);
  using evaluator = new Evaluator(passes, options, cutsOf(passes, options));
  for (let row = 0; row < rows; row += chunk) {
    evaluator.add(examples, permutation, row, Math.min(chunk, rows - row));
    yield;
  }
  return evaluator.result();
}

/** Examples in pieces, for an evaluation. */
export interface EvaluatedStream {
  readonly stream: ExampleStream;
  /** What the stream's function is given, from 1. */
  readonly epoch: number;
  /** What messages call the stream, such as 'The validation'. */
  readonly name: string;
}

/**
 * The same of a stream: the bits are those of its rows in one array.
 * @param goOn called before each batch: it throws if the work cannot go on.
 * @throws what `goOn` and the stream throw, and the signal's reason once that is aborted. @throws {RangeError} @throws {TypeError} if
 * a piece does not fit, naming it, or there are no examples.
 */
export async function streamEvaluation(
  passes: Passes,
  { stream, epoch, name }: EvaluatedStream,
  options: EvaluateOptions,
  turns: Turns,
  goOn: () => void,
  signal: Abortable | undefined,
): Promise<Evaluation> {
  checkEvaluation(passes, options);
  checkSignal(signal);
  const batches = streamBatches(passes, {
    pieces: piecesOf(stream, epoch),
    batchSize: passes.batchOf(options.pass ?? 'full'),
    accept: (piece, number) =>
      acceptNamed(`Piece ${number} of ${name}`, () => {
        goOn();
        return passes.acceptPiece(piece);
      }),
    signal,
    ended(rows) {
      if (rows === 0) throw new RangeError(`There are no examples in ${name}.`);
    },
  });
  using evaluator = new Evaluator(passes, options, cutsOf(passes, options));
  for await (const { examples } of batches) {
    goOn();
    evaluator.add(examples, inOrder(examples.rows), 0, examples.rows);
    await turns.giveIfDue();
    signal?.throwIfAborted();
    goOn();
  }
  return evaluator.result();
}
