/**
 * Runs examples one after the other in one process, and prints a line of JSON of what each printed. Starting Node and loading the
 * packages takes longer than most of them.
 */
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

/** What came of an example. */
export interface Outcome {
  readonly file: string;
  readonly lines: readonly string[];
  /** Of the error that it ended with. */
  readonly error?: string;
}

if (import.meta.main) {
  const print = console.log;
  for (const file of process.argv.slice(2)) {
    const lines: string[] = [];
    console.log = (...values) => void lines.push(...format(...values).split('\n'));
    let error: string | undefined;
    try {
      await import(pathToFileURL(file).href);
    } catch (thrown) {
      error = String(thrown instanceof Error ? thrown.stack : thrown);
    }
    const outcome: Outcome = { file, lines, ...(error !== undefined && { error }) };
    print(JSON.stringify(outcome));
  }
  // What an example left open, such as a team of threads, is not waited for.
  process.exit(0);
}
