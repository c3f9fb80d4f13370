/** The measures that a study can name. */
import type { MeasureDefinition } from '../engine/measure.ts';
import type { Study } from '../engine/study.ts';
import { choosingMeasure } from './choosing.ts';
import { attentionMeasure } from './attention.ts';
import { hashRankingMeasure } from './hash-ranking.ts';
import { searchMeasure } from './search.ts';
import { trainMeasure } from './train.ts';

/** All measures. */
export const MEASURES: readonly MeasureDefinition[] = [
  trainMeasure,
  searchMeasure,
  choosingMeasure,
  hashRankingMeasure,
  attentionMeasure,
];

/** The measure of a study: one of {@link MEASURES}, or its own. @throws {Error} that lists the measures, if it is none of them. */
export function measureOf({ name, measure }: Pick<Study, 'name' | 'measure'>): MeasureDefinition {
  if (typeof measure === 'function')
    return { name: 'own', description: 'The study’s own.', metrics: [], measure };
  if (typeof measure !== 'string') return measure;
  const known = MEASURES.find((each) => each.name === measure);
  if (known === undefined) {
    const names = MEASURES.map((each) => each.name).join(', ');
    throw new Error(
      `The study ${name}: there is no measure "${measure}"; the measures are ${names}, or a function.`,
    );
  }
  return known;
}
