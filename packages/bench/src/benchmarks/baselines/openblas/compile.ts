/** Our C++ program on OpenBLAS. */
import { COMPILER, compileProgram, whyNot } from '../native/compile.ts';

/** The program, ready to run. */
export interface OpenBlas {
  /** For people: version and kernels. */
  readonly name: string;
  /**
   * What the program prints for these arguments, see openblas.cpp.
   * @param core kernels that OpenBLAS uses, by the name that OPENBLAS_CORETYPE has; default: those with all instructions of this
   * processor.
   * @throws {Error} with what it says, if it fails.
   */
  run(args: readonly (string | number)[], input?: Uint8Array, core?: string): Buffer;
}

let compiled: OpenBlas | string | undefined;

/** The program, compiled once a process; or why there is none, in one line. */
export function openBlas(): OpenBlas | string {
  compiled ??= compile();
  return compiled;
}

function compile(): OpenBlas | string {
  try {
    const program = compileProgram('openblas/openblas.cpp', ['-ffast-math', '-lopenblas']);
    // Without a core it finds the kernels for this processor, whatever other programs are told to use here.
    const run: OpenBlas['run'] = (args, input, core) => program.run(args, input, { OPENBLAS_CORETYPE: core });
    return { name: described(run(['config']).toString()), run };
  } catch (error) {
    return `OpenBLAS is left out: it needs ${COMPILER} and libopenblas-dev (${whyNot(error)}).`;
  }
}

/** Version and kernels, from what OpenBLAS says of itself. */
function described(config: string): string {
  const [, version = '', core = ''] = /OpenBLAS (\S+).* (\S+) MAX_THREADS/.exec(config) ?? [];
  return `OpenBLAS ${version} (${core})`;
}
