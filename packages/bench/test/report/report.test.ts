import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseHTML } from 'linkedom';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launch } from '../../../../testing/browser.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { estimate } from '../../src/analysis/estimate.ts';
import { renderReport } from '../../src/report/report.ts';
import { FRACTIONS, madeUp, records, study } from '../made-up.ts';

const context = {
  command: 'npx hashgrad study made-up',
  commit: 'cb5e479',
  versions: { '@hashgrad/lsh': '0.0.0' },
};
const whole = renderReport(study, records(), context);

/** A report as a browser without scripts reads it. */
function parsed(html: string): Document {
  return parseHTML(html).document as unknown as Document;
}

/** Texts of the cells of a table's rows. */
function cells(document: Document, id: string): string[][] {
  return [...document.querySelectorAll(`#${id} tbody tr`)].map((row) =>
    [...row.children].map((cell) => cell.textContent ?? ''),
  );
}

/** All of a report but the records inside. */
function drawn(html: string): string {
  return html.slice(0, html.indexOf('<script'));
}

/** The label of the axis of curves over seconds. */
function secondsLabel(xScale: string): string | undefined {
  const report = [{ kind: 'curves', x: 'seconds', y: 'accuracy.sparse', xScale }];
  const { svgs } = renderReport({ ...study, report }, records());
  return /seconds of training[^<]*→/.exec(svgs['made-up-curves.svg'] ?? '')?.[0];
}

/** A trial with a config, of which the rate was tuned. */
function tried(arm: string, size: string, config: object): TrialRecord {
  return madeUp({ arm, size }, 1, { loss: 1 }, {}, { config: config as never, tuned: { rate: 0.1 } });
}

