/**
 * Collecting garbage. The memory of a disposed network goes with the next collection, which the engine is in no hurry to
 * make: it does not count shared WebAssembly memory. After a dozen wide networks there would be none left.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects now. It takes some 10 ms: not while something is timed. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
