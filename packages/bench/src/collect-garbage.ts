/** Garbage collection between runs. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects all garbage now. The memory of a disposed network goes back to the system only then, and V8, which does not count
 * shared memory, sees no hurry: a study of many large networks would pile them up. It also keeps a run's garbage out of the
 * next one's time.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
