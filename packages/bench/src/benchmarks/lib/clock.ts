/** Seconds, calls a second, and memory, by the clock and by the system. */
import { collectGarbage } from '../../measures/collect-garbage.ts';

/** How often all that is compared is gone through, and the seconds that each is measured for in one round. */
export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
}

/** Seconds that the work takes. */
export function secondsOf(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** Calls a second: at least `least` calls, and as many more as `seconds` are enough for. */
export function callRate(call: () => void, seconds: number, least: number): number {
  const start = performance.now();
  const end = start + 1000 * seconds;
  let calls = 0;
  let now = start;
  while (calls < least || now < end) {
    call();
    calls++;
    now = performance.now();
  }
  return (1000 * calls) / (now - start);
}

/** Resident memory of this process in bytes, once garbage is gone. */
export function residentBytes(): number {
  collectGarbage();
  return process.memoryUsage.rss();
}
