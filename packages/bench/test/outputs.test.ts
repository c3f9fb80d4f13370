import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plantedLabels, type PlantedLabelsOptions, type SparseDataset, type Split } from '@hashgrad/datasets';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTPUTS_ARM_NAMES, OUTPUTS_ARMS, outputsArm, outputsMark } from '../src/outputs-arms.ts';
import { checkOutputsRecord, type OutputsRecord } from '../src/outputs-records.ts';
import { outputsPlots, outputsTable, renderOutputsReport } from '../src/outputs-report.ts';
import { byFrequencyAlone, type OutputsSettings, runOutputsStudy, stretches } from '../src/outputs-study.ts';
import { summarizeOutputs } from '../src/outputs-summary.ts';
import { byFrequency, classFrequencies, outputsTask } from '../src/outputs-task.ts';
import { appendRecord, readLines, startRecords } from '../src/outputs-store.ts';

const SETTINGS: OutputsSettings = {
  arms: ['full', 'uniform+logQ'],
  seeds: [1, 2],
  epochs: 2,
  checkpoints: [0.25, 0.5],
  hidden: 16,
  activation: 'linear',
  active: 60,
  batchSize: 50,
  threads: 1,
  rate: 0.01,
};

const world = (options: PlantedLabelsOptions = {}): Split<SparseDataset> =>
  byFrequency(
    plantedLabels({ train: 1000, test: 200, features: 400, labels: 200, nonZeros: 20, ...options }),
  );

/** What is the same whenever a run is repeated. */
function timeless(record: OutputsRecord): unknown {
  return { ...record, moments: record.moments.map((moment) => ({ ...moment, seconds: 0 })) };
}

/** How frequent labels are, the rarest first. */
function frequencyOf(labels: Int32Array, counts: Int32Array): number[] {
  return Array.from(labels, (label) => counts[label]!).toSorted((a, b) => a - b);
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-outputs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the study of outputs', () => {
  let records: OutputsRecord[] = [];
  const told: OutputsRecord[] = [];
  beforeAll(async () => {
    records = await runOutputsStudy(world(), SETTINGS, (record) => told.push(record));
  }, 60_000);

  it('runs all arms seed after seed, and tells each record', () => {
    expect(records.map(({ arm, seed }) => `${arm} ${seed}`)).toEqual([
      'full 1',
      'uniform+logQ 1',
      'full 2',
      'uniform+logQ 2',
    ]);
    expect(told).toEqual(records);
  });

  it('evaluates at its checkpoints; time and multiply-adds only grow, and the loss falls below the frequencies’', () => {
    for (const { moments, frequent } of records) {
      expect(moments.map(({ rows }) => rows)).toEqual([500, 1000, 2000]);
      for (const [i, moment] of moments.entries()) {
        const before = moments[i - 1] ?? { seconds: 0, multiplyAdds: 0, loss: Infinity };
        expect(moment.seconds).toBeGreaterThan(before.seconds);
        expect(moment.multiplyAdds).toBeGreaterThan(before.multiplyAdds);
        expect(moment.loss).toBeLessThan(before.loss);
      }
      expect(moments.at(-1)!.loss).toBeLessThan(frequent.loss);
      expect(moments.at(-1)!.precision1).toBeGreaterThan(frequent.precision1);
    }
  });

  it('is the same again, but for the seconds', { timeout: 60_000 }, async () => {
    const again = await runOutputsStudy(world(), { ...SETTINGS, arms: ['uniform+logQ'], seeds: [2] });
    expect(timeless(again[0]!)).toEqual(timeless(records[3]!));
  });

  it('is told in a table, and drawn in a report and in files of their own', () => {
    const table = outputsTable(records);
    for (const name of [...SETTINGS.arms, 'frequencies alone']) expect(table).toContain(name);
    const html = renderOutputsReport(records);
    expect(html.match(/<svg/g)!.length).toBe(6); // two plots with two marks in the legend of each
    expect(html).toContain('400–16 (linear)–200 (softmax)');
    expect(html).not.toMatch(/NaN|undefined/);
    const plots = outputsPlots(records);
    expect(Object.keys(plots)).toEqual(['outputs-precision.svg', 'outputs-loss.svg']);
    for (const svg of Object.values(plots)) {
      for (const name of SETTINGS.arms) expect(svg).toContain(`>${name}</text>`);
      expect(svg).not.toMatch(/var\(--(?!plot)|NaN|href/);
    }
  });

  it('can be drawn from the records of one unfinished seed, without the full softmax', () => {
    const html = renderOutputsReport(records.slice(1, 2));
    expect(html).not.toMatch(/NaN|undefined/);
    expect(outputsTable(records.slice(1, 2))).not.toContain('NaN');
    expect(() => renderOutputsReport([])).toThrow('There are no records');
  });

  it('keeps records that come back as they were, and refuses what is none', () => {
    const path = startRecords(folder, 'outputs.jsonl');
    for (const record of records) appendRecord(path, record);
    expect(readLines(path, checkOutputsRecord)).toEqual(records);
    const refused =
      (change: object): unknown =>
      () =>
        checkOutputsRecord({ ...records[0], ...change }, 'a.jsonl, line 1');
    expect(refused({ study: 'selectors' })).toThrow('a.jsonl, line 1: "study" should be the text "outputs"');
    expect(refused({ rate: 'fast' })).toThrow('"rate" should be a number, but is "fast"');
    expect(refused({ moments: [] })).toThrow('"moments" should be a list of one or more');
    expect(refused({ moments: [{ loss: 1 }] })).toThrow('"moments[0].precision1" should be a number');
    expect(refused({ frequent: null })).toThrow('"frequent" should be an object, but is null');
  });
});

