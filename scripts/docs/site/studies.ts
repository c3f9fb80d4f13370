/** The site's page of studies: each with its question, what it varies, what it measures and the commands that run it. */
import { studyMetrics } from '../../../packages/bench/src/analysis/aggregate.ts';
import { pointLabel } from '../../../packages/bench/src/analysis/runs.ts';
import { sized, type Study } from '../../../packages/bench/src/engine/study.ts';
import { STUDIES } from '../../../packages/bench/src/studies/index.ts';

/** The page of a study's report, in its folder: a page called index would be that of the folder. */
export function reportPage(study: string): string {
  return study === 'index' ? 'vector-index' : study;
}

/** A section for each study, by name. @param kept The studies of which records are kept. */
export function studySections(kept: readonly string[]): string {
  return STUDIES.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((study) => section(study, kept.includes(study.name)))
    .join('\n\n');
}

/** The levels of the whole form, of factors of which it leaves some out. */
function levelsText(study: Study): string {
  const whole = sized(study, 'full').factors;
  const cut = Object.entries(study.factors).flatMap(([factor, levels]) => {
    const kept = Object.keys(whole[factor] ?? {});
    return kept.length < Object.keys(levels).length ? [`\`${factor}\` ${kept.join(', ')}`] : [];
  });
  return cut.length === 0 ? '' : `, of ${cut.join('; ')}`;
}

function section(study: Study, isKept: boolean): string {
  const factors = Object.entries(study.factors).map(
    ([factor, levels]) =>
      `- \`${factor}\`: ${Object.keys(levels)
        .map((level) => `*${level}*`)
        .join(' · ')}`,
  );
  const claims = (study.contrasts ?? []).map(({ arms: [a, b], claim, metric }) =>
    claim === undefined ? `${pointLabel(a)} against ${pointLabel(b)}, by ${metric}` : claim,
  );
  return [
    `## ${study.name}`,
    '',
    study.question,
    '',
    'Varies:',
    '',
    ...factors,
    '',
    `Measures ${studyMetrics(study)
      .map(({ title }) => title)
      .join(', ')}; ${study.seeds.length} seeds.` +
      (claims.length === 0 ? '' : ` Planned comparisons: ${[...new Set(claims)].join('; ')}.`),
    '',
    isKept
      ? `Records are kept${levelsText(study)}: [what they say](${reportPage(study.name)}/).`
      : '*Not settled yet*: no records are kept. Run it, and its report answers.',
    '',
    '```sh',
    `npx @hashgrad/bench study ${study.name}           # a quick form`,
    `npx @hashgrad/bench study ${study.name} --full    # all of it`,
    '```',
  ].join('\n');
}