describe('renderReport', () => {
  test('answers first, then shows everything that the answer rests on', () => {
    const document = parsed(whole.html);
    expect(document.querySelector('h1')?.textContent).toBe('Made up');
    expect(document.querySelector('.question')?.textContent).toBe(study.question);
    expect([...document.querySelectorAll('h2')].map(({ textContent }) => textContent)).toEqual([
      'Answer',
      'All points',
      'What it gains and what it costs',
      'Curves',
      'Side by side',
      'Where the work goes',
      'How it was tuned',
      'How to repeat it',
    ]);
    const [says, claim] = [...document.querySelectorAll('.lead')].map(({ textContent }) => textContent);
    expect(says).toMatch(/^At 5 % of the units lsh reaches 94\.\d ± 0\.\d %, dense 97\.\d ± 0\.\d %\.$/);
    expect(claim).toBe('Choosing beats chance: yes.');
    expect(document.querySelectorAll('.findings').item(0).children).toHaveLength(15);
    expect(document.querySelectorAll('figure.plot')).toHaveLength(6);
  });

  test('says what failed and what is missing', () => {
    const document = parsed(whole.html);
    expect(document.body.textContent).toContain(
      'The study is unfinished: of 80 trials 1 failed and 1 is missing.',
    );
    expect(cells(document, 'made-up-repeat-failed')).toEqual([
      ['topK, 10 %', '3', 'Out of memory: <4 GiB> were asked for.'],
    ]);
    expect(document.body.textContent).toContain('Missing: random, 5 % with seed 5.');
  });

  test('has a row for each point in the order of the levels, with the seeds that it rests on', () => {
    const rows = cells(parsed(whole.html), 'made-up-table');
    const arms = ['narrow', 'random', 'persistent', 'lsh', 'topK'];
    expect(rows.map(([arm, fraction]) => [arm, fraction])).toEqual([
      ['dense', '–'],
      ...arms.flatMap((arm) => Object.keys(FRACTIONS).map((fraction) => [arm, fraction])),
    ]);
    const counts = Object.fromEntries(rows.map(([arm, fraction, n]) => [`${arm} ${fraction}`, n]));
    expect(counts).toMatchObject({ 'random 5 %': '4', 'topK 10 %': '4', 'lsh 5 %': '5' });
    const [, , , , , , relative, work] = rows.find(([arm, fraction]) => arm === 'lsh' && fraction === '5 %')!;
    expect(relative).toMatch(/^0\.17\d \(0\.17\d–0\.1[78]\d\)$/);
    // 5 % of dense's work, 2 % more for hashing, and 2,000 entries at 24 each.
    expect(work).toBe('0.0800');
    expect(rows.filter(([arm]) => arm === 'dense')[0]?.slice(6, 8)).toEqual(['1.00', '1.00']);
  });

  test('gives mean, deviation and interval of each metric at each point', () => {
    const rows = cells(parsed(whole.html), 'made-up-table-spread');
    expect(rows).toHaveLength(3 * 16);
    const values = records().flatMap(({ trial, metrics }) =>
      trial.stage === 'run' && trial.point['arm'] === 'dense' ? [100 * metrics['accuracy.sparse']!] : [],
    );
    const { mean, deviation, low, high } = estimate(values);
    const texts = [mean, deviation, low, high].map((value) => value?.toFixed(2));
    expect(rows[0]).toEqual(['dense', 'accuracy, sparse pass, %', '5', ...texts]);
  });

  test('says what was run: what all trials share, and what the level of one factor decides', () => {
    const list = [
      tried('lsh', '1', { rate: 0.1, epochs: 3, task: { name: 'digits', rows: 100 }, select: { bits: 4 } }),
      tried('dense', '1', { rate: 0.2, epochs: 3, task: { name: 'digits', rows: 100 } }),
      tried('lsh', '2', { rate: 0.1, epochs: 3, task: { name: 'digits', rows: 200 }, select: { bits: 4 } }),
    ];
    const facts = { ...study, factors: { arm: { dense: {}, lsh: {} }, size: { '1': {}, '2': {} } } };
    const { markdown } = renderReport({ ...facts, report: [{ kind: 'setup' }] }, list);
    expect(markdown.slice(markdown.indexOf('- '))).toBe(
      [
        '- 3 trials: epochs = 3, task.name = digits',
        '- arm lsh: select.bits = 4',
        '- size 1: task.rows = 100',
        '- size 2: task.rows = 200',
        '',
      ].join('\n'),
    );
  });

  test('says how each point was tuned, and where the search ended at an edge', () => {
    const rows = cells(parsed(whole.html), 'made-up-tuning');
    expect(rows).toHaveLength(16);
    expect(rows.find(([name]) => name === 'lsh, 5 %')).toEqual([
      'lsh, 5 %',
      '3',
      'optimizer.rate = 0.003',
      '93.00',
      'no',
    ]);
    expect(rows.find(([name]) => name === 'dense')?.at(-1)).toBe('optimizer.rate');
  });

  test('counts the work by part, in the unit that it states', () => {
    const document = parsed(whole.html);
    expect(document.body.textContent).toContain('an entry of a bucket 24, a candidate ranked 80.');
    const rows = cells(document, 'made-up-costs-counts').filter(([name]) => name === 'lsh, 5 %');
    expect(rows.map(([, part]) => part)).toEqual([
      'hash',
      'read',
      'rank',
      'forward',
      'backward',
      'optimizer',
    ]);
    expect(rows[1]).toEqual(['lsh, 5 %', 'read', '0', '0', '0', '0', '2.00 k', '0', '48.0 k', '12.5']);
  });

  test('says what work is counted in where no section of costs does', () => {
    const text = 'Work is in multiply-adds, of which a comparison counts as 24,';
    const without = renderReport({ ...study, report: [{ kind: 'table' }] }, records(), context);
    expect(without.html).toContain(text);
    expect(without.markdown).toContain(text);
    expect(whole.html).not.toContain(text);
  });

  test('keeps the records inside, and nothing that runs or is fetched', () => {
    const document = parsed(whole.html);
    const data = document.querySelector('script#records')?.textContent ?? '';
    expect(JSON.parse(data)).toEqual({ context, records: records() });
    expect([...document.querySelectorAll('script')].map((script) => script.getAttribute('type'))).toEqual([
      'application/json',
    ]);
    expect(whole.html.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:\/\/|@import|url\(/);
  });

  test('is the same for the same records, in any order', () => {
    const list = records();
    expect(renderReport(study, list, context)).toEqual(whole);
    const bySeed = list.toSorted((a, b) => b.trial.seed - a.trial.seed);
    expect(drawn(renderReport(study, bySeed, context).html)).toBe(drawn(whole.html));
  });

  test('names and messages from records cannot become markup', () => {
    const evil = '"><script>alert(1)</script>|`*';
    const list = [
      madeUp({ arm: evil }, 1, { 'accuracy.sparse': 0.5 }),
      madeUp({ arm: 'x' }, 1, {}, { error: { message: evil } }),
    ];
    const { html, markdown, svgs } = renderReport({ ...study, question: evil }, list);
    expect(parsed(html).querySelectorAll('script')).toHaveLength(1);
    for (const text of [html, markdown, ...Object.values(svgs)]) expect(text).not.toContain('<script>alert');
    expect(markdown).toContain('\\|\\`\\*');
  });

  test('of a study that has hardly begun', () => {
    const all = records();
    for (const few of [[], all.slice(0, 1), all.slice(0, 48), all.slice(0, 49), all.slice(0, 61)]) {
      const { html, svgs, csv } = renderReport(study, few);
      expect(html).not.toMatch(/NaN|undefined|Infinity/);
      expect(html).toMatch(/is not measured yet|Nothing is measured yet/);
      for (const svg of Object.values(svgs)) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(csv.split('\r\n')).toHaveLength(few.length + 2);
    }
  });

  test('without sections it shows what the records have', () => {
    const { report: _, tune: _tune, ...bare } = study;
    const titles = (list: readonly TrialRecord[]) =>
      [...parsed(renderReport(bare, list).html).querySelectorAll('h2')].map(({ textContent }) => textContent);
    expect(titles(records())).toHaveLength(7);
    expect(titles([madeUp({ arm: 'x' }, 1, { 'accuracy.sparse': 1 })])).toEqual([
      'Answer',
      'What was run',
      'All points',
      'How to repeat it',
    ]);
  });

  test('the factor of the arms comes first, wherever the study has it', () => {
    const { arm, fraction } = study.factors as Record<'arm' | 'fraction', Record<string, unknown>>;
    const turned = records().map((record): TrialRecord => {
      const { arm: level, fraction: share } = record.trial.point;
      const point = { ...(share === undefined ? {} : { fraction: share }), arm: level as string };
      return { ...record, trial: { ...record.trial, point } };
    });
    const other = renderReport({ ...study, factors: { fraction, arm } }, turned, context);
    expect(drawn(other.html)).toBe(drawn(whole.html));
    expect(other.svgs).toEqual(whole.svgs);
  });

  test('times of trials that shared their machine are marked', () => {
    const shared = records().map((record) => ({ ...record, shared: true }));
    const document = parsed(renderReport(study, shared).html);
    const [dense] = cells(document, 'made-up-table');
    expect(dense?.[4]).toMatch(/†$/);
    expect(dense?.[3]).not.toContain('†');
    expect(dense?.slice(6, 8)).toEqual(['–', '1.00']);
    expect(document.body.textContent).toContain('their times are not comparable');
  });

  test('curves over a series have a logarithmic axis where that is asked for', () => {
    expect(secondsLabel('linear')).toBe('seconds of training →');
    expect(secondsLabel('log')).toBe('seconds of training (log scale) →');
  });

  test.each([
    [{ kind: 'plots' }, 'There is no section "plots"; the sections are answer, setup, table,'],
    [
      { kind: 'pareto', z: 'loss' },
      'A section "pareto" has no option "z"; its options are title, x, y, scale, panels, where.',
    ],
    [{ kind: 'pareto', x: 'lsos' }, 'There is no metric "lsos".'],
    [{ kind: 'bars', y: 5 }, 'The option "y" of a section "bars" should be a text, but is 5.'],
    [{ kind: 'pareto', scale: 'root' }, 'should be one of linear, log, error, but is "root"'],
    [{ kind: 'table', where: { arm: 1 } }, 'should be levels by factor'],
    [
      { kind: 'table', targets: [{ metric: 'loss', until: 1 }] },
      'should be a list of { metric, over, value? }',
    ],
    [{ kind: 'table', relative: ['accuracy.sparse'] }, 'is compared by differences'],
    [
      { kind: 'curves', x: 'fraction', xScale: 'log' },
      'The levels of the factor fraction decide the scale of its axis',
    ],
  ])('refuses the section %j', (section, message) => {
    expect(() => renderReport({ ...study, report: [section] }, records())).toThrow(message);
  });
});

describe('as files', () => {
  test('Markdown names the plots that are there, and has the tables', () => {
    const named = [...whole.markdown.matchAll(/\]\(([\w-]+\.svg)\)/g)].map(([, name]) => name);
    expect(named).toEqual(Object.keys(whole.svgs));
    expect(named).toHaveLength(6);
    const rows = whole.markdown.split('\n').filter((line) => line.startsWith('| lsh | '));
    expect(rows).toHaveLength(3);
    const head = whole.markdown.split('\n').find((line) => line.startsWith('| arm | fraction'))!;
    for (const row of rows) expect(row.split(' | ')).toHaveLength(head.split(' | ').length);
  });

  test('CSV has a line for each trial with its metrics, quoted where it must be', () => {
    const [head = '', ...lines] = whole.csv.trimEnd().split('\r\n');
    expect(lines).toHaveLength(records().length);
    expect(head).toMatch(
      /^study,stage,arm,fraction,seed,optimizer\.rate,accuracy\.sparse,secondsPerEpoch,activeShare,work,/,
    );
    const failed = lines.filter((line) => line.includes('Out of memory'));
    expect(failed).toHaveLength(1);
    const list = [madeUp({ arm: 'a "b", c' }, 1, {}, { error: { message: 'x\ny' } })];
    const { csv } = renderReport(study, list);
    expect(csv).toContain('"a ""b"", c"');
    expect(csv).toContain('"x\ny"');
  });

  test('SVG files stand alone: own colours, own legend, whole markup', () => {
    for (const svg of Object.values(whole.svgs)) {
      expect(svg.includes('var(--')).toBe(false);
      expect(parsed(`<html><body>${svg}</body></html>`).querySelectorAll('svg')).toHaveLength(1);
    }
    expect(whole.svgs['made-up-pareto.svg']).toContain('>persistent</text>');
    // Error bars of six series, in both directions.
    expect(whole.svgs['made-up-pareto.svg']?.match(/aria-label="rule"/g)?.length).toBe(12);
  });
});

