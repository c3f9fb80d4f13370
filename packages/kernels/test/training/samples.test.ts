import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ACTIVATION_KINDS,
  type Activation,
  type OptimizerFields,
  type SampleLayerFields,
  SampleOptimizers,
  SamplePass,
  SparseRecord,
} from '../../src/index.ts';
import { trainSamples, type AnyRows, type PlainLayer, type PlainSample } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { floats, lists, matrix, pad4, randomOf, sparse, type Lists, type Random } from '../data.ts';
import {
  copyRows,
  makeRows,
  optimizerRecord,
  OPTIMIZERS,
  placeRows,
  sparseRecord,
  statesOf,
} from '../layers.ts';
import { Memory } from '../memory.ts';
import { randomWeighting } from '../weightings.ts';

const BATCH = 5;

/** What a layer is: all of its units fire, or some; its rows are units, or the inputs of an embedding bag. */
interface Shape {
  readonly kind: SampleLayerFields['kind'];
  readonly units: number;
  /** Active ones of a sample, at most. */
  readonly most?: number;
  readonly activation?: Activation;
  readonly keep?: number;
  /** Default 1. */
  readonly rateScale?: number;
}

interface Stack {
  readonly name: string;
  readonly inputs: number;
  readonly sparse: boolean;
  readonly layers: readonly Shape[];
  readonly loss: PlainSample['loss'];
}

const STACKS: readonly Stack[] = [
  {
    name: 'dense, all, some',
    inputs: 9,
    sparse: false,
    layers: [
      { kind: 'all', units: 7, activation: 'tanh' },
      { kind: 'all', units: 6, activation: 'sigmoid', rateScale: 0 },
      { kind: 'chosen', units: 11, most: 5 },
    ],
    loss: 'softmax',
  },
  {
    name: 'sparse, a bag, all',
    inputs: 21,
    sparse: true,
    layers: [
      { kind: 'inputs', units: 6, activation: 'tanh', rateScale: 0.5 },
      { kind: 'all', units: 5 },
    ],
    loss: 'linear',
  },
  {
    name: 'some after some: walked sparse, and made dense',
    inputs: 8,
    sparse: false,
    layers: [
      { kind: 'chosen', units: 60, most: 6, activation: 'sigmoid', keep: 0.5 },
      { kind: 'chosen', units: 12, most: 9, activation: 'tanh', rateScale: 2 },
      { kind: 'chosen', units: 9, most: 7 },
    ],
    loss: 'sigmoid',
  },
  {
    name: 'some, then a bag',
    inputs: 8,
    sparse: false,
    layers: [
      { kind: 'chosen', units: 14, most: 6, activation: 'relu' },
      { kind: 'inputs', units: 5 },
    ],
    loss: 'softmax',
  },
];

const ALL_OPTIMIZERS: readonly OptimizerFields[] = [
  OPTIMIZERS[0]!,
  OPTIMIZERS[1]!,
  { ...OPTIMIZERS[3]!, rate: 0.001 },
  OPTIMIZERS[4]!,
];