describe('the summary', () => {
  const base = { study: 'outputs', task: 't', rows: 10, testRows: 5, classes: 100, paddedShare: 0 };
  const run = (arm: string, seed: number, losses: readonly number[], seconds: number): OutputsRecord =>
    ({
      ...base,
      arm,
      seed,
      moments: losses.map((loss, i) => ({
        rows: (i + 1) * 5,
        seconds: (i + 1) * seconds,
        multiplyAdds: 0,
        precision1: 0.1 * (i + 1),
        precision5: 0,
        loss,
      })),
    }) as unknown as OutputsRecord;

  it('by hand: when an arm is where the full softmax of its seed ends', () => {
    const records = [
      run('full', 1, [4, 3], 10),
      run('full', 2, [4, 3], 10),
      run('a', 1, [3.5, 2.5], 2),
      run('a', 2, [4, 3], 2),
      run('b', 1, [5, 4], 1),
    ];
    const [full, a, b] = summarizeOutputs(records);
    expect(full!.soon.loss).toEqual({ mean: 20, deviation: 0 });
    // 3 is half-way from 3.5 to 2.5, at 3 s; and at the end, 4 s.
    expect(a!.soon.loss).toMatchObject({ mean: 3.5 });
    expect(a!.soon.precision1).toEqual({ mean: 4, deviation: 0 });
    expect(b!.soon.loss).toBe('never');
    expect(b!.loss).toEqual({ mean: 4, deviation: null });
    expect(a!.curve.map(({ rows }) => rows)).toEqual([5, 10]);
    expect(a!.secondsPer100k.mean).toBeCloseTo(40_000, 6);
    expect(summarizeOutputs(records.slice(2, 3))[0]!.soon).toEqual({
      precision1: undefined,
      loss: undefined,
    });
  });
});

describe('stretches', () => {
  it('cover training once, cross no epoch, and end batches where they can', () => {
    const positive = fc.integer({ min: 1, max: 300 });
    const shares = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { maxLength: 5 });
    fc.assert(
      fc.property(
        positive,
        fc.integer({ min: 1, max: 4 }),
        shares,
        positive,
        (rows, epochs, checkpoints, batch) => {
          const list = stretches(rows, epochs, checkpoints, batch);
          expect(list.at(-1)).toMatchObject({ to: rows * epochs, evaluated: true });
          let end = 0;
          for (const { from, to } of list) {
            expect(from).toBe(end);
            expect(to).toBeGreaterThan(from);
            expect(Math.floor(from / rows)).toBe(Math.floor((to - 1) / rows));
            expect(to % rows === 0 || (to % rows) % batch === 0).toBe(true);
            end = to;
          }
          // As near to the checkpoints as batches allow.
          const evaluated = list.filter((stretch) => stretch.evaluated).map(({ to }) => to);
          for (const share of checkpoints) {
            const wanted = share * rows * epochs;
            if (wanted <= batch / 2) continue;
            expect(Math.min(...evaluated.map((to) => Math.abs(to - wanted)))).toBeLessThanOrEqual(
              batch / 2 + 1,
            );
          }
        },
      ),
    );
  });
});

