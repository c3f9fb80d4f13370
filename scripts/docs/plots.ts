/** The plots of studies that a program draws for the site's pages. */
import { errors } from '../../docs/scripts/plots/attention.ts';
import { accuracies, frontier, work } from '../../docs/scripts/plots/selectors.ts';
import type { TrialRecord } from '../../packages/bench/src/engine/record.ts';
import type { SizeName, Study } from '../../packages/bench/src/engine/study.ts';
import { attention } from '../../packages/bench/src/studies/attention.ts';
import { selectors } from '../../packages/bench/src/studies/selectors.ts';

/** An SVG file drawn from records. */
export interface DocsPlot {
  /** From the root of the repository. */
  readonly file: string;
  /** As a table's. */
  readonly study: { readonly study: Study; readonly size: SizeName };
  draw(records: readonly TrialRecord[]): string;
}

const folder = 'docs/src/assets/studies';
const of = {
  selectors: { study: selectors, size: 'full' },
  attention: { study: attention, size: 'full' },
} as const;

/** All of them. */
export const PLOTS: readonly DocsPlot[] = [
  { file: `${folder}/selectors-accuracy.svg`, study: of.selectors, draw: accuracies },
  { file: `${folder}/selectors-frontier.svg`, study: of.selectors, draw: frontier },
  { file: `${folder}/selectors-work.svg`, study: of.selectors, draw: work },
  { file: `${folder}/attention-error.svg`, study: of.attention, draw: errors },
];
