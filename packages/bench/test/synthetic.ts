/** Made-up records for the tests of what happens after a study has run. */
import type { RunRecord } from '../src/records.ts';

/** A record with plain numbers; give what should differ. */
export function record(overrides: Partial<RunRecord> = {}): RunRecord {
  return {
    study: 'selectors',
    dataset: 'toy',
    arm: 'dense',
    fraction: 1,
    seed: 1,
    units: [784, 1000, 1000, 10],
    epochs: 2,
    batchSize: 256,
    threads: 1,
    spec: {},
    accuracy: { sparse: 0.9, full: 0.9 },
    history: [
      { epoch: 1, loss: 0.5, sparse: 0.85, full: 0.85, seconds: 2 },
      { epoch: 2, loss: 0.25, sparse: 0.9, full: 0.9, seconds: 2 },
    ],
    multiplyAdds: { hashing: 0, choose: 0, forward: 100, backward: 200, optimizer: 20, rehash: 0 },
    denseMultiplyAdds: 320,
    activeShare: 1,
    seconds: 4,
    partSeconds: { hashing: 0, choose: 0, forward: 1, backward: 2.5, optimizer: 0.5, rehash: 0 },
    ...overrides,
  };
}

/** A whole study of six arms, two fractions and three seeds, shaped like a real one. */
export function study(epochs = 4): RunRecord[] {
  const arms = ['dense', 'narrow', 'random', 'fixed', 'topK', 'lsh'];
  const quality = [0.972, 0.955, 0.938, 0.944, 0.969, 0.965];
  const dense = {
    hashing: 0,
    choose: 0,
    forward: 1_794_000,
    backward: 2_804_000,
    optimizer: 7_050,
    rehash: 0,
  };
  const total = dense.forward + dense.backward + dense.optimizer;
  return [1, 2, 3].flatMap((seed) =>
    arms.flatMap((arm, index) =>
      (arm === 'dense' ? [1] : [0.05, 0.25]).map((fraction) => {
        const noise = ((seed * 7 + index * 3) % 5) * 0.0008;
        const full =
          (quality[index] as number) + (fraction - 0.25) * 0.06 * (arm === 'dense' ? 0 : 1) + noise;
        const cost = arm === 'topK' ? 0.33 + fraction * 0.6 : fraction;
        const hashing = arm === 'lsh' ? 90_000 : 0;
        const seconds = epochs * 2.2 * (arm === 'lsh' ? cost + 0.3 : cost + 0.02) * (1 + noise * 8);
        const curve = Array.from({ length: epochs }, (_, at) => full - 0.1 * 0.45 ** (at + 1));
        return record({
          dataset: 'mnist-subset',
          arm,
          fraction,
          seed,
          epochs,
          accuracy: { full, sparse: arm === 'random' ? full - 0.06 : full - 0.004 },
          history: curve.map((accuracy, at) => ({
            epoch: at + 1,
            loss: 0.6 / (at + 1),
            full: accuracy,
            sparse: accuracy - 0.004,
            seconds: seconds / epochs,
          })),
          multiplyAdds: {
            hashing,
            choose: hashing / 9,
            forward: dense.forward * cost,
            backward: dense.backward * fraction,
            optimizer: dense.optimizer * fraction,
            rehash: hashing / 3,
          },
          denseMultiplyAdds: total,
          activeShare: arm === 'lsh' ? fraction * 0.93 : fraction,
          seconds,
          partSeconds: {
            hashing: arm === 'lsh' ? seconds * 0.15 : 0,
            choose: arm === 'lsh' ? seconds * 0.1 : 0,
            forward: seconds * 0.3,
            backward: seconds * 0.35,
            optimizer: seconds * 0.06,
            rehash: arm === 'lsh' ? seconds * 0.04 : 0,
          },
        });
      }),
    ),
  );
}
