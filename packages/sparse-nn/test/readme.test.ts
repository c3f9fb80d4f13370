import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Readme, typeErrors } from '../../../testing/readme.ts';

const folder = join(import.meta.dirname, '..');
const readme = new Readme(folder);
/** The examples, by the title of their section; those of the introduction by their place. */
const [first, sparse] = codes('# @hashgrad/sparse-nn');
const [numbers] = codes('## Layers');
const [connecting] = codes('### Fewer weights');
const [weighing] = codes('### What counts how much');
const [raw] = readme.examples('## Examples');
const [balancing] = codes('### Units that never fire');
const [tuning] = codes('### How many bits and tables?');
const [own] = codes('### Your own');
const [freezing] = codes('### Layers that are frozen, or have a rate of their own');
const [training] = codes('## Training');
const [streaming] = codes('### Examples that do not fit memory');
const [reusing] = readme.examples('## When training goes wrong');
const [thresholds, single] = codes('## Measures and predictions');
const [checkpoints] = codes('## Checkpoints');
const [files, onnx] = codes('## Weights in and out');
const [frozen] = codes('## Frozen networks');
const [choosing] = codes('## What selectors choose');
const [attending] = codes('## Attention');

function codes(title: string): string[] {
  return readme.examples(title).map(({ code }) => code);
}

/** The P@1 that a line of the example of frozen networks tells. */
function precisionIn(line: string): number {
  return Number(/P@1 ([\d.]+), of \d{6} bytes$/.exec(line)?.[1]);
}

test('the first example learns, with a tenth of its hidden units', () => {
  const lines = readme.run(first);
  expect(lines).toHaveLength(10);
  for (const [i, line] of lines.entries()) {
    expect(line).toMatch(
      new RegExp(`^epoch ${i + 1}: loss [\\d.]+, accuracy [\\d.]+, active 0\\.(10|09|08)$`),
    );
  }
  expect(Number(/accuracy ([\d.]+)/.exec(lines[9])?.[1])).toBeGreaterThan(0.8);
});

test('the example of sparse rows learns', () => {
  const text = readme.run(sparse).join(' ');
  expect(text.match(/hashing: \d+/g)).toHaveLength(4);
  expect(Number(/rows: 500,[^]*\s+accuracy: ([\d.]+),\s+loss/.exec(text)?.[1])).toBeGreaterThan(0.4);
});

test('the example of targets that are numbers learns', () => {
  const lines = readme.run(numbers);
  expect(lines).toHaveLength(21);
  expect(Number(lines[20])).toBeGreaterThan(0.99);
});

test('the example of weights finds the rare class once it counts as much', () => {
  const recalls = readme.run(weighing).map((line) => /^recall ([\d.]+) and ([\d.]+)$/.exec(line)?.slice(1));
  expect(recalls).toHaveLength(2);
  expect(Number(recalls[0]?.[1])).toBeLessThan(0.1);
  expect(Number(recalls[1]?.[1])).toBeGreaterThan(0.9);
});

test('the example of balance has fewer dead units with it', () => {
  expect(readme.run(balancing)).toEqual(['most units are dead', 'most units are alive']);
});

test('the example of fewer weights has a tenth of them, and of their work', () => {
  expect(readme.run(connecting)).toEqual(['400 of 4000 weights', '1600000 multiply-adds forward']);
});

test('the example of tuning finds selectors that reach the recall, cheaper than all units', () => {
  const lines = readme.run(tuning);
  expect(lines).toHaveLength(8);
  const [, kind, recall, cost, reached] =
    /^(\w+): recall ([\d.]+) at ([\d.]+) of the cost (\w+)$/.exec(lines[0]!) ?? [];
  expect([kind, reached]).toEqual(['signatures', 'true']);
  expect(Number(recall)).toBeGreaterThanOrEqual(0.4);
  expect(Number(cost)).toBeLessThan(1);
});

test('the example of a stream learns from all its pieces', () => {
  const [line] = readme.run(streaming);
  expect(line).toMatch(/^2100 0\.\d+$/);
  expect(Number(line?.slice(5))).toBeGreaterThan(0.8);
});

