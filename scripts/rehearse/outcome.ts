/** What a rehearsal found, thing by thing. */

/** One thing that was tried. */
export interface Outcome {
  readonly title: string;
  /** What went wrong, if anything did. */
  readonly problem?: string;
}

/** Tries a thing, and says how it went as soon as it is known. It never throws. */
export async function attempt(title: string, action: () => Promise<void>): Promise<Outcome> {
  const started = performance.now();
  let problem: string | undefined;
  try {
    await action();
  } catch (error) {
    problem = (error as Error).message;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${problem === undefined ? 'passed' : 'FAILED'} ${title} (${seconds} s)`);
  return problem === undefined ? { title } : { title, problem };
}
