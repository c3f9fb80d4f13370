import { expect, test } from 'vitest';
import {
  adaptiveDropout,
  blocks,
  hidden,
  lowRank,
  mostActive,
  noisyTopK,
  network,
  persistent,
  productKeys,
  random,
  router,
  sgd,
  signatures,
  softmax,
  topK,
} from '../../../src/index.ts';
import { dense } from '../../hidden-choice.ts';
import { create, fit } from '../../training.ts';

test('every one of them learns what dense units learn', async () => {
  const selectors = [
    adaptiveDropout({ fraction: 0.4, alpha: 3 }),
    persistent({ fraction: 0.4 }),
    persistent({ fraction: 0.4, by: router() }),
    blocks({ fraction: 0.4, size: 4 }),
    blocks({ fraction: 0.4, size: 4, by: router() }),
    blocks({ fraction: 0.4, size: 4, by: router(), choice: 'expert' }),
    productKeys({ fraction: 0.4 }),
    lowRank({ fraction: 0.4, rank: 8 }),
    mostActive({ fraction: 0.4, observe: 5 }),
    noisyTopK({ fraction: 0.4, overlap: 0.8 }),
    signatures({ fraction: 0.4 }),
    topK({ fraction: 0.4 }),
    random({ fraction: 0.4 }),
  ];
  for (const select of selectors) {
    using net = await create(network(20, [hidden(60, select), softmax(5)], sgd({ rate: 0.1 })), dense, {
      batchSize: 10,
    });
    await fit(net, dense, 40);
    expect(net.evaluate(dense, { pass: 'sparse' }).accuracy).toBeGreaterThan(0.9);
  }
});
