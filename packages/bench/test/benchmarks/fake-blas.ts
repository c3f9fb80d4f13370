/** A program on OpenBLAS that is none: it answers at once, so that benchmarks are tested without a compiler. */
import type { OpenBlas } from '../../src/benchmarks/baselines/openblas/compile.ts';

/** The calls that it got, and the program, of which each step and product takes 2 ms. */
export function fakeBlas(): { readonly program: OpenBlas; readonly calls: string[] } {
  const calls: string[] = [];
  const run: OpenBlas['run'] = (args, _input, core) => {
    calls.push([...args, ...(core ? [core] : [])].join(' '));
    return Buffer.from('2 2 2 \n');
  };
  return { program: { name: 'OpenBLAS of tests', run }, calls };
}

/** What benchmarks are told where there is no program. */
export const NO_BLAS = 'OpenBLAS is left out.';
export const NO_VISITS = 'Visits in C++ are left out.';
