/** Who may know the address of an array, and call a kernel with it: above the ops nobody, for they check that arrays have room. */

/** Where addresses are known: ops, and what defines them. */
const KNOW_ADDRESSES: readonly string[] = [
  'packages/kernels/src/memory',
  'packages/kernels/src/ops',
  'packages/kernels/src/threads',
];

/** Calls of kernels and addresses of arrays, each with what it is called in messages. */
const BY_ADDRESS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['arena.address', /\.address\(/g],
  ['arena.kernels', /\barena\.kernels\b|\{[^{}\n]*\bkernels\b[^{}\n]*\} = [\w.#]*\barena\b/g],
  ['team.run', /\bteam\.run\(/g],
  ['team.runAsync', /\bteam\.runAsync\(/g],
];

/**
 * The calls of kernels and uses of addresses in a file that may have none.
 *
 * @param file Its path from the root, with `/`.
 */
export function addressProblems(file: string, text: string): { line: number; message: string }[] {
  if (KNOW_ADDRESSES.some((free) => file === free || file.startsWith(`${free}/`))) {
    return [];
  }
  return BY_ADDRESS.flatMap(([call, pattern]) =>
    [...text.matchAll(pattern)].map(({ index }) => ({
      line: text.slice(0, index).split('\n').length,
      message: `${call} is for packages/kernels/src/ops only: call an op, which checks that arrays have room`,
    })),
  );
}
