/** Where training takes its batches from: examples that are all here, or a stream of pieces. */
import { randomStream, resumeStream } from '@hashgrad/kernels';
import { isUsedUp, piecesOf, type ExampleStream } from '../examples/example-stream.ts';
import { inOrder, type Examples } from '../examples/examples.ts';
import { acceptNamed, streamBatches, type RowOrder } from '../passes/stream-batches.ts';
import type { Engine } from './engine.ts';
import type { FitOptions } from './fit-options.ts';
import { shapeOf, shuffled, type Run, type RunExamples, type Training } from './run.ts';
import { acceptTrainingPiece } from './step.ts';
import { WindowShuffle } from './window-shuffle.ts';

/** The rows permutation[first], permutation[first + 1], ... of examples: `count` of them. */
export interface Batch {
  readonly examples: Examples;
  readonly permutation: Int32Array;
  readonly first: number;
  readonly count: number;
  /** Whether the epoch ends with it. */
  readonly isLast: boolean;
}

type Batches = Generator<Batch, void, undefined> | AsyncGenerator<Batch, void, undefined>;

export interface Source {
  /** What a run on it notes. */
  readonly shape: RunExamples;
  /**
   * The batches of the run's epoch that are left. Its order is drawn at once, and noted in the run; or, in the middle of it, it is
   * the same again.
   */
  batches(run: Run, training: Training): Batches;
}

/** Examples that were accepted. */
export class WholeExamples implements Source {
  readonly shape: RunExamples;
  readonly #examples: Examples;
  readonly #batchSize: number;
  readonly #shuffle: boolean;

  /** @throws {RangeError} if they are to be shuffled in a window. */
  constructor(examples: Examples, batchSize: number, { shuffle = true }: FitOptions) {
    if (typeof shuffle === 'object') {
      throw new RangeError(
        'shuffle: { window } is for a stream of examples; those that are all here are shuffled as a whole: `shuffle: true`.',
      );
    }
    this.shape = shapeOf(examples);
    this.#examples = examples;
    this.#batchSize = batchSize;
    this.#shuffle = shuffle;
  }

  batches(run: Run, training: Training): Batches {
    return this.#from(run.position, this.#permutation(run, training));
  }

  *#from(position: number, permutation: Int32Array): Batches {
    const { rows } = this.#examples;
    for (let first = position; first < rows; first += this.#batchSize) {
      const count = Math.min(this.#batchSize, rows - first);
      yield { examples: this.#examples, permutation, first, count, isLast: first + count === rows };
    }
  }

  #permutation(run: Run, training: Training): Int32Array {
    const { rows } = this.#examples;
    const { shuffleState } = run;
    if (shuffleState === null) return inOrder(rows);
    if (shuffleState) return shuffled(rows, resumeStream(shuffleState));
    run.shuffleState = this.#shuffle ? training.shuffle.state() : null;
    return this.#shuffle ? shuffled(rows, training.shuffle) : inOrder(rows);
  }
}

/** Seeds of epochs' orders are below. */
const SEEDS = 2 ** 31;

/** Pieces of examples, which are looked at when they come. Batches run over their ends. */
export class StreamedExamples implements Source {
  readonly shape: RunExamples = null;
  readonly #engine: Engine;
  readonly #stream: ExampleStream;
  readonly #options: FitOptions;

  /** @throws {RangeError} if an option needs examples that are all here, or epochs a stream that begins anew. */
  constructor(engine: Engine, stream: ExampleStream, options: FitOptions) {
    checkStreamOptions(stream, options);
    this.#engine = engine;
    this.#stream = stream;
    this.#options = options;
  }

  batches(run: Run, training: Training): Batches {
    const { shuffle } = this.#options;
    if (run.shuffleState === undefined && typeof shuffle === 'object') {
      run.shuffleState = training.shuffle.state();
      run.window = shuffle.window;
      training.shuffle.integer(SEEDS);
    }
    run.shuffleState ??= null;
    const { epoch, position, shuffleState, window } = run;
    const draws = shuffleState && randomStream(resumeStream(shuffleState).integer(SEEDS), 'window');
    return this.#from(epoch, position, draws && window ? new WindowShuffle(window, draws) : undefined);
  }

  /** `position`: rows that were trained on, which are read again and left out. */
  async *#from(epoch: number, position: number, order: RowOrder | undefined): AsyncGenerator<Batch, void> {
    const engine = this.#engine;
    const { passes } = engine;
    const batches = streamBatches(passes, {
      pieces: piecesOf(this.#stream, epoch),
      batchSize: passes.options.batchSize,
      accept: (piece, number) =>
        acceptNamed(`Piece ${number} of epoch ${epoch}`, () => acceptTrainingPiece(engine, piece)),
      ...(order && { order }),
      skip: position,
      signal: this.#options.signal,
      ended: (rows) => checkRows(rows, position, epoch),
    });
    for await (const { examples, isLast } of batches) {
      yield { examples, permutation: inOrder(examples.rows), first: 0, count: examples.rows, isLast };
    }
  }
}

/** @throws {RangeError} if nothing came, or less than was seen before. */
function checkRows(came: number, position: number, epoch: number): void {
  if (position > came) {
    throw new RangeError(
      `The run to resume was at row ${position} of epoch ${epoch}; the stream has ended after ${came} rows.`,
    );
  }
  if (came > 0) return;
  throw new RangeError(
    epoch === 1
      ? 'The stream has no examples.'
      : `The stream has no examples in epoch ${epoch}: it has to begin anew for each epoch. ${ANEW}.`,
  );
}

const ANEW =
  'Give a function that makes it anew, such as the generator function itself: `pieces`, not `pieces()`';

/** @throws {RangeError} if the stream cannot be read in each of so many epochs; `name` is what the message calls it. */
export function checkReadable(stream: ExampleStream, epochs: number, name: string): void {
  if (epochs <= 1 || !isUsedUp(stream)) return;
  throw new RangeError(`${name} can be read once, and ${epochs} epochs are to be trained. ${ANEW}.`);
}

function checkStreamOptions(stream: ExampleStream, options: FitOptions): void {
  const { epochs, shuffle = true, validationSplit, evaluateTraining } = options;
  if (shuffle === true) {
    throw new RangeError(
      'A stream of examples cannot be shuffled as a whole: say `shuffle: { window: rows }`, or `shuffle: false` for rows as ' +
        'they come.',
    );
  }
  checkReadable(stream, epochs, 'This stream');
  if (validationSplit !== undefined) {
    throw new RangeError(
      'A stream of examples cannot be split: give `validation` in place of `validationSplit`.',
    );
  }
  if (evaluateTraining) {
    throw new RangeError(
      'A stream of examples is not kept for `evaluateTraining`: give `validation`, or call `evaluateAsync` with the stream.',
    );
  }
}
