/** The built page in Chromium. It is built first, which takes a while: so HASHGRAD_FULL asks for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WITHOUT_DISPOSE } from '../../../scripts/consumers/program.ts';
import { hasChromium, launch } from '../../../testing/browser.ts';
import { npm } from './install.ts';
import { serveFolder, type StaticSite } from './static-site.ts';

const FULL = process.env['HASHGRAD_FULL'] === '1';
const folder = join(import.meta.dirname, '..');
const WIDTHS = [390, 1400] as const;

/** Small networks, so that a busy machine comes to a hundred steps soon. */
const QUICK = 'selector=lsh&family=simHash&bits=5&tables=10&share=10&units=200&images=1000&portable=yes';

/** Takes from Chromium what WebKit has not: disposal, and streams that one can iterate over. */
const AS_WEBKIT = `if (!globalThis.isBare) {${WITHOUT_DISPOSE}
  globalThis.isBare = true;
  delete ReadableStream.prototype[Symbol.asyncIterator];
  delete ReadableStream.prototype.values;
}`;

/** Long, for machines that have other things to do. */
const PATIENCE = 120_000;

function textOf(page: Page, selector: string): Promise<string> {
  return page.locator(selector).innerText();
}

/** Waits until the digest of the first hundred steps is there, and gives it. */
async function digestOn(page: Page): Promise<string> {
  const found = /after 100 steps: ((?:[\da-f]{4} ?){4})/;
  await page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector('#digest')!.textContent!),
    found.source,
  );
  return found.exec(await textOf(page, '#digest'))![1]!.trim();
}