describe('the arms', () => {
  const frequencies = Int32Array.from({ length: 300 }, (_, c) => Math.floor(100 / (c + 1)));
  const size = { classes: 300, active: 50, rows: 1000, frequencies };

  it('are the full softmax, and every sampler with logQ and without; each with a mark of its own', () => {
    expect(OUTPUTS_ARM_NAMES).toHaveLength(13);
    expect(new Set(OUTPUTS_ARM_NAMES.map(outputsMark)).size).toBe(13);
    for (const name of OUTPUTS_ARM_NAMES.filter((each) => each.endsWith('+logQ'))) {
      const plain = name.replace('+logQ', '');
      // Seven colours.
      expect(outputsMark(plain) - outputsMark(name)).toBe(7);
      expect(outputsArm(name).select(size)).toMatchObject({ logQ: true, count: 50 });
      expect(outputsArm(plain).select(size)).toMatchObject({ logQ: false, count: 50 });
    }
    expect(() => outputsArm('lhs')).toThrow('There is no arm "lhs"; the arms are full, lsh+logQ, ');
  });

  it('all learn more than frequencies; samplers more with logQ', { timeout: 60_000 }, async () => {
    const data = world({ labelZipf: 1.2 });
    const settings = {
      ...SETTINGS,
      arms: OUTPUTS_ARM_NAMES,
      seeds: [1],
      checkpoints: [],
      active: 20,
      epochs: 3,
    };
    const records = await runOutputsStudy(data, settings);
    const { frequent } = records[0]!;
    const end = new Map(records.map(({ arm, moments }) => [arm, moments.at(-1)!]));
    expect([...end.keys()]).toEqual(OUTPUTS_ARMS.map(({ name }) => name));
    for (const [arm, { loss, precision5 }] of end) {
      const better = [loss < frequent.loss, precision5 > frequent.precision5];
      expect({ arm, better }).toEqual({ arm, better: [true, true] });
    }
    for (const name of ['uniform', 'logUniform', 'frequency', 'inBatch']) {
      expect(end.get(`${name}+logQ`)!.precision5).toBeGreaterThan(end.get(name)!.precision5);
    }
  });
});

describe('the tasks', () => {
  it('number classes by their frequency among training rows, and change nothing else', () => {
    const before = plantedLabels({ train: 300, test: 50, features: 100, labels: 40, nonZeros: 10 });
    const after = byFrequency(before);
    const counts = classFrequencies(after.train);
    expect(counts).toEqual(classFrequencies(before.train).toSorted().toReversed());
    const old = classFrequencies(before.train);
    for (const part of ['train', 'test'] as const) {
      const { labels, labelOffsets } = after[part];
      expect(after[part].ids).toEqual(before[part].ids);
      for (let row = 0; row < after[part].rows; row++) {
        const range = [labelOffsets[row], labelOffsets[row + 1]] as const;
        const mine = labels.subarray(...range);
        expect(mine).toEqual(mine.toSorted());
        expect(frequencyOf(mine, counts)).toEqual(frequencyOf(before[part].labels.subarray(...range), old));
      }
    }
  });

  it('know what frequencies alone would do: by hand', () => {
    const test = { rows: 2, labelOffsets: Int32Array.of(0, 2, 3), labels: Int32Array.of(0, 5, 1) };
    const frequencies = Int32Array.of(5, 3, 2, 1, 1, 0);
    const { loss, precision1, precision5 } = byFrequencyAlone(
      { classes: 6, frequencies },
      test as unknown as SparseDataset,
    );
    expect(precision1).toBe(1 / 2);
    expect(precision5).toBeCloseTo((1 / 5 + 1 / 5) / 2, 12);
    expect(loss).toBeCloseTo(-((Math.log(6 / 18) + Math.log(1 / 18)) / 2 + Math.log(4 / 18)) / 2, 12);
  });

  it('are a text, files, or made up', () => {
    const text = join(folder, 'a.txt');
    writeFileSync(text, 'a b a c '.repeat(300));
    const words = outputsTask({ text, rows: 100, test: 5, window: 3 });
    expect(words).toMatchObject({ name: 'skip-grams', train: { rows: 100, classes: 3 }, test: { rows: 5 } });
    const xcTrain = join(folder, 'a.xc');
    writeFileSync(xcTrain, '3 2 4\n0,1 0:1\n1 1:1\n3 0:2\n');
    const files = outputsTask({ xcTrain, xcTest: xcTrain });
    expect(files).toMatchObject({ train: { rows: 3, columns: 2, classes: 4 }, test: { rows: 3 } });
    // Label 1 is the most frequent.
    expect(classFrequencies(files.train)).toEqual(Int32Array.of(2, 1, 1, 0));
    expect(outputsTask({ rows: 20, test: 10 }).train.rows).toBe(20);
    expect(() => outputsTask({ xcTrain })).toThrow('--xc-train and --xc-test go together');
    expect(() => outputsTask({ text, xcTrain, xcTest: xcTrain })).toThrow('There is one task');
    expect(() => outputsTask({ window: 3 })).toThrow('--window is for a --text.');
    expect(() => outputsTask({ xcTrain, xcTest: xcTrain, rows: 4 })).toThrow('The number of rows to take');
  });
});
