/** Which of the highest activations does hashing find? */
import { ACTIVATION_METHODS } from '../arms/search.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { activationRecallConfig } from '../measures/activation-recall.ts';
import { layer } from '../tasks/layer.ts';

const dense = layer({ hidden: [1000, 1000], epochs: 0, queries: 200 });

/** The study of activations. */
export const activations: Study = defineStudy({
  name: 'activations',
  question:
    'Of the units that an input excites most, how many does hashing find, before training and after it?',
  measure: 'activation-recall',
  base: activationRecallConfig(dense),
  factors: {
    method: ACTIVATION_METHODS,
    training: { 'at start': { 'task.epochs': 0 }, trained: { 'task.epochs': 5 } },
    layer: { 'layer 1': { 'task.layer': 1 }, 'layer 2': { 'task.layer': 2 } },
    highest: Object.fromEntries([1, 5, 10, 25].map((percent) => [`highest ${percent} %`, { percent }])),
  },
  baseline: { method: 'identity+simHash' },
  seeds: [1, 2, 3],
  metrics: ['recall', 'mass', 'examinedAtGoal', 'costShareAtGoal'],
  contrasts: [
    { arms: [{ method: 'simpleLsh+simHash' }, { method: 'identity+simHash' }], metric: 'recall' },
    { arms: [{ method: 'simpleLsh+simHash' }, { method: 'l2Alsh+pStable' }], metric: 'recall' },
  ],
  report: [
    { kind: 'answer' },
    ...['at start', 'trained'].flatMap((training) =>
      ['layer 1', 'layer 2'].map((place) => ({
        kind: 'curves',
        x: 'examined',
        y: 'recall',
        panels: 'highest',
        where: { training, layer: place },
        title: `Recall and units examined: ${training}, ${place}`,
      })),
    ),
    { kind: 'table', title: 'The highest recall, and the cost of finding half' },
    { kind: 'repeat' },
  ],
  sizes: {
    quick: {
      seeds: [1],
      levels: { highest: ['highest 5 %', 'highest 25 %'] },
      set: { 'task.hidden': [500, 500] },
    },
    tiny: {
      seeds: [1],
      levels: {
        method: ['identity+simHash', 'simpleLsh+simHash', 'signatures'],
        training: ['at start'],
        highest: ['highest 10 %'],
      },
      set: { 'task.hidden': [60, 50], 'task.queries': 20 },
    },
  },
});
