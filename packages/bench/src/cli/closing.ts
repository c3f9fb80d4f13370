/** What a finished study says at its end: what was seen, what to open, and what to run next. */
import { contrasts } from '../analysis/contrasts.ts';
import { outcomeSentence } from '../analysis/verdict.ts';
import type { StudyReference } from '../engine/child-processes.ts';
import type { TrialRecord } from '../engine/record.ts';
import type { SizeName, Study } from '../engine/study.ts';

/** Comparisons that are told; the report has all. */
const MOST = 3;

/** Some sentences with numbers from the records, a line each. */
export function closing(
  study: Study,
  records: readonly TrialRecord[],
  { reference, size }: { readonly reference: StudyReference; readonly size: SizeName },
): string {
  const seen = contrasts(study, records)
    .filter(({ difference }) => difference !== null)
    .slice(0, MOST)
    .map(outcomeSentence);
  const name = 'name' in reference ? reference.name : reference.file;
  // A clone runs the command by its script of the same name, and has none on the path.
  const command =
    process.env['npm_lifecycle_event'] === 'hashgrad' ? 'npm run hashgrad -- study' : 'hashgrad study';
  const next =
    size === 'full' || study.sizes?.[size] === undefined
      ? `Run "${command} ${name} --seeds 10" for narrower intervals.`
      : `This was the ${size} form: run "${command} ${name} --full" for the whole study.`;
  return [...seen, next].join('\n');
}
