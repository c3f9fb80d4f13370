/** What the studies say, in a sentence or two for each question: the README's story, whose numbers come from kept records. */
import { type Contrast, contrasts, shownInterval } from '../../packages/bench/src/analysis/contrasts.ts';
import { isRatio } from '../../packages/bench/src/analysis/metrics.ts';
import { bareDifference, intervalText } from '../../packages/bench/src/analysis/numbers.ts';
import { matches, pointLabel } from '../../packages/bench/src/analysis/runs.ts';
import type { Point, TrialRecord } from '../../packages/bench/src/engine/record.ts';
import type { Study } from '../../packages/bench/src/engine/study.ts';
import { batch } from '../../packages/bench/src/studies/batch.ts';
import { hashingOrSkipping } from '../../packages/bench/src/studies/hashing-or-skipping.ts';
import { negatives } from '../../packages/bench/src/studies/negatives.ts';
import { slide } from '../../packages/bench/src/studies/slide.ts';
import { topX } from '../../packages/bench/src/studies/top-x.ts';
import { selectors } from '../../packages/bench/src/studies/selectors.ts';
import { pairs } from './site/comparisons.ts';
import type { DocsTable } from './tables.ts';

/** A comparison that a sentence is about. */
interface Asked {
  readonly arms: readonly [Point, Point];
  /** Levels of the other factors. */
  readonly where?: Point;
  /** What the sentence says of the first arm. */
  readonly is: 'better' | 'worse';
}

/** Tells how much better or worse an arm is, `6.11 (5.21 to 7.00)`. @throws {Error} where the records do not say what the sentence does. */
type Tell = (asked: Asked) => string;

function teller(study: Study, records: readonly TrialRecord[], planned?: readonly Contrast[]): Tell {
  const outcomes = contrasts({ ...study, ...(planned && { contrasts: planned }) }, records);
  return ({ arms, where = {}, is }) => {
    const found = outcomes.find(
      (each) => each.contrast.arms.every((arm, i) => matches(arm, arms[i]!)) && matches(each.where, where),
    );
    const names = `${pointLabel(arms[0])} against ${pointLabel(arms[1])}, ${pointLabel(where)}`;
    if (found?.decision !== is) {
      throw new Error(
        `The README says that it is ${is}, the records of ${study.name} say ${found?.decision}: ${names}.`,
      );
    }
    const { metric, difference } = found;
    const { low, high } = shownInterval(found)!;
    const mean = difference!.mean;
    if (isRatio(metric) || mean > 0)
      return `${bareDifference(mean, metric)} (${intervalText(low, high, metric)})`;
    return `${bareDifference(-mean, metric)} (${intervalText(-high, -low, metric)})`;
  };
}

/** A question of the README, and what answers it. */
interface Chapter {
  readonly name: string;
  readonly study: Study;
  readonly planned?: readonly Contrast[];
  readonly question: string;
  /** The page of the site that has the rest. */
  readonly page: string;
  tell(of: Tell): string;
}

