/** What a study's report says, for its page of the site: the decisions, and the values at all points. */
import type { TrialRecord } from '../../../packages/bench/src/engine/record.ts';
import { sized, type SizeName, type Study } from '../../../packages/bench/src/engine/study.ts';
import { renderReport } from '../../../packages/bench/src/report/report.ts';

/** The report's Markdown without its title, its plots, and the details that only a machine reads. */
export function reportSections(
  { study, size }: { study: Study; size: SizeName },
  records: readonly TrialRecord[],
): string {
  const sections = [{ kind: 'answer' }, { kind: 'table' }];
  const { markdown } = renderReport({ ...sized(study, size), report: sections }, records);
  return (
    markdown
      .slice(markdown.indexOf('\n## ') + 1)
      // The comparisons are a table, too.
      .replace(/^(?:- .*\n)+\n/m, '')
      .trimEnd()
      .replaceAll('<summary>', '\n<summary>')
      .replaceAll('\n\n<summary>', '\n<summary>')
  );
}
