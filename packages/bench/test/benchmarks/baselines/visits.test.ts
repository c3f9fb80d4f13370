import { expect, test } from 'vitest';
import {
  type StepVisits,
  visitError,
  visitMilliseconds,
  visitsForms,
} from '../../../src/benchmarks/baselines/visits/visits.ts';

const forms = visitsForms(32);
const missing = typeof forms === 'string';

const VISITS: StepVisits = {
  features: 300,
  visitedFeatures: 120,
  nonZeros: 7,
  labels: 900,
  visitedLabels: 401,
  batchSize: 48,
  threads: 1,
};

for (const threads of [1, 3]) {
  test.skipIf(missing)(`visits in C++ do what plain loops do, threads: ${threads}`, () => {
    if (typeof forms === 'string') return;
    for (const form of forms) {
      const error = visitError(form, { ...VISITS, threads }, 3);
      expect(error).toHaveLength(2);
      for (const each of error) expect(each).toBeLessThan(1e-4);
    }
  });
}

test.skipIf(missing)('visits in C++ time as many steps as asked for, and refuse parts of tiles', () => {
  if (typeof forms === 'string') return;
  for (const form of forms) {
    const times = visitMilliseconds(form, VISITS, { warmUp: 1, measured: 4 });
    expect(times).toHaveLength(4);
    for (const each of times) expect(each).toBeGreaterThan(0);
    const odd = { ...VISITS, batchSize: 50 };
    expect(() => visitMilliseconds(form, odd, { warmUp: 0, measured: 1 })).toThrow(/whole tiles/);
  }
});

test.skipIf(missing)('rows that are not whole vectors are refused in a line', () => {
  expect(visitsForms(24)).toMatch(/^Visits in C\+\+ are left out: .*Rows are whole vectors/);
});
