import { simHash } from '@hashgrad/lsh';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launch } from '../../../../testing/browser.ts';
import { serve, type Site } from '../../../../testing/site.ts';
import { hidden, lsh, network, softmax, type FrozenNetwork } from '../../src/index.ts';
import { bags } from '../data.ts';
import { predictionsOf, type Rows } from '../frozen-page.ts';
import { create, fit } from '../training.ts';

const NOT_ISOLATED =
  'SharedArrayBuffer is missing: in a browser the page must be cross-origin isolated (COOP and COEP headers)';

/** A frozen network, and rows for it. */
async function frozenOf(weights: 'float32' | 'int8'): Promise<{ frozen: FrozenNetwork; rows: Rows }> {
  const examples = bags({ rows: 50, columns: 300, classes: 200, mostLabels: 2 });
  const select = lsh({ count: 20, family: simHash({ bits: 4, tables: 10 }) });
  using net = await create(network(300, [hidden(40), softmax(200, select)]), examples);
  await fit(net, examples, 2);
  const { rows, columns, offsets, ids, values } = examples;
  return {
    frozen: await net.freeze({ weights }),
    rows: { rows, columns, offsets: [...offsets], ids: [...ids], values: [...values] },
  };
}

describe.skipIf(!hasChromium)('in Chromium, without a bundler', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  /** What the expression gives in a page of the site. An error or a message of the page fails the test. */
  async function inPage(site: Site, expression: string): Promise<unknown> {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => errors.push(message.text()));
    await page.goto(site.page);
    const value = await page.evaluate(expression);
    await page.close();
    expect(errors).toEqual([]);
    return value;
  }

  test.for([
    { isolated: false, weights: 'float32', threads: 1, reason: NOT_ISOLATED },
    { isolated: false, weights: 'int8', threads: 1, reason: NOT_ISOLATED },
    { isolated: true, weights: 'int8', threads: 2, reason: undefined },
  ] as const)(
    'a frozen network of $weights gives the bits that it gives in Node (isolated: $isolated)',
    async ({ isolated, weights, threads, reason }) => {
      const { frozen, rows } = await frozenOf(weights);
      await using site = await serve({ isolated, files: { '/model.safetensors': frozen.toBytes() } });
      const call = `report('/model.safetensors', ${JSON.stringify(rows)})`;
      const report = await inPage(
        site,
        `import('/sparse-nn/test/frozen-page.ts').then(({ report }) => ${call})`,
      );
      const predictions = predictionsOf(frozen, rows);
      frozen.close();
      expect(report).toEqual({ isolated, threads, reason, format: weights, predictions });
    },
  );

  test.for([
    { isolated: false, reason: NOT_ISOLATED },
    { isolated: true, reason: 'there are no workers here (a service worker cannot start any)' },
  ])(
    'in a service worker it gives the same bits, on one thread (isolated: $isolated)',
    async ({ isolated, reason }) => {
      const { frozen, rows } = await frozenOf('int8');
      const files = { '/model.safetensors': frozen.toBytes() };
      await using site = await serve({ isolated, files, addresses: true });
      const answer = await inPage(site, `(${askServiceWorker})(${JSON.stringify(rows)})`);
      const predictions = predictionsOf(frozen, rows);
      frozen.close();
      expect(answer).toEqual({ answer: { isolated, threads: 1, reason, format: 'int8', predictions } });
    },
  );
});

/** Runs in the page: starts the service worker and asks it. */
const askServiceWorker = `async (rows) => {
  const path = '/sparse-nn/test/frozen-service-worker.ts';
  const { installing } = await navigator.serviceWorker.register(path, { type: 'module' });
  await new Promise((resolve, reject) => {
    installing.addEventListener('statechange', () => {
      if (installing.state === 'activated') resolve();
      if (installing.state === 'redundant') reject(new Error('The service worker did not start.'));
    });
  });
  const { port1, port2 } = new MessageChannel();
  installing.postMessage({ url: '/model.safetensors', rows }, [port2]);
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
  });
}`;
