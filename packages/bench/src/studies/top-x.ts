/** How can one know the highest X % of a layer without computing it, and what does it take? */
import { all, lsh, topK } from '@hashgrad/sparse-nn';
import { CHOOSERS } from '../arms/choosers.ts';
import { tablesFor } from '../arms/sizes.ts';
import type { Json } from '../engine/record.ts';
import { defineStudy, type Level, type Study } from '../engine/study.ts';
import { choosingConfig } from '../measures/choosing.ts';
import { images } from '../tasks/images.ts';

const by = { metric: 'massWithin', margin: 0.02 };

const trained = (select: object, epochs: number): Level => ({ trainedBy: select as Json, epochs });

/** The study of choosing the highest activations. */
export const topX: Study = defineStudy({
  name: 'top-x',
  question: 'How much of the highest 5 % of a layer’s activations is found, for what share of computing all?',
  measure: 'choosing',
  base: choosingConfig(images('fashion-mnist', { train: 20_000, test: 10_000 })),
  factors: {
    chooser: CHOOSERS,
    training: {
      'at start': trained(all(), 0),
      'dense, 1 epoch': trained(all(), 1),
      'dense, 3 epochs': trained(all(), 3),
      'by top k, 3 epochs': (_, config) => ({
        ...trained(topK({ fraction: config['active'] as number }), 3),
      }),
      'by lsh, 3 epochs': (_, config) => ({
        ...trained(
          lsh({ fraction: config['active'] as number, family: tablesFor({ inputs: 1000, units: 1000 }) }),
          3,
        ),
      }),
    },
    layer: { 'layer 1': { layer: 1 }, 'layer 2': { layer: 2 } },
  },
  baseline: { chooser: 'tables of 6 bits' },
  seeds: [1, 2, 3],
  metrics: ['massWithin', 'mass', 'chooseShareAt50', 'chooseShareAt80', 'chooseShareAt90'],
  contrasts: [
    ['signatures', 'tables of 6 bits'],
    ['lowRank', 'tables of 6 bits'],
    ['lowRank', 'signatures'],
    ['tables of 6 bits, centred', 'tables of 6 bits'],
    ['tables of 6 bits, simpleLsh', 'tables of 6 bits'],
    ['itq tables of 6 bits', 'tables of 6 bits'],
    ['learned tables of 6 bits', 'tables of 6 bits'],
    ['dwta tables', 'tables of 6 bits'],
  ].map(([a, b]) => ({ arms: [{ chooser: a as string }, { chooser: b as string }] as const, ...by })),
  report: [
    { kind: 'answer' },
    ...['at start', 'dense, 3 epochs', 'by top k, 3 epochs', 'by lsh, 3 epochs'].map((training) => ({
      kind: 'curves',
      x: 'chooseShare',
      y: 'mass',
      xScale: 'log',
      panels: 'layer',
      where: { training },
      title: `What is found, and for how much work: ${training}`,
    })),
    {
      kind: 'table',
      title: 'What is found for a quarter of the work, and the work of finding 50, 80 and 90 %',
    },
    { kind: 'repeat' },
  ],
  sizes: {
    quick: {
      seeds: [1],
      levels: {
        chooser: ['all products', 'tables of 6 bits', 'signatures', 'lowRank'],
        training: ['at start', 'dense, 1 epoch'],
      },
      set: { task: images('mnist-subset', { train: 4000, test: 1000 }) },
    },
    tiny: {
      seeds: [1],
      levels: {
        chooser: ['all products', 'tables of 6 bits', 'lowRank'],
        training: ['at start', 'dense, 1 epoch'],
        layer: ['layer 1'],
      },
      set: {
        task: images('rectangles', { train: 200, test: 60 }),
        'network.hidden': [60],
        'network.classes': 2,
        active: 0.2,
        rows: 60,
      },
    },
  },
});
