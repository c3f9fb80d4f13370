import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfLayers from '@tensorflow/tfjs-layers';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launch } from '../../../testing/browser.ts';
import { IMPORTS, serve } from '../../../testing/site.ts';
import { use } from './backends.ts';
import { distance } from './data.ts';
import { report, type PageReport } from './page.ts';

const require = createRequire(import.meta.url);

/** A file of a package of TensorFlow.js. */
function fileOf(name: string, file: string): string {
  return join(dirname(require.resolve(`@tensorflow/${name}`)), file);
}

/** A module that passes on what the scripts of TensorFlow.js made of the page's `tf`. */
function moduleOf(exported: object): string {
  return Object.keys(exported)
    .filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'default')
    .map((name) => `export const ${name} = globalThis.tf.${name};`)
    .join('\n');
}

describe.skipIf(!hasChromium)('in Chromium', () => {
  let browser: Browser;
  let expected: PageReport;

  beforeAll(async () => {
    await use('cpu');
    expected = await report();
    browser = await launch('software');
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  /** What the page gives; undefined where it has no such backend. */
  async function inPage(backend: string, isolated: boolean): Promise<PageReport | undefined> {
    const wasm = ['', '-simd', '-threaded-simd'].map((kind) => `tfjs-backend-wasm${kind}.wasm`);
    await using site = await serve({
      isolated,
      files: {
        '/core.js': moduleOf(tf),
        '/layers.js': moduleOf(tfLayers),
        ...Object.fromEntries(
          wasm.map((name) => [`/${name}`, readFileSync(fileOf('tfjs-backend-wasm', name))]),
        ),
      },
      imports: {
        ...IMPORTS,
        '@hashgrad/tfjs': '/tfjs/src/index.ts',
        '@tensorflow/tfjs-core': '/core.js',
        '@tensorflow/tfjs-layers': '/layers.js',
      },
    });
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(site.page);
    for (const name of ['core', 'backend-cpu', 'backend-webgl', 'backend-wasm', 'layers']) {
      await page.addScriptTag({ path: fileOf(`tfjs-${name}`, `tf-${name}.min.js`) });
    }
    const found = await page.evaluate(`(async () => {
      tf.wasm.setWasmPaths('/', true);
      if (!(await tf.setBackend('${backend}'))) return undefined;
      const { report } = await import('/tfjs/test/page.ts');
      return report();
    })()`);
    await page.close();
    expect(errors).toEqual([]);
    return found as PageReport | undefined;
  }

  test.for([
    { backend: 'wasm', isolated: false },
    { backend: 'wasm', isolated: true },
    { backend: 'webgl', isolated: false },
  ])(
    '$backend trains to the losses of Node (isolated: $isolated)',
    { timeout: 60_000 },
    async ({ backend, isolated }, { skip }) => {
      const found = await inPage(backend, isolated);
      if (!found) return skip(`This Chromium has no ${backend}.`);
      expect(found.backend).toBe(backend);
      // Sums of other orders, and of 32 bits on any backend.
      expect(distance(found.losses, expected.losses)).toBeLessThan(1e-3);
      expect(found.losses.at(-1)).toBeLessThan(found.losses[0]! / 2);
      expect([found.accuracy, found.left]).toEqual([expected.accuracy, 0]);
    },
  );
});
