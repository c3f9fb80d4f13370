/** Rows of several pieces of examples, brought together. */
import { hasLabelSets, hasTargets, isSparse, type Examples, type Inputs } from './examples.ts';
import { weightOf } from './sample-weights.ts';

/** A row of a piece. */
export interface PieceRow {
  readonly piece: Examples;
  readonly row: number;
}

/** Where the elements of a row lie in an array of its piece. */
type Span = (row: PieceRow) => readonly [from: number, to: number];

/**
 * A copy of 1 row or more, in their order. Their pieces fit the same network: all are dense or all sparse, and all have labels or
 * all targets. Some may have classes and others sets of labels, and some sampleWeights and others none.
 */
export function gatherRows(rows: readonly PieceRow[]): Examples {
  const pieces = [...new Set(rows.map(({ piece }) => piece))];
  const weights = pieces.some(({ sampleWeights }) => sampleWeights) && {
    sampleWeights: Float32Array.from(rows, ({ piece, row }) => weightOf(piece, row)),
  };
  return { ...inputsOf(rows), ...answersOf(rows, pieces), ...weights } as Examples;
}

function inputsOf(rows: readonly PieceRow[]): Inputs {
  const { columns } = rows[0]!.piece;
  if (!isSparse(rows[0]!.piece)) {
    const inputs = new Float32Array(rows.length * columns);
    copySpans(rows, equalSpans(columns), inputs, 'inputs');
    return { rows: rows.length, columns, inputs };
  }
  const span = listSpans('offsets');
  const offsets = startsOf(rows, span);
  const ids = new Int32Array(offsets.at(-1)!);
  const values = new Float32Array(ids.length);
  copySpans(rows, span, ids, 'ids');
  copySpans(rows, span, values, 'values');
  return { rows: rows.length, columns, offsets, ids, values };
}

function answersOf(rows: readonly PieceRow[], pieces: readonly Examples[]): object {
  const [first] = pieces;
  if (hasTargets(first!)) {
    const outputs = first.targets.length / first.rows;
    const targets = new Float32Array(rows.length * outputs);
    copySpans(rows, equalSpans(outputs), targets, 'targets');
    return { targets };
  }
  const sets = listSpans('labelOffsets');
  const one = equalSpans(1);
  const span: Span = (row) => (hasLabelSets(row.piece) ? sets(row) : one(row));
  const labelOffsets = startsOf(rows, span);
  const labels = new Int32Array(labelOffsets.at(-1)!);
  copySpans(rows, span, labels, 'labels');
  return pieces.some(hasLabelSets) ? { labelOffsets, labels } : { labels };
}

/** Rows of `width` elements. */
function equalSpans(width: number): Span {
  return ({ row }) => [row * width, (row + 1) * width];
}

/** Rows of any length, whose starts the piece has. */
function listSpans(offsets: 'offsets' | 'labelOffsets'): Span {
  return ({ piece, row }) => {
    const starts = (piece as Partial<Record<typeof offsets, Int32Array>>)[offsets]!;
    return [starts[row]!, starts[row + 1]!];
  };
}

function startsOf(rows: readonly PieceRow[], span: Span): Int32Array {
  const starts = new Int32Array(rows.length + 1);
  for (const [i, row] of rows.entries()) {
    const [from, to] = span(row);
    starts[i + 1] = starts[i]! + to - from;
  }
  return starts;
}

/** Writes the rows' elements of the array of that name to `to`, one row after the other. */
function copySpans(
  rows: readonly PieceRow[],
  span: Span,
  to: Float32Array | Int32Array,
  name: 'inputs' | 'ids' | 'values' | 'labels' | 'targets',
): void {
  let at = 0;
  for (const row of rows) {
    const [start, end] = span(row);
    const values = (row.piece as Partial<Record<typeof name, Float32Array | Int32Array>>)[name]!;
    to.set(values.subarray(start, end), at);
    at += end - start;
  }
}
