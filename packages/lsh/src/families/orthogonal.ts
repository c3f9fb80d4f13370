/** The orthogonal matrix nearest to a small one, in plain TypeScript. Matrices lie row by row. */

function norm(matrix: Float64Array): number {
  return Math.sqrt(matrix.reduce((sum, x) => sum + x * x, 0));
}

/** Steps of Newton's iteration: it converges quadratically once singular values are near 1. */
const STEPS = 60;

/**
 * The orthogonal matrix nearest to an n x n matrix: U V' of its singular value decomposition U S V', by Newton's iteration
 * X <- (g X + X^-T / g) / 2, g being the root of |X^-1| / |X| (Higham, SIAM J. Sci. Stat. Comput. 1986). A singular matrix is
 * moved a little first: which orthogonal matrix is nearest to it is not determined.
 */
export function polarFactor(matrix: Float64Array, n: number): Float64Array {
  const scale = norm(matrix);
  if (!(scale > 0)) return identityOf(n);
  let x = matrix.map((value) => value / scale);
  for (let step = 0; step < STEPS; step++) {
    let inverse = invert(x, n);
    while (!inverse) {
      for (let i = 0; i < n; i++) x[i * n + i]! += 1e-9;
      inverse = invert(x, n);
    }
    const gamma = Math.sqrt(norm(inverse) / norm(x));
    const next = new Float64Array(n * n);
    let moved = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const at = i * n + j;
        next[at] = 0.5 * (gamma * (x[at] as number) + (inverse[j * n + i] as number) / gamma);
        moved = Math.max(moved, Math.abs((next[at] as number) - (x[at] as number)));
      }
    }
    x = next;
    if (moved < 1e-12) break;
  }
  return x;
}

function identityOf(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
}

/** The inverse, by Gauss and Jordan with pivots; nothing if there is none. */
function invert(matrix: Float64Array, n: number): Float64Array | undefined {
  const a = matrix.slice();
  const inverse = identityOf(n);
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) {
      if (Math.abs(a[r * n + c] as number) > Math.abs(a[pivot * n + c] as number)) pivot = r;
    }
    const value = a[pivot * n + c] as number;
    if (!(Math.abs(value) > 1e-14)) return undefined;
    for (const each of [a, inverse]) {
      for (let k = 0; k < n; k++) {
        const kept = each[c * n + k] as number;
        each[c * n + k] = (each[pivot * n + k] as number) / value;
        if (pivot !== c) each[pivot * n + k] = kept;
      }
    }
    for (let r = 0; r < n; r++) {
      const factor = a[r * n + c] as number;
      if (r === c || factor === 0) continue;
      for (const each of [a, inverse]) {
        for (let k = 0; k < n; k++) each[r * n + k]! -= factor * (each[c * n + k] as number);
      }
    }
  }
  return inverse;
}
