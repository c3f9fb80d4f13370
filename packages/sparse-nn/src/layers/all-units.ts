/** The outputs of all units, for dense samples and weights that are kept by unit: one blocked product. */
import { activateDense, gemm, type Team } from '@hashgrad/kernels';
import type { HiddenActivation } from './activation.ts';
import { rowsOf, type DenseActivations } from './activations.ts';

/** Weights by unit: rows x stride, of which `width` count. */
export interface UnitWeights {
  readonly rows: number;
  readonly width: number;
  readonly stride: number;
  readonly values: Float32Array;
  readonly bias: Float32Array | undefined;
}

/** Writes the activations of `batch` samples, or with 'linear' their weighted sums, to `output`. */
export function computeAllUnits(
  team: Team,
  { rows, width, stride, values, bias }: UnitWeights,
  activation: HiddenActivation,
  x: Pick<DenseActivations, 'values' | 'stride'>,
  output: Pick<DenseActivations, 'values' | 'stride'>,
  batch: number,
): void {
  gemm(team, {
    out: output.values,
    outStride: output.stride,
    a: rowsOf(x),
    b: { values, row: 1, column: stride },
    rows: batch,
    columns: rows,
    depth: width,
  });
  const outputs = { values: output.values, stride: output.stride, width: rows };
  activateDense(team, { ...outputs, bias, activation }, batch);
}
