import { describe, expect, test } from 'vitest';
import {
  Arena,
  type SampleBatch,
  type SampleLayerFields,
  SamplePass,
  Team,
  trainSamples,
  type WeightingRecord,
} from '../../src/index.ts';
import { COUNT, STRIDE, Setup } from '../setup.ts';
import { loneBatch } from '../jobs.ts';

/** All that is changed by training, with the given arrays in place of the usual ones. */
function trained(
  hogwild: boolean,
  change: (
    layer: SampleLayerFields,
    batch: SampleBatch,
  ) => Partial<SampleLayerFields & SampleBatch> = () => ({}),
): number[] {
  using arena = new Arena();
  using team = Team.single(arena);
  const { layer, batch, states } = loneBatch(new Setup(arena));
  const changed = change(layer, batch);
  using pass = new SamplePass(arena, [{ ...layer, ...changed }]).lay({ ...batch, ...changed });
  trainSamples(team, { pass, hogwild }, COUNT);
  return [batch.losses, ...states].flatMap((state) => [...state]);
}

/** Weights of which an array is one element too few. */
const shortWeights =
  (name: 'samples' | 'outputs') =>
  (_: SampleLayerFields, { weighting }: SampleBatch): Partial<SampleBatch> => {
    const fields = { ...weighting!.fields, [name]: weighting!.fields[name]!.subarray(0, -1) };
    return { weighting: { fields, record: weighting!.record } as unknown as WeightingRecord };
  };

describe('the op trainSamples', () => {
  test('gives what the kernel gives', () => {
    using arena = new Arena();
    const { layer, batch, states } = loneBatch(new Setup(arena));
    using pass = new SamplePass(arena, [layer]).lay(batch);
    const scratch = arena.uint8(arena.kernels.trainSamplesScratchBytes(STRIDE));
    arena.kernels.trainSamples(arena.address(pass.record), 0, COUNT, arena.address(scratch));
    const byKernel = [batch.losses, ...states].flatMap((state) => [...state]);
    expect(trained(false)).toEqual(byKernel);
    expect(trained(true)).toEqual(byKernel);
  });

  const last = -1;
  const layers: readonly [string, number, (layer: SampleLayerFields) => Partial<SampleLayerFields>][] = [
    [
      'offsets',
      COUNT + 1,
      ({ output }) => ({ output: { ...output, offsets: output.offsets!.subarray(0, last) } }),
    ],
    ['ids', 2 * COUNT, ({ output }) => ({ output: { ...output, ids: output.ids!.subarray(0, last) } })],
    [
      'values',
      2 * COUNT,
      ({ output }) => ({ output: { ...output, values: output.values.subarray(0, last) } }),
    ],
    [
      'gradients',
      2 * COUNT,
      ({ output }) => ({ output: { ...output, gradients: output.gradients.subarray(0, last) } }),
    ],
    [
      'inputs',
      COUNT * STRIDE,
      ({ input }) => ({ input: { ...input, values: input.values.subarray(0, last) } }),
    ],
    [
      'input gradients',
      COUNT * STRIDE,
      ({ input }) => ({ input: { ...input, gradients: input.values.subarray(0, last) } }),
    ],
  ];

  test.each(layers)('refuses a layer whose %s are one element too few', (name, needed, shorten) => {
    expect(() => trained(false, shorten)).toThrow(
      new RangeError(`trainSamples, layer 1: ${name} has ${needed - 1} elements, and ${needed} are needed.`),
    );
  });

  test('refuses losses and targets that are one element too few', () => {
    expect(() => trained(false, (_, { losses }) => ({ losses: losses.subarray(0, last) }))).toThrow(
      new RangeError(`trainSamples: losses has ${COUNT - 1} elements, and ${COUNT} are needed.`),
    );
    const needed = 2 * COUNT * COUNT;
    expect(() => trained(false, (_, { targets }) => ({ targets: targets.subarray(0, last) }))).toThrow(
      new RangeError(`trainSamples: targets has ${needed - 1} elements, and ${needed} are needed.`),
    );
  });

  test('refuses weights that are one element too few', () => {
    expect(() => trained(false, shortWeights('samples'))).toThrow(
      new RangeError(`trainSamples: weights of samples has ${COUNT - 1} elements, and ${COUNT} are needed.`),
    );
    expect(() => trained(false, shortWeights('outputs'))).toThrow(
      new RangeError(
        `trainSamples: weights of outputs has ${2 * COUNT - 1} elements, and ${2 * COUNT} are needed.`,
      ),
    );
  });

  test('refuses squares that are one element too few, where they are measured', () => {
    expect(() => trained(false, (_, { squares }) => ({ squares, clipNorm: 1 }))).toThrow(
      new RangeError(`trainSamples: squares has 0 elements, and ${COUNT} are needed.`),
    );
  });
});
