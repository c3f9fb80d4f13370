/** What a wide layer of which little is computed can learn by heart, beside a narrow one that costs as much. */
import { simpleLsh } from '@hashgrad/mips';
import { hiddenArms } from '../arms/hidden.ts';
import type { Changes } from '../engine/changes.ts';
import type { Config, Json, Point } from '../engine/record.ts';
import { defineStudy, type Factor, type Level, type Study } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { memorise } from '../tasks/memorise.ts';

const WIDE = '2048';
const WIDTHS = ['51', '96', '204', '272', '408', WIDE];
const HASHED = ['persistent', 'persistent12', 'persistentSample', 'lshFrozen'];
const PLANNED = [...HASHED, 'blocks', 'blocksFrozen', 'productKeys', 'productKeysRandom'];
const CONTROLS = ['fixed', 'random', 'lsh', 'lshPermutedFrozen', 'topK', 'blocksRouter', 'blocksExpert'];
const metric = 'accuracy.sparse';

/** Arms with tables, here by inner product: inputs and units are about equally long, so that angles say much the same. */
const TABLES: Factor = Object.fromEntries(
  Object.entries(hiddenArms(['lsh', 'lshFrozen', 'lshPermutedFrozen'])).map(([name, level]) => [
    name,
    (point, config) => ({
      ...changesOf(level, point, config),
      'select.transform': simpleLsh() as unknown as Json,
    }),
  ]),
);

function changesOf(level: Level, point: Point, config: Config): Changes {
  return typeof level === 'function' ? level(point, config) : level;
}

const by = { metric, margin: 0.005 };
const at = { cost: 'work', along: 'units' };

/** The study of capacity. */
export const capacity: Study = defineStudy({
  name: 'capacity',
  question: 'Does a wide layer whose choice persists learn more by heart than a narrow one of equal work?',
  measure: 'train',
  base: trainConfig({
    task: memorise(),
    network: { inputs: 64, hidden: [2048], classes: 256 },
    active: 51 / 2048,
    epochs: 12,
    evaluations: [0.5, 1],
    // So small a network gains little by a second thread.
    threads: 1,
  }),
  factors: {
    arm: { narrow: {}, ...hiddenArms([...CONTROLS, ...PLANNED]), ...TABLES },
    units: Object.fromEntries(WIDTHS.map((units) => [units, { 'network.narrow': Number(units) / 2048 }])),
  },
  combinations: ({ arm, units }) => (arm === 'narrow') === (units !== WIDE),
  seeds: [1, 2, 3, 4, 5],
  tune: { search: 'grid', parameters: { 'optimizer.rate': [0.001, 0.003, 0.01, 0.03] }, seed: 9, metric },
  metrics: [metric, 'activeShare', 'work', 'secondsPerEpoch'],
  contrasts: [
    ...PLANNED.map((arm) => ({ arms: [{ arm }, { arm: 'narrow' }] as const, ...by, at })),
    { arms: [{ arm: 'persistent' }, { arm: 'random' }], ...by },
    { arms: [{ arm: 'lshFrozen' }, { arm: 'lshPermutedFrozen' }], ...by },
    { arms: [{ arm: 'lsh' }, { arm: 'lshFrozen' }], ...by },
  ],
  report: [
    { kind: 'answer' },
    { kind: 'table' },
    { kind: 'pareto', x: 'work', y: metric },
    { kind: 'costs' },
  ],
  sizes: {
    quick: {
      seeds: [1, 2],
      levels: { arm: ['narrow', 'fixed', 'random', 'persistent', 'lshFrozen', 'blocks', 'productKeys'] },
      set: { 'task.rows': 2000 },
    },
    tiny: {
      seeds: [1, 2],
      levels: { arm: ['narrow', 'persistent', 'blocks'], units: ['51', WIDE] },
      set: { 'task.rows': 200, epochs: 2 },
    },
  },
});
