/** What the studies say, in a sentence or two for each question: the README's story, whose numbers come from kept records. */
import { type Contrast, contrasts, shownInterval } from '../../packages/bench/src/analysis/contrasts.ts';
import { estimate } from '../../packages/bench/src/analysis/estimate.ts';
import { isRatio, metricValue } from '../../packages/bench/src/analysis/metrics.ts';
import { bareDifference, intervalText } from '../../packages/bench/src/analysis/numbers.ts';
import { matches, pointLabel, runsByPoint } from '../../packages/bench/src/analysis/runs.ts';
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
  readonly is: 'better' | 'worse' | 'undecided';
}

/** What sentences take from the records of a study. */
interface Teller {
  /**
   * How much better or worse an arm is, `6.11 (5.21 to 7.00)`; where that is undecided, the interval with its signs. @throws {Error}
   * where the records do not say what the sentence does.
   */
  by(asked: Asked): string;
  /** How many times as much work the first arm takes, in the mean: `2.4`. */
  times(first: Point, second: Point): string;
  /** The mean of a share, in per cent: `95`. */
  percent(metric: string, point: Point): string;
}

function teller(study: Study, records: readonly TrialRecord[], planned?: readonly Contrast[]): Teller {
  const outcomes = contrasts({ ...study, ...(planned && { contrasts: planned }) }, records);
  const meanOf = (metric: string, wanted: Point): number => {
    const values = runsByPoint(records)
      .filter(({ point }) => matches(point, wanted))
      .flatMap(({ finished }) => finished.map((record) => metricValue(record, metric) ?? Number.NaN));
    return estimate(values).mean;
  };
  return {
    by: ({ arms, where = {}, is }) => {
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
      if (is === 'undecided') return intervalText(low, high, metric);
      if (isRatio(metric) || mean > 0)
        return `${bareDifference(mean, metric)} (${intervalText(low, high, metric)})`;
      return `${bareDifference(-mean, metric)} (${intervalText(-high, -low, metric)})`;
    },
    times: (first, second) => (meanOf('work', first) / meanOf('work', second)).toPrecision(2),
    percent: (metric, point) => (100 * meanOf(metric, point)).toFixed(0),
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
  tell(teller: Teller): string;
}

const CHAPTERS: readonly Chapter[] = [
  {
    name: 'skipping',
    study: hashingOrSkipping,
    question: 'Is it the hashing or the skipping?',
    page: 'hashing-or-skipping',
    tell: ({ by, times }) =>
      `On Fashion-MNIST not the hashing: with 5 % of two layers' units computed, 50 hash tables are ${by({
        arms: [{ arm: 'lsh' }, { arm: 'narrow' }],
        where: { task: 'fashion' },
        is: 'worse',
      })} points of accuracy behind a small dense network of equal work, and 256 that are made anew more often ${by(
        {
          arms: [{ arm: 'lshAsSignatures' }, { arm: 'narrow' }],
          where: { task: 'fashion' },
          is: 'worse',
        },
      )}; one subset of the units for all inputs is not told from a small dense network of its own work, ${times(
        { arm: 'fixed', task: 'fashion' },
        { arm: 'lsh', task: 'fashion' },
      )} times that of the 50 tables (${by({
        arms: [{ arm: 'fixed' }, { arm: 'narrow' }],
        where: { task: 'fashion' },
        is: 'undecided',
      })}). Rows with random labels are learned by heart for the least work with subsets that a hash of the row picks: these know all of 10,000 ` +
      `rows, ${by({
        arms: [{ arm: 'persistent' }, { arm: 'narrow' }],
        where: { task: 'memorise' },
        is: 'better',
      })} points more than a small dense network of equal work. Hash tables of the weights know all of them for ${times(
        { arm: 'lsh', task: 'memorise' },
        { arm: 'persistent', task: 'memorise' },
      )} times that work.`,
  },
  {
    name: 'highest',
    study: topX,
    question: 'How can one know the highest X % without computing?',
    page: 'highest-without-computing',
    tell: ({ by }) => {
      const others = [
        ['lowRank', 'tables of 6 bits', 'layer 2'],
        ['signatures', 'tables of 6 bits', 'layer 1'],
        ['lowRank', 'signatures', 'layer 1'],
        ['lowRank', 'signatures', 'layer 2'],
      ] as const;
      for (const [a, b, layer] of others) {
        by({
          arms: [{ chooser: a }, { chooser: b }],
          where: { training: 'dense, 3 epochs', layer },
          is: 'undecided',
        });
      }
      return (
        `Approximately. In layers of 1,000 units, trained densely on Fashion-MNIST, and for at most a quarter of the work of all products, a ` +
        `sketch of low rank has ${by({
          arms: [{ chooser: 'lowRank' }, { chooser: 'tables of 6 bits' }],
          where: { training: 'dense, 3 epochs', layer: 'layer 1' },
          is: 'better',
        })} points more of what the highest 5 % of the first layer's units add up to than SimHash tables of 6 bits have, and hash bits without tables ${by(
          {
            arms: [{ chooser: 'signatures' }, { chooser: 'tables of 6 bits' }],
            where: { training: 'dense, 3 epochs', layer: 'layer 2' },
            is: 'better',
          },
        )} points more of the second layer's; in the other layer each is undecided, and so is whether the sketch or the bits find more.`
      );
    },
  },
  {
    name: 'batch',
    study: batch,
    question: 'Must the batch be 1?',
    page: 'batch-of-one',
    tell: ({ by, times }) =>
      `No. On Fashion-MNIST, each arm at the best of its rates and tables rehashed after as many samples, batches of 1 are ${by(
        {
          arms: [
            { arm: 'lsh', batch: '1' },
            { arm: 'lsh', batch: '128' },
          ],
          where: { sharing: 'units of their own' },
          is: 'better',
        },
      )} points of accuracy better after two epochs than batches of 128, for ${times(
        { arm: 'lsh', batch: '1' },
        { arm: 'lsh', batch: '128', sharing: 'units of their own' },
      )} times the work, and batches of 1,024 are ${by({
        arms: [
          { arm: 'lsh', batch: '1024' },
          { arm: 'lsh', batch: '128' },
        ],
        where: { sharing: 'units of their own' },
        is: 'worse',
      })} points worse. A small dense network, which hashes nothing, loses ${by({
        arms: [
          { arm: 'narrow', batch: '1024' },
          { arm: 'narrow', batch: '128' },
        ],
        is: 'worse',
      })} by batches of 1,024, too; what it gains by batches of 1, at the lowest rate that was tried, is undecided (${by(
        {
          arms: [
            { arm: 'narrow', batch: '1' },
            { arm: 'narrow', batch: '128' },
          ],
          is: 'undecided',
        },
      )}).`,
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
    tell: ({ by }) =>
      `With hash tables, no: choosing, optimizer and rehashing counted, training two layers of 1,000 units in batches of 128 takes ${by(
        {
          arms: [{ arm: 'lsh' }, { arm: 'dense' }],
          where: { active: '5 %' },
          is: 'better',
        },
      )} times the work of a dense network. A small dense network of as many units takes ${by({
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
    tell: ({ by, times }) =>
      `In a wide softmax hard negatives help: with 200 of 10,000 made-up labels computed, 20 that hash tables find are worth ${by(
        {
          arms: [{ arm: 'tables-20' }, { arm: 'uniform+logQ' }],
          is: 'better',
        },
      )} points of P@1 over uniform draws alone, for ${times(
        { arm: 'tables-20' },
        { arm: 'uniform+logQ' },
      )} times the work, and the exact 20 ${by({
        arms: [{ arm: 'exact-20' }, { arm: 'uniform+logQ' }],
        is: 'better',
      })}, for ${times({ arm: 'exact-20' }, { arm: 'uniform+logQ' })} times. Against draws by frequency, as cheap as uniform ones, the exact 20 are worth ${by(
        {
          arms: [{ arm: 'exact-20' }, { arm: 'frequency+logQ' }],
          is: 'better',
        },
      )}; those of tables were not compared.`,
  },
  {
    name: 'slide',
    study: slide,
    question: 'What are the parts of SLIDE worth?',
    page: 'where-it-pays',
    tell: ({ by, times, percent }) =>
      `With 1,000 of 20,000 made-up labels computed, rates tuned, the correction of logits for the draw (\`logQ\`), which it leaves out, is worth ${by(
        {
          arms: [{ layer: 'SLIDE with logQ' }, { layer: 'SLIDE' }],
          is: 'better',
        },
      )} points of P@1. Its tables leave ${percent('paddedShare', { layer: 'SLIDE' })} % of the labels to be filled in at random, and are not told from ` +
      `uniform draws (${by({
        arms: [{ layer: 'SLIDE' }, { layer: 'uniform, for each row' }],
        is: 'undecided',
      })} before correction for all comparisons); with codes of three winners they are worth ${by({
        arms: [{ layer: 'SLIDE, 3 winners' }, { layer: 'uniform, for each row' }],
        is: 'better',
      })}, for ${times({ layer: 'SLIDE, 3 winners' }, { layer: 'uniform, for each row' })} times the work, though P@5 and loss are worse by the means.`,
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