/** What axe-core finds that is serious or worse. */
async function serious(page: Page): Promise<string[]> {
  await page.addScriptTag({
    content: readFileSync(join(folder, 'node_modules/axe-core/axe.min.js'), 'utf8'),
  });
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe.skipIf(!hasChromium || !FULL)('the built page (HASHGRAD_FULL)', { timeout: 2 * PATIENCE }, () => {
  let browser: Browser;
  let site: StaticSite;

  beforeAll(async () => {
    npm('run', 'build');
    site = await serveFolder(join(folder, 'dist'));
    browser = await launch();
  }, 5 * PATIENCE);

  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  /** Opens the page, with what went wrong and what was asked of other hosts. */
  async function open(
    width: number,
    link: string,
    from = site,
  ): Promise<{ page: Page; wrong: string[]; context: BrowserContext }> {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const wrong: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && wrong.push(message.text())));
    page.on('pageerror', (error) => void wrong.push(String(error)));
    page.on('requestfailed', (request) => void wrong.push(`failed: ${request.url()}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(from.page) && !/^(data|blob):/.test(request.url()))
        wrong.push(request.url());
    });
    await page.goto(`${from.page}#${link}`);
    return { page, wrong, context };
  }

  describe.each(WIDTHS)('at %d px', (width) => {
    test('is painted, then trains', async () => {
      const { page, wrong, context } = await open(width, 'tab=train');
      const painted = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            new PerformanceObserver((list) => resolve(list.getEntries()[0]!.startTime)).observe({
              type: 'paint',
              buffered: true,
            });
          }),
      );
      await page.waitForFunction(
        () => Number(document.querySelector('#standings td:nth-child(5)')?.textContent) >= 1,
      );
      const trained = await page.evaluate(() => performance.now());
      console.log(
        `${width} px: first paint after ${painted.toFixed(0)} ms, an epoch of the hashed network after ${trained.toFixed(0)} ms`,
      );
      expect(painted).toBeLessThan(trained);
      await page.waitForSelector('#plot svg [aria-label="line"] path');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
      expect(await serious(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await serious(page)).toEqual([]);
      expect(wrong).toEqual([]);
      await context.close();
    });

    test('a drawn digit has units that fire, and an example chosen by keyboard has others', async () => {
      const { page, wrong, context } = await open(width, `tab=train&${QUICK}`);
      await digestOn(page);
      await page.click('#run');
      const before = await textOf(page, '#strongest');
      const pad = (await page.locator('#pad').boundingBox())!;
      const middle = pad.x + pad.width / 2;
      await page.locator('#pad').scrollIntoViewIfNeeded();
      const { y } = (await page.locator('#pad').boundingBox())!;
      await page.mouse.move(middle, y + 40);
      await page.mouse.down();
      await page.mouse.move(middle, y + pad.height - 40, { steps: 12 });
      await page.mouse.up();
      await page.waitForFunction(
        (old) => document.querySelector<HTMLElement>('#strongest')!.innerText !== old,
        before,
      );
      expect(await textOf(page, '#recall')).toMatch(
        /^\d+ of 200 units fire\. Of the \d+ best, \d+ are among them: a recall of \d+ %/,
      );
      expect(Number(/^\d+/.exec(await textOf(page, '#recall')))).toBeGreaterThan(0);
      await page.click('#strongest button');
      await page.waitForFunction(() =>
        document.querySelector('#unit-weights')!.ariaLabel!.startsWith('Weights of unit'),
      );
      expect(await textOf(page, '#unit-text')).toMatch(
        /^Unit \d+ gives [\d.]+\. It lies in the digit’s bucket in \d+ of 10 tables: \d+ \(bucket [01]{5}\)/,
      );

      const drawn = await textOf(page, '#strongest');
      await page.locator('#examples button').nth(0).focus();
      await page.keyboard.press('Enter');
      await page.waitForFunction(
        (old) => document.querySelector<HTMLElement>('#strongest')!.innerText !== old,
        drawn,
      );
      expect(await page.locator('#examples [aria-pressed="true"]').count()).toBe(1);
      await page.waitForFunction(() =>
        /hashed says \d.*units fire/.test(document.querySelector('#heard')!.textContent!),
      );
      expect(await page.locator('.bucket.own').count()).toBe(1);
      expect(wrong).toEqual([]);
      await context.close();
    });

    test('search finds a known neighbour as one types, and vectors of a file', async () => {
      const { page, wrong, context } = await open(width, 'tab=search');
      await page.fill('#word', 'mond');
      for (const way of ['exact', 'mips', 'lsh']) {
        await page.locator(`[data-way="${way}"] li`, { hasText: 'tuesday' }).waitFor();
        expect(await textOf(page, `[data-way="${way}"] .facts`)).toMatch(
          way === 'exact' ? /^[\d.]+ ms a search/ : /; \d+ % of the exact ten/,
        );
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await serious(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await serious(page)).toEqual([]);
      await page.setInputFiles('#file', {
        name: 'own.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('left 1 0\nright 0.9 0.1\nup 0 1\n'),
      });
      await page
        .locator('[data-way="exact"] li', { hasText: 'left' })
        .or(page.locator('#search-status', { hasText: 'begins with' }))
        .first()
        .waitFor();
      await page.fill('#word', 'left');
      await page.locator('[data-way="exact"] li:first-of-type', { hasText: 'right' }).waitFor();
      await page.setInputFiles('#file', {
        name: 'letter.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('no vectors at all'),
      });
      await page.locator('#search-status.failed', { hasText: 'letter.txt' }).waitFor();
      expect(wrong).toEqual([]);
      await context.close();
    });
  });

  test('a shared link gives the same digest, and another seed another', async () => {
    const first = await open(1400, `tab=train&${QUICK}&seed=7`);
    const digest = await digestOn(first.page);
    const link = new URL(await first.page.inputValue('#link'));
    const second = await open(390, link.hash.slice(1));
    expect(await digestOn(second.page)).toBe(digest);
    link.hash = link.hash.replace('seed=7', 'seed=8');
    const third = await open(390, link.hash.slice(1));
    expect(await digestOn(third.page)).not.toBe(digest);
    for (const { context } of [first, second, third]) await context.close();
  });

  test('tabs go by arrow keys, and training rests while it is not seen', async () => {
    const { page, context } = await open(1400, `tab=train&${QUICK}`);
    await digestOn(page);
    await page.focus('#tab-train');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#search').isVisible()).toBe(true);
    expect(await page.locator('#train').isVisible()).toBe(false);
    await page.waitForFunction(() => document.querySelector('#run')!.textContent === 'Go on');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.querySelector('#run')!.textContent === 'Pause');
    await context.close();
  });

  test('trains and searches in an engine that has what WebKit has', async () => {
    await using bare = await serveFolder(join(folder, 'dist'), AS_WEBKIT);
    const { page, wrong, context } = await open(390, `tab=train&${QUICK}`, bare);
    await digestOn(page);
    await page.click('#tab-search');
    await page.fill('#word', 'mond');
    await page.locator('[data-way="mips"] li', { hasText: 'tuesday' }).waitFor();
    expect(wrong).toEqual([]);
    await context.close();
  });

  test('works without a network once it was there', async () => {
    const { page, context } = await open(1400, `tab=train&${QUICK}`);
    await page.evaluate(async () => navigator.serviceWorker.ready);
    const digest = await digestOn(page);
    await context.setOffline(true);
    await page.goto('about:blank');
    await page.goto(`${site.page}#tab=search&${QUICK}`);
    await page.locator('[data-way="exact"] li').first().waitFor();
    await page.click('#tab-train');
    expect(await digestOn(page)).toBe(digest);
    await context.close();
  });
});
