/** The studies that come with the package, by name. */
import type { Study } from '../engine/study.ts';
import { activations } from './activations.ts';
import { attention } from './attention.ts';
import { balance } from './balance.ts';
import { capacity } from './capacity.ts';
import { negatives } from './negatives.ts';
import { outputs } from './outputs.ts';
import { precisionRecall } from './precision-recall.ts';
import { search } from './search.ts';
import { selectors } from './selectors.ts';
import { widths } from './widths.ts';

/** All of them. The first is the one that runs when none is named. */
export const STUDIES: readonly Study[] = [
  selectors,
  widths,
  capacity,
  outputs,
  negatives,
  search,
  activations,
  precisionRecall,
  attention,
  balance,
];
