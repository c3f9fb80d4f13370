/** The least that a step of the wide task must do: our C++ program that visits as many rows, and does no more. */
import { COMPILER, compileProgram, type Program, whyNot } from '../native/compile.ts';

/** What the program is compiled for. */
const FORMS = [
  { bits: 128, options: ['-DTOUCH'] },
  { bits: 512, options: [] },
];

/** The program for some vectors. */
export interface VisitsForm {
  /** Of a vector. */
  readonly bits: number;
  /** For people. */
  readonly name: string;
  readonly program: Pick<Program, 'run'>;
}

/** Rows of weights that a step visits, and what of. */
export interface StepVisits {
  /** Rows of the first layer, those that a step visits, and active ones of a sample. */
  readonly features: number;
  readonly visitedFeatures: number;
  readonly nonZeros: number;
  /** The same of the last layer; each is visited for 16 samples. */
  readonly labels: number;
  readonly visitedLabels: number;
  /** Samples, a multiple of 16. */
  readonly batchSize: number;
  readonly threads: number;
}

/**
 * The program for rows of `width` numbers: for vectors as WebAssembly has them, without instructions that fetch ahead, and for wider
 * ones, with them. Or why there is none, in one line.
 */
export function visitsForms(width: number): readonly VisitsForm[] | string {
  const common = [`-DWIDTH=${width}`, '-fno-math-errno', '-ffp-contract=fast'];
  try {
    return FORMS.map(({ bits, options }) => ({
      bits,
      name: `vectors of ${bits} bits`,
      program: compileProgram('visits/visits.cpp', [...common, `-DVECTOR_BYTES=${bits / 8}`, ...options]),
    }));
  } catch (error) {
    return `Visits in C++ are left out: they need ${COMPILER}, and rows of whole vectors (${whyNot(error)}).`;
  }
}

/** Milliseconds of each of `measured` steps after `warmUp` others. */
export function visitMilliseconds(
  { program }: VisitsForm,
  visits: StepVisits,
  { warmUp, measured }: { readonly warmUp: number; readonly measured: number },
): number[] {
  return numbersOf(program.run([...argumentsOf(visits), warmUp, measured]));
}

/** How far steps by blocks of vectors are from plain ones: of both layers, as a share of the way of the weights. */
export function visitError({ program }: VisitsForm, visits: StepVisits, steps: number): number[] {
  return numbersOf(program.run([...argumentsOf(visits), 0, steps, 'check']));
}

function argumentsOf(visits: StepVisits): number[] {
  const { features, visitedFeatures, nonZeros, labels, visitedLabels, batchSize, threads } = visits;
  return [features, visitedFeatures, nonZeros, labels, visitedLabels, batchSize, threads];
}

function numbersOf(printed: Buffer): number[] {
  return printed.toString().trim().split(' ').map(Number);
}
