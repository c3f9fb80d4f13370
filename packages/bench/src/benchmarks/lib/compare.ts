/** What changed from an earlier run of a benchmark to a later one, beyond what one machine varies by itself. */
import { significant } from '../../format.ts';
import { describeMachine, type Machine } from '../../engine/machine.ts';
import { drawTable } from './result.ts';
import type { MeasuredFigure, ResultFile } from './result-file.ts';

/** A figure that both runs have. */
export interface Change {
  readonly name: string;
  readonly before: MeasuredFigure;
  readonly after: MeasuredFigure;
  /** Whether the ranges of both do not meet. */
  readonly changed: boolean;
}

/** The figures of both runs, in the later one's order. */
export function changesOf(before: ResultFile, after: ResultFile): Change[] {
  return Object.entries(after.figures).flatMap(([name, now]) => {
    const then = before.figures[name];
    if (then === undefined) return [];
    return [{ name, before: then, after: now, changed: now.low > then.high || now.high < then.low }];
  });
}

/** The comparison as text: the machine and options where they differ, what changed, what did not, and how that is judged. */
export function compareText(path: string, before: ResultFile, after: ResultFile): string {
  const changes = changesOf(before, after);
  const changed = changes.filter((change) => change.changed);
  const lines = [`Compared with ${path}:`, ...differences(before, after)];
  if (changed.length > 0) {
    lines.push(
      drawTable(
        ['', 'before', 'range', 'now', 'range', 'now / before'],
        changed.map(({ name, before: then, after: now }) => [
          name,
          significant(then.value),
          rangeText(then),
          significant(now.value),
          rangeText(now),
          (now.value / then.value).toFixed(3),
        ]),
      ),
    );
  }
  const same = changes.length - changed.length;
  lines.push(
    changed.length === 0
      ? `None of ${changes.length} figures changed beyond noise.`
      : `${changed.length} of ${changes.length} figures changed beyond noise, ${same} did not.`,
    'A figure changed if its ranges in both runs do not meet. The range is from the first to the third quartile of its ' +
      'repeats, 3 % to both sides at least; 5 % where it is measured once, 1 % for counts and shares that hardly vary.',
  );
  return lines.join('\n');
}

function differences(before: ResultFile, after: ResultFile): string[] {
  const lines: string[] = [];
  const keys = Object.keys(after.machine) as (keyof Machine)[];
  if (keys.some((key) => before.machine[key] !== after.machine[key])) {
    lines.push(
      `The machines differ, so that times do not compare: ${describeMachine(before.machine)}; now ` +
        `${describeMachine(after.machine)}.`,
    );
  }
  const options = new Set([...Object.keys(before.options ?? {}), ...Object.keys(after.options)]);
  for (const name of options) {
    const [then, now] = [before.options?.[name], after.options[name]].map((value) => JSON.stringify(value));
    if (then !== now) lines.push(`The option ${name} differs: ${then ?? 'none'}, now ${now ?? 'none'}.`);
  }
  const [gone, added] = [onlyIn(before, after), onlyIn(after, before)];
  if (gone.length > 0) lines.push(`No longer there: ${gone.join(', ')}.`);
  if (added.length > 0) lines.push(`New: ${added.join(', ')}.`);
  return lines;
}

function onlyIn(one: ResultFile, other: ResultFile): string[] {
  return Object.keys(one.figures).filter((name) => !Object.hasOwn(other.figures, name));
}

function rangeText({ low, high }: MeasuredFigure): string {
  return `${significant(low)} – ${significant(high)}`;
}
