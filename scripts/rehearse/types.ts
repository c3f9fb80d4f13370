/** The published types under every compiler and way of resolving modules that users have. */
import { checkTypes, type Project } from '../consumers/check-types.ts';
import { attempt, type Outcome } from './outcome.ts';
import { COMPILERS, toolPath } from './tools.ts';

/** `module` and `moduleResolution`. */
const RESOLUTIONS = [
  ['node16', 'node16'],
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const;

/** The least that a consumer may have, and what most do; the check of the tarballs has more. */
const PROJECTS: readonly Project[] = [
  { lib: ['es2022'], exact: false },
  { lib: ['esnext', 'dom'], exact: false },
];

/** Compiles consumers in a folder in which all packages, and Node's types, are installed. */
export async function rehearseTypes(folder: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const compiler of COMPILERS) {
    const tsc = toolPath(compiler, 'bin/tsc');
    for (const [module, moduleResolution] of RESOLUTIONS) {
      outcomes.push(
        await attempt(`types, ${compiler}, ${moduleResolution}`, async () => {
          const problems = checkTypes(folder, { tsc, module, moduleResolution }, PROJECTS);
          if (problems.length > 0) throw new Error(problems.join('\n'));
        }),
      );
    }
  }
  return outcomes;
}
