/** Reference of sums of rows by parts of the rows. */
import type { SparseFields } from '../../ops/layout.ts';
import type { AnyRows } from '../optimizer/adam.ts';

/** Sums of rows by parts: a part is `grain` of the rows that a batch visits, which ascend as the ids of each sample do. */
export interface Parts {
  readonly visits: Int32Array;
  readonly grain: number;
}

/**
 * For each part its sums of gatherRows: in row p * batch + s of `partials` (`stride` floats apart) the value * row of sample s,
 * where its ids are among the rows of part p; the first part has the bias.
 */
export function gatherParts(
  partials: Float32Array,
  stride: number,
  rows: AnyRows,
  { visits, grain }: Parts,
  x: SparseFields,
  bias?: Float32Array,
): void {
  const batch = x.offsets.length - 1;
  for (let p = 0; p === 0 || p * grain < visits.length; p++) {
    const part = new Set(visits.subarray(p * grain, (p + 1) * grain));
    for (let s = 0; s < batch; s++) {
      for (let j = 0; j < rows.width; j++) {
        let total = bias && p === 0 ? bias[j] : 0;
        for (let k = x.offsets[s]; k < x.offsets[s + 1]; k++) {
          if (part.has(x.ids[k])) total += x.values[k] * rows.weights[x.ids[k] * rows.stride + j];
        }
        partials[(p * batch + s) * stride + j] = total;
      }
    }
  }
}

/** The parts added up: row s of `out`, `stride` floats apart. */
export function gatherInParts(
  out: Float32Array,
  stride: number,
  rows: AnyRows,
  parts: Parts,
  x: SparseFields,
  bias?: Float32Array,
): void {
  const batch = x.offsets.length - 1;
  const count = Math.max(1, Math.ceil(parts.visits.length / parts.grain));
  const partials = new Float32Array(count * batch * stride);
  gatherParts(partials, stride, rows, parts, x, bias);
  for (let s = 0; s < batch; s++) {
    for (let j = 0; j < rows.width; j++) {
      out[s * stride + j] = 0;
      for (let p = 0; p < count; p++) out[s * stride + j] += partials[(p * batch + s) * stride + j];
    }
  }
}