describe.each(BUILDS)('trainSamples, $name', (build) => {
  const arena = arenaOf(build);

  describe.each(STACKS)('$name', (stack) => {
    test.each([0, 0.05])('follows its reference; gradients clipped to the norm %d', (clipNorm) => {
      check(fc.record({ seed: seeds, which: fc.nat(ALL_OPTIMIZERS.length - 1) }), ({ seed, which }) => {
        // Roundings of a few steps, which optimizers divide by small numbers.
        expect(furthest(stack, randomOf(seed), ALL_OPTIMIZERS[which]!, clipNorm)).toBeLessThan(1e-4);
      });
    });
  });

  /** How far the kernel's losses, weights and moments are from the reference's, as a share of each array's largest. */
  function furthest(stack: Stack, random: Random, optimizer: OptimizerFields, clipNorm: number): number {
    using memory = new Memory(arena);
    const plain: PlainLayer[] = [];
    const placed: { readonly rows: AnyRows; readonly biases: AnyRows | undefined }[] = [];
    const fields: SampleLayerFields[] = [];
    const chosen: (Lists | undefined)[] = [];

    let width = stack.inputs;
    const x = sparse(random, BATCH, width);
    const denseInputs = matrix(random, BATCH, width);
    const inputRecord = sparseRecord(memory, x);
    let input: SampleLayerFields['input'] = stack.sparse
      ? { sparse: inputRecord, values: inputRecord.fields.values, width }
      : { values: memory.float32(denseInputs), stride: pad4(width), width };
    for (const { kind, units, most = units, activation = 'linear', keep = 1, rateScale } of stack.layers) {
      const bag = kind === 'inputs';
      const rows = makeRows(random, bag ? width : units, bag ? units : width, !bag);
      const biases = bag ? makeRows(random, units, 0, true) : undefined;
      const [own, ofBiases] = [placeRows(memory, rows), biases && placeRows(memory, biases)];
      const list = kind === 'chosen' ? lists(random, BATCH, units, most, true) : undefined;
      const stride = pad4(units);
      const room = list ? list.ids.length : BATCH * stride;
      const values = memory.float32(room);
      const output = { values, gradients: memory.float32(room) };
      const ids = list
        ? memory.int32(list.ids)
        : memory.int32(Array.from({ length: units }, (_, unit) => unit));
      const offsets = list && memory.int32(list.offsets);
      const denseStride = pad4(width);
      fields.push({
        kind,
        activation,
        rows: own.record,
        biases: ofBiases?.record,
        units,
        output: { ...output, ids, ...(list ? { offsets } : { stride }) },
        input,
        dense: {
          values: memory.float32(BATCH * denseStride),
          gradients: memory.float32(BATCH * denseStride),
          stride: denseStride,
        },
        keep,
        dropout: { keep: 1, seed: 0 },
        rateScale,
      });
      plain.push({
        kind: bag ? 'inputs' : 'units',
        rows: copyRows(rows, (array) => array),
        biases: biases && copyRows(biases, (array) => array),
        units,
        activation: ACTIVATION_KINDS[activation],
        keep,
        ...(rateScale !== undefined && { rateScale }),
      });
      placed.push({ rows: own.rows, biases: ofBiases?.rows });
      chosen.push(list);
      const form = list
        ? {
            sparse: new SparseRecord(
              arena,
              { offsets: offsets!, ids, values },
              memory.int32(SparseRecord.WORDS),
            ),
          }
        : { stride };
      input = { ...output, ...form, width: units };
      width = units;
    }

    const labels = lists(random, BATCH, width, 2);
    const targets = floats(random, BATCH * width);
    const count = stack.layers.length;
    const losses = memory.float32(BATCH);
    using optimizers = new SampleOptimizers(arena, optimizerRecord(memory, optimizer), BATCH);
    const weighting = randomWeighting(memory, random, BATCH, width, stack.loss === 'linear' ? 0 : 0.1);
    const squares = arena.float64(clipNorm > 0 ? BATCH * count : 0);
    using pass = new SamplePass(arena, fields).lay({
      loss: stack.loss,
      losses,
      squares,
      labels: { offsets: memory.int32(labels.offsets), ids: memory.int32(labels.ids) },
      targets: memory.float32(targets),
      targetStride: width,
      weighting: weighting.record,
      optimizers,
      clipNorm,
    });
    const widest = Math.max(...placed.map(({ rows }) => rows.width));
    const scratch = memory.scratch(arena.kernels.trainSamplesScratchBytes(widest));
    arena.kernels.trainSamples(arena.address(pass.record), 0, BATCH, scratch);
    memory.check();
    arena.free(squares);

    const samples = Array.from({ length: BATCH }, (_, s): PlainSample => {
      const row = new Float32Array(stack.inputs);
      if (stack.sparse) {
        for (let k = x.offsets[s]!; k < x.offsets[s + 1]!; k++) row[x.ids[k]!] = x.values[k]!;
      } else row.set(denseInputs.subarray(s * pad4(stack.inputs), s * pad4(stack.inputs) + stack.inputs));
      return {
        input: row,
        listed: stack.sparse ? x.ids.slice(x.offsets[s], x.offsets[s + 1]) : undefined,
        active: chosen.map((list) => list?.ids.slice(list.offsets[s], list.offsets[s + 1])),
        loss: stack.loss,
        labels: labels.ids.slice(labels.offsets[s], labels.offsets[s + 1]),
        targets: targets.slice(s * width, (s + 1) * width),
        weighting: weighting.of(s),
      };
    });
    const expected = trainSamples(
      plain,
      samples,
      Array.from({ length: BATCH }, () => optimizer),
      clipNorm,
    );
    const distances = [distance(losses, expected)];
    for (const [l, { rows, biases }] of placed.entries()) {
      const pairs = [
        [rows, plain[l]!.rows] as const,
        ...(biases ? [[biases, plain[l]!.biases!] as const] : []),
      ];
      for (const [actual, own] of pairs) {
        const wanted = statesOf(own);
        distances.push(...statesOf(actual).map((state, i) => distance(state, wanted[i]!)));
        expect(actual.steps).toEqual(own.steps);
      }
    }
    return Math.max(...distances);
  }
});

/** The largest difference as a share of the largest element; NaN where there is one. */
function distance(actual: Float32Array, expected: Float32Array): number {
  const most = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
  return Math.max(0, ...expected.map((value, i) => Math.abs(actual[i]! - value))) / most;
}
