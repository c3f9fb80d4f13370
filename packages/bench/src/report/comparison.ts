/** A comparison of two sets of records as text for the terminal. */
import type { Change, Comparison } from '../analysis/compare.ts';
import { plural, significant } from '../format.ts';

/** Longer lists are cut; how many were left out is said. */
const MOST = 20;

/** Lines of text: what is the same, what differs by how much, what is in one set only, and how times changed. */
export function comparisonText({ same, changed, onlyA, onlyB, times }: Comparison): string {
  const lines = [
    `${plural(same, 'trial')} the same in all that is deterministic, ${changed.length} changed, ${onlyA.length} in the first only, ${onlyB.length} in the second only.`,
  ];
  for (const { label, numbers, notes } of changed.slice(0, MOST)) {
    lines.push(
      `${label}:`,
      ...numbers.map((change) => `  ${changeText(change)}`),
      ...notes.map((note) => `  ${note}`),
    );
  }
  if (changed.length > MOST) lines.push(`and ${changed.length - MOST} more that changed.`);
  for (const [where, list] of [
    ['first', onlyA],
    ['second', onlyB],
  ] as const) {
    if (list.length === 0) continue;
    const rest = list.length > MOST ? ` and ${list.length - MOST} more` : '';
    lines.push(`In the ${where} only: ${list.slice(0, MOST).join('; ')}${rest}.`);
  }
  for (const [name, { mean, low, high, n }] of Object.entries(times)) {
    const interval =
      low === null || high === null
        ? ''
        : ` (95 % interval ${significant(Math.exp(low))} to ${significant(Math.exp(high))})`;
    lines.push(
      `${name}: ${significant(Math.exp(mean))} times the first’s${interval}, over ${plural(n, 'trial')}.`,
    );
  }
  return lines.join('\n');
}

/** `accuracy.sparse: 0.94 -> 0.95 (+0.01, +1.1 %)`. */
function changeText({ name, a, b }: Change): string {
  const sign = b > a ? '+' : '';
  const share = a === 0 ? '' : `, ${sign}${((100 * (b - a)) / Math.abs(a)).toPrecision(2)} %`;
  return `${name}: ${a} -> ${b} (${sign}${(b - a).toPrecision(3)}${share})`;
}
