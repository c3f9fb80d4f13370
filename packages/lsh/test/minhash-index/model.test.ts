import { expect, test } from 'vitest';
import { IndexModel } from './index-model.ts';

test.each([1, 2, 3])(
  'random operations, seed %i: an index answers as a plain one that knows which signatures share a band',
  (seed) => {
    const model = new IndexModel(seed);
    for (let step = 0; step < 400; step++) {
      model.step();
      model.check();
      if (step % 40 === 39) model.checkPairs();
    }
    expect(model.plain.sets.size).toBeGreaterThan(10);
    model.index.close();
  },
);
