import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launch } from '../../../testing/browser.ts';
import { serve } from '../../../testing/site.ts';
import type { SiteOptions } from '../../../testing/site.ts';
import { Team, randomStream, workerSource } from '../src/index.ts';
import { BUILDS, arenaOf } from './builds.ts';
import { digests } from './page.ts';
import type { PageOptions, PageReport } from './page.ts';

describe.skipIf(!hasChromium)('in Chromium, without a bundler', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  /** What the page says of itself: `report` of page.ts. An error in the page or in one of its workers fails the test. */
  async function reportOf(siteOptions: SiteOptions, options: PageOptions = {}): Promise<PageReport> {
    await using site = await serve(siteOptions);
    const page: Page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(site.page);
    const script = `import('/kernels/test/page.ts').then(({ report }) => report(${JSON.stringify(options)}))`;
    const report = (await page.evaluate(script)) as PageReport;
    await page.close();
    expect(errors).toEqual([]);
    return report;
  }

  test('a page that is not isolated has one thread, and says why', async () => {
    const report = await reportOf({ isolated: false });
    expect(report).toMatchObject({ isolated: false, shared: false, threads: 1 });
    expect(report.reason).toMatch(/the page must be cross-origin isolated \(COOP and COEP headers\)$/);
    expect(report.team).toEqual(report.single);
  });

  test('an isolated page has two, which give the bits of one', async () => {
    const report = await reportOf({ isolated: true });
    expect(report).toMatchObject({ isolated: true, shared: true, threads: 2, reason: undefined });
    expect(Object.values(report.single).length).toBeGreaterThan(20);
    expect(report.team).toEqual(report.single);
  });

  test('a page whose policy forbids workers from blobs is told so, and can serve their program itself', async () => {
    const strict = { isolated: true, strict: true, files: { '/worker.js': workerSource } };
    await expect(reportOf(strict)).rejects.toThrow(
      "A worker thread did not start: its script was not loaded (does the page's policy allow workers from blobs?)",
    );
    const report = await reportOf(strict, { workerUrl: '/worker.js' });
    expect(report.threads).toBe(2);
    expect(report.team).toEqual(report.single);
  });

  test.each(BUILDS)(
    'the build $name gives the bits that it gives in Node',
    async ({ shared, relaxed, name }) => {
      const report = await reportOf({ isolated: true }, { shared, relaxed });
      const arena = arenaOf({ shared, relaxed, name });
      expect(report.single).toEqual(digests(arena, Team.single(arena)));
      expect(report.uniform).toBe(randomStream(42, 'weights').uniform());
    },
  );
});