test('the example of choices names a bucket of each table', () => {
  const lines = readme.run(choosing);
  expect(lines).toHaveLength(11);
  for (const [t, line] of lines.slice(0, 10).entries()) {
    expect(line).toMatch(new RegExp(`^table ${t}, bucket \\d+: \\d+ units$`));
  }
  expect(lines[10]).toMatch(/^\d+ of the best \d+$/);
});

test('the example of attention reads few keys, and comes near', () => {
  const [read, outputs] = readme.run(attending);
  expect(Number(/^(\d+) of 4000 keys$/.exec(read!)?.[1])).toBeLessThan(400);
  const [, sampled, exact] = /^([\d.]+) for ([\d.]+)$/.exec(outputs!) ?? [];
  expect(Math.abs(Number(sampled) - Number(exact))).toBeLessThan(0.1);
});

test('the example of thresholds finds a better one', () => {
  const text = readme.run(thresholds).join('\n');
  const f1 = [...text.matchAll(/^from (?:0\.\d\d) on: F1 ([\d.]+), exactly right [\d.]+$/gm)].map(
    ([, share]) => Number(share),
  );
  expect(f1).toHaveLength(2);
  expect(f1[1]).toBeGreaterThan(f1[0]! + 0.05);
});

test('the example of a layer that is not trained learns another task', () => {
  const [validated, line] = readme.run(freezing);
  expect(Number(validated)).toBeGreaterThan(0.7);
  expect(line).toMatch(/^true 0\.\d+$/);
  expect(Number(line?.slice(5))).toBeGreaterThan(0.8);
});

test('the example of files has the weights again', () => {
  expect(readme.run(files)).toEqual(['true']);
});

test('the example of lists and names prints what it says', () => {
  expect(readme.run(raw.code)).toEqual(raw.prints);
});

test('the example of ONNX has the same outputs in another runtime', () => {
  expect(readme.run(onnx)).toEqual(['true']);
});

test('the example of another optimizer trains on', () => {
  expect(readme.run(reusing.code)).toEqual(['true', 'true']);
});

test('the example of one output tells yes from no', () => {
  const [areas, counts] = readme.run(single);
  const [, area, precision] = /^ROC AUC ([\d.]+), average precision ([\d.]+)$/.exec(areas!) ?? [];
  expect(Number(area)).toBeGreaterThan(0.95);
  expect(Number(precision)).toBeGreaterThan(0.9);
  const [noNo, noYes, yesNo, yesYes] = counts!.split(',').map(Number);
  expect(noNo! + noYes! + yesNo! + yesYes!).toBe(2000);
  expect(noNo! + yesYes!).toBeGreaterThan(1800);
});

test("the example of one's own selector runs", () => {
  const lines = readme.run(own);
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toMatch(/^0\.\d+ 0\.25$/);
});

test('the example of training stops early, measures and predicts', () => {
  const text = readme.run(training).join('\n');
  expect(text).toMatch(/^step 500: loss [\d.]+$/m);
  expect(text).toMatch(/^epoch \d+: P@3 0\.\d+ earlyStopping$/m);
  const [, precision, weighted] = /^P@1 ([\d.]+), PSP@1 ([\d.]+)$/m.exec(text) ?? [];
  expect(Number(precision)).toBeGreaterThan(0.4);
  expect(Number(weighted)).toBeGreaterThan(0.2);
  expect(text).toMatch(/^row 0: label \d+ with probability [\d.]+, then \d+, \d+, \d+, \d+$/m);
});

test('the example of checkpoints trains once, and goes on from its file', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'hashgrad-readme-'));
  try {
    const once = readme.run(checkpoints, { TMPDIR: temporary });
    expect(once).toHaveLength(6);
    expect(once[4]).toMatch(/^epoch 5: loss [\d.]+$/);
    expect(readme.run(checkpoints, { TMPDIR: temporary })).toEqual([once[5]]);
  } finally {
    rmSync(temporary, { recursive: true });
  }
});

test('the example of a frozen network predicts exactly and through the tables', () => {
  const lines = readme.run(frozen);
  expect(lines).toHaveLength(6);
  expect(precisionIn(lines[4])).toBeGreaterThan(0.4);
  expect(precisionIn(lines[5])).toBeGreaterThan(0.25);
});

test('the examples have no type errors', () => {
  expect(typeErrors(readme.examples(), folder)).toBe('');
});