describe.skipIf(!hasChromium)('in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hashgrad-report-'));
    browser = await launch();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a report from a file, and gives it with everything that went wrong or was requested. */
  async function open(html: string, width: number): Promise<{ page: Page; events: string[] }> {
    const path = join(folder, 'report.html');
    writeFileSync(path, html);
    const page = await browser.newPage({ viewport: { width, height: 900 } });
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

  test.each([400, 1400])(
    'at %i pixels: no message, no request, nothing wider than the window',
    async (width) => {
      const { page, events } = await open(whole.html, width);
      for (const details of await page.locator('details > summary').all()) await details.click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const plots = await page.locator('figure.plot .scroll > svg').evaluateAll((list) =>
        list.map((svg) => {
          const text = svg.querySelector('text')?.getBoundingClientRect();
          return { width: svg.getBoundingClientRect().width, text: text?.height ?? 0 };
        }),
      );
      expect(plots).toHaveLength(6);
      // Where a part of a plot is out of sight, it is said.
      const hint = await page
        .locator('figure.plot .scroll')
        .first()
        .evaluate((box) => [box.scrollWidth > box.clientWidth, getComputedStyle(box, '::after').content]);
      expect(hint).toEqual(width < 500 ? [true, '"scroll sideways for the rest →"'] : [false, 'none']);
      for (const plot of plots) {
        expect(plot.width).toBeGreaterThan(450);
        // Letters that can be read: their boxes are higher than the letters.
        expect(plot.text).toBeGreaterThan(10);
      }
      expect(events).toEqual([]);
      await page.close();
    },
  );

  test('an unfinished study’s report is clean, too', async () => {
    const { page, events } = await open(renderReport(study, records().slice(0, 50)).html, 400);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    expect(events).toEqual([]);
    await page.close();
  });

  test('prints on white in the light colours, whatever the reader’s screen is', async () => {
    const { page } = await open(whole.html, 800);
    const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await paper()).toBe('rgb(23, 25, 27)');
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    expect(await paper()).toBe('rgb(255, 255, 255)');
    const wider = await page
      .locator('.scroll')
      .evaluateAll((list) => list.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
    expect(Math.max(...wider)).toBeLessThanOrEqual(1);
    await page.close();
  });

  test('each plot as a file draws without a message', async () => {
    for (const [name, svg] of Object.entries(whole.svgs)) {
      const path = join(folder, name);
      writeFileSync(path, svg);
      const page = await browser.newPage();
      const events: string[] = [];
      page.on('console', (message) => events.push(message.text()));
      await page.goto(pathToFileURL(path).href, { waitUntil: 'load' });
      expect(await page.evaluate(() => document.querySelectorAll('parsererror').length)).toBe(0);
      expect(events).toEqual([]);
      await page.close();
    }
  });
});
