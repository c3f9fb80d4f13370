import { simHash } from '@hashgrad/lsh';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launch } from '../../../../testing/browser.ts';
import { serve } from '../../../../testing/site.ts';
import { hidden, lsh, network, softmax } from '../../src/index.ts';
import { bags } from '../data.ts';
import { predictionsOf, type PageReport, type Rows } from '../frozen-page.ts';
import { create, fit } from '../training.ts';

describe.skipIf(!hasChromium)('in Chromium, without a bundler', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  test.for([
    { isolated: false, weights: 'float32', threads: 1 },
    { isolated: false, weights: 'int8', threads: 1 },
    { isolated: true, weights: 'int8', threads: 2 },
  ] as const)(
    'a frozen network of $weights gives the bits that it gives in Node (isolated: $isolated)',
    async (setting) => {
      const { isolated, weights, threads } = setting;
      const examples = bags({ rows: 50, columns: 300, classes: 200, mostLabels: 2 });
      const select = lsh({ count: 20, family: simHash({ bits: 4, tables: 10 }) });
      using net = await create(network(300, [hidden(40), softmax(200, select)]), examples);
      await fit(net, examples, 2);
      using frozen = await net.freeze({ weights });
      const { rows, columns, offsets, ids, values } = examples;
      const given: Rows = { rows, columns, offsets: [...offsets], ids: [...ids], values: [...values] };
      await using site = await serve({ isolated, files: { '/model.safetensors': frozen.toBytes() } });
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => errors.push(message.text()));
      await page.goto(site.page);
      const call = `report('/model.safetensors', ${JSON.stringify(given)})`;
      const script = `import('/sparse-nn/test/frozen-page.ts').then(({ report }) => ${call})`;
      const report = (await page.evaluate(script)) as PageReport;
      await page.close();
      expect(errors).toEqual([]);
      expect(report).toEqual({
        isolated,
        threads,
        format: weights,
        predictions: predictionsOf(frozen, given),
      });
    },
  );
});
