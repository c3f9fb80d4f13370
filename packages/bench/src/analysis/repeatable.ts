/** Which trials give the same numbers when they are repeated. */
import type { TrialRecord } from '../engine/record.ts';

/**
 * Whether a repeated trial gives the same to the bit, times apart. It does not where threads train without order (Hogwild),
 * nor where training ends after so many seconds.
 */
export function isRepeatable({ config }: TrialRecord['trial']): boolean {
  return (
    valueIn(config['network'], 'updateMode') !== 'hogwild' &&
    (valueIn(config['budget'], 'seconds') ?? null) === null
  );
}

function valueIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
