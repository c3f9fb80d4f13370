import type { DenseDataset, Split } from '@hashgrad/datasets';
import { defineStudy, registerTask, type Study, trainConfig, type Trained } from '@hashgrad/bench';
import { registerFamily } from '@hashgrad/lsh';
import { lsh, registerSelector, type SelectorSpec } from '@hashgrad/sparse-nn';
import { pairOrder } from './pair-order.ts';

registerFamily(pairOrder);

/** Units u, u + parts, u + 2 parts, ..., where the input's largest coordinate decides u. */
interface PartSpec extends SelectorSpec {
  readonly parts: number;
}

registerSelector({
  kind: 'part',
  check(spec, units) {
    const { parts } = spec as PartSpec;
    if (!(parts >= 1 && parts <= units)) throw new RangeError(`part: parts are 1 to ${units}; got ${parts}.`);
  },
  bind(spec, { units, inputs }) {
    const { parts } = spec as PartSpec;
    return {
      maxActive: Math.ceil(units / parts),
      keepProbability: 1,
      paddedShare: 0,
      select({ input, batch }, { offsets, ids }) {
        if (input.kind !== 'dense') throw new TypeError('part is for dense inputs.');
        let to = 0;
        for (let s = 0; s < batch; s++) {
          const x = input.values.subarray(s * input.stride, s * input.stride + inputs);
          for (let u = x.indexOf(Math.max(...x)) % parts; u < units; u += parts) ids[to++] = u;
          offsets[s + 1] = to;
        }
      },
      updated() {},
      [Symbol.dispose]() {},
    };
  },
});

/** Rows of 16 values with a bright one in the first or in the second half. */
function stripes(rows: number): DenseDataset {
  const [inputs, labels] = [new Float32Array(rows * 16), new Int32Array(rows)];
  for (let row = 0; row < rows; row++) {
    const place = (row * 7) % 16;
    inputs[row * 16 + place] = 1;
    labels[row] = place < 8 ? 0 : 1;
  }
  return { name: 'stripes', rows, columns: 16, classes: 2, inputs, labels };
}

registerTask({
  kind: 'stripes',
  load: ({ rows }): Split<DenseDataset> => ({
    name: 'stripes',
    train: stripes(rows as number),
    test: stripes(50),
  }),
});

/** Units of the first layer that no row of the test part excites. */
function deadUnits(subject: unknown): number {
  const { network, test } = subject as Trained;
  const { values, stride, width, rows, bias } = network.weights(0);
  let dead = 0;
  for (let unit = 0; unit < rows; unit++) {
    const alive = Array.from({ length: test.rows }).some((_, row) => {
      let sum = bias[unit] ?? 0;
      for (let i = 0; i < width; i++)
        sum += (values[unit * stride + i] ?? 0) * (test.inputs[row * width + i] ?? 0);
      return sum > 0;
    });
    if (!alive) dead++;
  }
  console.log('counted dead units');
  return dead;
}

const study: Study = defineStudy({
  name: 'mine',
  question: 'Do a selector and a family of my own choose well?',
  measure: 'train',
  base: trainConfig({
    task: { kind: 'stripes', rows: 200 },
    network: { inputs: 16, hidden: [40], classes: 2 },
    epochs: 2,
    threads: 1,
  }),
  factors: {
    arm: {
      dense: {},
      part: { select: { kind: 'part', parts: 4 } },
      pairOrder: {
        select: lsh({ fraction: 0.25, family: { kind: 'pairOrder', bits: 3, tables: 10 } }) as never,
      },
    },
  },
  seeds: [1, 2],
  metrics: [
    'accuracy.sparse',
    {
      name: 'deadUnits',
      title: 'dead units',
      unit: 'count',
      better: 'lower',
      deterministic: true,
      description: 'Units of the first layer that no test row excites.',
      of: deadUnits,
    },
  ],
});

export default study;
