import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../src/records.ts';
import { renderReport } from '../src/report.ts';
import { record, study } from './synthetic.ts';

const context = {
  started: '2026-11-23T20:15:00.000Z',
  machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 8, platform: 'linux x64', node: 'v26.10.0' },
};

describe('as text', () => {
  test('says what was run, where and when', () => {
    const html = renderReport(study(), context);
    for (const text of [
      '<h1>Selectors on mnist-subset</h1>',
      '784–1000–1000–10, ReLU',
      '<dd>1, 2, 3</dd>',
      'Some CPU, 2 cores, 8 GiB, linux x64, Node v26.10.0',
      '2026-11-23 20:15:00 UTC',
    ]) {
      expect(html).toContain(text);
    }
  });

  test('is the same for the same records', () => {
    expect(renderReport(study(), context)).toBe(renderReport(study(), context));
  });

  test('names from the records cannot become markup', () => {
    const html = renderReport([record({ dataset: '<script>x</script>', arm: '"><b>' })]);
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<b>');
  });

  test('draws one run alone, and sparse arms without dense', () => {
    expect(renderReport([record({ epochs: 1, history: record().history.slice(0, 1) })])).toContain('<svg');
    const html = renderReport(study().filter(({ arm }) => arm !== 'dense'));
    expect(html).toContain('training time, seconds an epoch');
    expect(html).not.toContain('NaN');
  });
});

describe('in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hashgrad-report-'));
    browser = await chromium.launch({
      executablePath: await sparticuz.executablePath(),
      args: ['--no-sandbox', '--disable-gpu'], // its own list is for functions in the cloud
      headless: true,
    });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens the report of `records` from a file and gives it with everything that went wrong or was requested. */
  async function open(records: readonly RunRecord[]): Promise<{ page: Page; events: string[] }> {
    const path = join(folder, 'report.html');
    writeFileSync(path, renderReport(records, context));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const events: string[] = [];
    const address = pathToFileURL(path).href;
    page.on('console', (message) => events.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => events.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:'))
        events.push(`request: ${request.url()}`);
    });
    await page.goto(address, { waitUntil: 'load' });
    return { page, events };
  }

  test('shows plots and a row for each arm, without errors or requests', async () => {
    const { page, events } = await open(study());
    const sizes = await page.locator('figure.plot > svg').evaluateAll((plots) =>
      plots.map((plot) => {
        const { width, height } = plot.getBoundingClientRect();
        return { width, height, marks: plot.querySelectorAll('path, rect, circle, line').length };
      }),
    );
    expect(sizes).toHaveLength(6);
    for (const { width, height, marks } of sizes) {
      expect(width).toBeGreaterThan(400);
      expect(height).toBeGreaterThan(200);
      expect(marks).toBeGreaterThan(10);
    }
    for (const plot of await page.locator('figure.plot > svg').all())
      expect(await plot.isVisible()).toBe(true);
    const rows = await page
      .locator('#summary tbody tr')
      .evaluateAll((list) => list.map((row) => row.getAttribute('data-arm')));
    expect(rows).toHaveLength(11);
    expect(new Set(rows)).toEqual(new Set(['dense', 'narrow', 'random', 'fixed', 'topK', 'lsh']));
    expect(await page.locator('#records').isVisible()).toBe(false);
    await page.locator('details > summary').click();
    expect(await page.locator('#records tbody tr').count()).toBe(33);
    expect(await page.locator('#records').isVisible()).toBe(true);
    expect(events).toEqual([]);
    await page.close();
  });

  test('fits a phone without scrolling sideways', async () => {
    const { page } = await open(study());
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.close();
  });
});
