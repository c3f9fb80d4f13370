/** What a study's report says, for pages of the site: the decisions, and the values at all points. */
import type { TrialRecord } from '../../../packages/bench/src/engine/record.ts';
import { sized, type SizeName, type Study } from '../../../packages/bench/src/engine/study.ts';
import { renderReport } from '../../../packages/bench/src/report/report.ts';

/** A study in the size of which records are kept. */
export interface Kept {
  readonly study: Study;
  readonly size: SizeName;
}

/** The report's answer, what was run, and its table of all points, with their headings. */
export function reportSections(kept: Kept, records: readonly TrialRecord[]): string {
  return drawn(kept, records, ['answer', 'setup', 'table']);
}

/** The report's answer alone, without a heading. */
export function reportAnswer(kept: Kept, records: readonly TrialRecord[]): string {
  return drawn(kept, records, ['answer']).replace(/^## .*\n\n/, '');
}

function drawn({ study, size }: Kept, records: readonly TrialRecord[], kinds: readonly string[]): string {
  const report = kinds.map((kind) => ({ kind }));
  const { markdown } = renderReport({ ...sized(study, size), report }, records);
  return (
    markdown
      .slice(markdown.indexOf('\n## ') + 1)
      // The comparisons are a table, too: more sentences than these nobody reads.
      .replace(/^(?:- .* against .*\n){21,}\n/m, '')
      .trimEnd()
      .replaceAll('<summary>', '\n<summary>')
      .replaceAll('\n\n<summary>', '\n<summary>')
  );
}
