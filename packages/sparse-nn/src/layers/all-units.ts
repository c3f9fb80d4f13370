/** The outputs of all units, for dense samples and weights that are kept by unit: one blocked product. */
import { multiply, type Team } from '@hashgrad/kernels';
import { ACTIVATIONS, type HiddenActivation } from './activation.ts';
import type { DenseSignal } from './signal.ts';

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
  x: Pick<DenseSignal, 'values' | 'stride'>,
  output: Pick<DenseSignal, 'values' | 'stride'>,
  batch: number,
): void {
  const { arena } = team;
  const to = arena.address(output.values);
  multiply(
    team,
    to,
    output.stride,
    { address: arena.address(x.values), row: x.stride, column: 1 },
    { address: arena.address(values), row: 1, column: stride },
    { rows: batch, columns: rows, depth: width },
  );
  const biases = bias ? arena.address(bias) : 0;
  const kind = ACTIVATIONS.indexOf(activation);
  team.run('activateDense', [to, output.stride, rows, biases, kind], batch);
}
