import { describe, expect, test } from 'vitest';
import { adamCorrections, type OptimizerFields, OptimizerRecord, RowsRecord } from '../../src/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';

const WIDTH = 20_000;
// As the kernels hold them.
const BETA1 = Math.fround(0.9);
const BETA2 = Math.fround(0.999);

type Formats = Pick<OptimizerFields, 'firstFormat' | 'secondFormat'>;

/** A bfloat16's value. */
function widen(half: number): number {
  return new Float32Array(Uint32Array.of(half << 16).buffer)[0];
}

/** The distance of the bfloat16s on both sides of x. */
function spacing(x: number): number {
  return 2 ** (Math.floor(Math.log2(Math.abs(x))) - 7);
}

function values(moment: Float32Array | Uint16Array): number[] {
  return moment instanceof Uint16Array ? Array.from(moment, widen) : Array.from(moment);
}

function sumOfMagnitudes(list: readonly number[]): number {
  return list.reduce((total, x) => total + Math.abs(x), 0);
}

/** The mean magnitude of one over that of the other. */
function ratio(a: readonly number[], b: readonly number[]): number {
  return sumOfMagnitudes(a) / sumOfMagnitudes(b);
}

describe.each(BUILDS)('moments of Adam in less memory, $name', (build) => {
  const arena = arenaOf(build);
  const gradient = arena.float32(WIDTH).map((_, i) => Math.sin(i + 1));
  const gradientAt = arena.float32(WIDTH);
  gradientAt.set(gradient);

  /** One row of zeros after `updates` updates by the same gradient. */
  function train(formats: Formats, updates: number) {
    const weights = arena.float32(WIDTH);
    const first = formats.firstFormat === 'bfloat16' ? arena.uint16(WIDTH) : arena.float32(WIDTH);
    const second =
      formats.secondFormat === 'bfloat16'
        ? arena.uint16(WIDTH)
        : arena.float32(formats.secondFormat === 'row' ? 1 : WIDTH);
    const steps = arena.int32(1);
    const { record: rows } = new RowsRecord(arena, {
      weights,
      stride: WIDTH,
      width: WIDTH,
      first,
      second,
      steps,
    });
    const { record: optimizer } = new OptimizerRecord(arena, {
      kind: 'adam',
      rate: 0.01,
      beta1: BETA1,
      beta2: BETA2,
      epsilon: 1e-8,
      biasCorrections: adamCorrections(arena, BETA1, BETA2),
      ...formats,
    });
    for (let t = 0; t < updates; t++) {
      const at = [rows, optimizer, gradientAt].map((view) => arena.address(view)) as [number, number, number];
      arena.kernels.updateRows(...at, WIDTH, 0, 0, 1);
    }
    return { weights: Array.from(weights), first: values(first), second: values(second) };
  }

  test('one second moment a row: of the mean square, and the update by its root', () => {
    const mean = gradient.reduce((total, g) => total + g * g, 0) / WIDTH;
    const { weights, second } = train({ secondFormat: 'row' }, 1);
    expect(second[0]).toBeCloseTo((1 - BETA2) * mean, 8);
    // The first step's corrections undo the betas: the step is rate * g / root of the mean square.
    for (let i = 0; i < WIDTH; i += 997) {
      expect(weights[i]).toBeCloseTo((-0.01 * gradient[i]) / Math.sqrt(mean), 6);
    }
  });

  test('a bfloat16 first moment is the nearest', () => {
    const { first } = train({ firstFormat: 'bfloat16' }, 1);
    const worst = Math.max(
      ...first.map((m, i) => Math.abs(m - (1 - BETA1) * gradient[i]) / spacing((1 - BETA1) * gradient[i])),
    );
    expect(worst).toBeGreaterThan(0.4);
    expect(worst).toBeLessThan(0.501);
  });

  test('a bfloat16 second moment is a neighbour, drawn so that the mean is kept', () => {
    const { second } = train({ secondFormat: 'bfloat16' }, 1);
    const errors = second.map((v, i) => {
      const exact = (1 - BETA2) * gradient[i] ** 2;
      return (v - exact) / spacing(exact);
    });
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(1.001);
    expect(Math.max(...errors)).toBeGreaterThan(0.5);
    // Each error is of variance p (1 - p) <= 1/4, so the mean's standard deviation is at most 1 / (2 sqrt(n)).
    const mean = errors.reduce((total, error) => total + error, 0) / WIDTH;
    expect(Math.abs(mean)).toBeLessThan((4 * 0.5) / Math.sqrt(WIDTH));
  });

  test('small changes of a bfloat16 second moment add up, and training goes as with 32 bits', () => {
    const updates = 1500;
    const narrow = train({ firstFormat: 'bfloat16', secondFormat: 'bfloat16' }, updates);
    const full = train({}, updates);
    // Rounding to the nearest would stop at a change of half a spacing, 1/256 of the moment: at less than a quarter.
    expect(ratio(narrow.second, full.second)).toBeCloseTo(1, 2);
    expect(ratio(narrow.weights, full.weights)).toBeCloseTo(1, 1);
  });
});
