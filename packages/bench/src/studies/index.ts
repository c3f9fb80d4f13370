/** The studies that come with the package, by name. */
import type { Study } from '../engine/study.ts';
import { attention } from './attention.ts';
import { balance } from './balance.ts';
import { batch } from './batch.ts';
import { capacity } from './capacity.ts';
import { families } from './families.ts';
import { hashingOrSkipping } from './hashing-or-skipping.ts';
import { negatives } from './negatives.ts';
import { outputs } from './outputs.ts';
import { overlap } from './overlap.ts';
import { paper } from './paper.ts';
import { precisionRecall } from './precision-recall.ts';
import { rehash } from './rehash.ts';
import { screening } from './screening.ts';
import { selectors } from './selectors.ts';
import { slide } from './slide.ts';
import { tables } from './tables.ts';
import { topX } from './top-x.ts';
import { transforms } from './transforms.ts';
import { vectorIndex } from './vector-index.ts';
import { widths } from './widths.ts';

/** All of them. The first is the one that runs when none is named. */
export const STUDIES: readonly Study[] = [
  selectors,
  hashingOrSkipping,
  paper,
  widths,
  batch,
  capacity,
  outputs,
  negatives,
  slide,
  vectorIndex,
  screening,
  topX,
  overlap,
  precisionRecall,
  attention,
  balance,
  families,
  tables,
  rehash,
  transforms,
];