const CHAPTERS: readonly Chapter[] = [
  {
    name: 'skipping',
    study: hashingOrSkipping,
    question: 'Is it the hashing or the skipping?',
    page: 'hashing-or-skipping',
    tell: (of) =>
      `On Fashion-MNIST neither is enough: with 5 % of two layers' units computed, hash tables are ${of({
        arms: [{ arm: 'lsh' }, { arm: 'narrow' }],
        where: { task: 'fashion' },
        is: 'worse',
      })} points of accuracy behind a small dense network of equal work, though ${of({
        arms: [{ arm: 'lsh' }, { arm: 'persistent' }],
        where: { task: 'fashion' },
        is: 'better',
      })} ahead of random subsets. What is learned by heart needs a choice that comes again with its row, and random subsets do: at equal ` +
      `work they know ${of({
        arms: [{ arm: 'persistent' }, { arm: 'narrow' }],
        where: { task: 'memorise' },
        is: 'better',
      })} points more of 10,000 random rows than a small dense network.`,
  },
  {
    name: 'highest',
    study: topX,
    question: 'How can one know the highest X % without computing?',
    page: 'highest-without-computing',
    tell: (of) =>
      `By a sketch of low rank better than by hashing, in layers of 1,000 units trained on Fashion-MNIST: for a quarter of the work of all ` +
      `products it has ${of({
        arms: [{ chooser: 'lowRank' }, { chooser: 'tables of 6 bits' }],
        where: { training: 'dense, 3 epochs', layer: 'layer 1' },
        is: 'better',
      })} points more of the highest 5 %'s sum than tables of 6 bits have, in the first layer. Hash bits without tables have ${of(
        {
          arms: [{ chooser: 'signatures' }, { chooser: 'tables of 6 bits' }],
          where: { training: 'dense, 3 epochs', layer: 'layer 2' },
          is: 'better',
        },
      )} points more than tables in the second.`,
  },
  {
    name: 'batch',
    study: batch,
    question: 'Must the batch be 1?',
    page: 'batch-of-one',
    tell: (of) =>
      `No: on Fashion-MNIST, rates tuned and rehashed after as many samples, batches of 1 are ${of({
        arms: [
          { arm: 'lsh', batch: '1' },
          { arm: 'lsh', batch: '128' },
        ],
        where: { sharing: 'units of their own' },
        is: 'better',
      })} points of accuracy better after two epochs than batches of 128, for more than twice the work, and batches of 1,024 are ${of(
        {
          arms: [
            { arm: 'lsh', batch: '1024' },
            { arm: 'lsh', batch: '128' },
          ],
          where: { sharing: 'units of their own' },
          is: 'worse',
        },
      )} points worse.`,
  },
  {
    name: 'work',
    study: selectors,
    planned: pairs('work', 'arm', [
      ['lsh', 'dense'],
      ['narrow', 'dense'],
    ]),
    question: 'Does 5 % active mean 5 % of the work?',
    page: 'five-percent',
    tell: (of) =>
      `With hash tables, no: choosing, optimizer and rehashing counted, training takes ${of({
        arms: [{ arm: 'lsh' }, { arm: 'dense' }],
        where: { active: '5 %' },
        is: 'better',
      })} times the work of a dense network. A small dense network of as many units takes ${of({
        arms: [{ arm: 'narrow' }, { arm: 'dense' }],
        where: { active: '5 %' },
        is: 'better',
      })} times.`,
  },
  {
    name: 'pays',
    study: negatives,
    question: 'Where does it pay?',
    page: 'where-it-pays',
    tell: (of) =>
      `In a wide softmax hard negatives help, whoever finds them: with 200 of 10,000 made-up labels computed, 20 that hash tables find are ` +
      `worth ${of({
        arms: [{ arm: 'tables-20' }, { arm: 'uniform+logQ' }],
        is: 'better',
      })} points of P@1 over uniform draws alone, for more work, where the exact 20 are worth ${of({
        arms: [{ arm: 'exact-20' }, { arm: 'uniform+logQ' }],
        is: 'better',
      })}.`,
  },
  {
    name: 'slide',
    study: slide,
    question: 'What are the parts of SLIDE worth?',
    page: 'where-it-pays',
    tell: (of) =>
      `The correction of logits for the draw (\`logQ\`), which it leaves out, is worth ${of({
        arms: [{ layer: 'SLIDE with logQ' }, { layer: 'SLIDE' }],
        is: 'better',
      })} points of P@1 with 1,000 of 20,000 made-up labels computed. Uniform draws with it are ${of({
        arms: [{ layer: 'SLIDE' }, { layer: 'uniform+logQ' }],
        is: 'worse',
      })} points ahead of SLIDE's tables, for less work.`,
  },
];

/** One table a chapter. */
export const STORY: readonly DocsTable[] = CHAPTERS.map(({ name, study, planned, question, page, tell }) => ({
  name: `story-${name}`,
  file: 'README.md',
  study: { study, size: 'full' },
  draw: (records) =>
    `**[${question}](docs/src/content/docs/questions/${page}.md)** ${tell(teller(study, records, planned))}`,
}));
