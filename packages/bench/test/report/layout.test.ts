import { describe, expect, test } from 'vitest';
import type { Point } from '../../src/engine/record.ts';
import { armFirst, factorsOf, inOrder } from '../../src/report/facts.ts';
import { layOut } from '../../src/report/layout.ts';
import { madeUp, study } from '../made-up.ts';

const item = (point: Point): { point: Point } => ({ point });

describe('inOrder', () => {
  test('by the study’s levels, factor by factor; what it does not name comes last, as it was', () => {
    const items = [
      { arm: 'new' },
      { arm: 'lsh', fraction: '10 %' },
      { arm: 'lsh', fraction: '2.5 %' },
      { arm: 'also new' },
      { arm: 'dense' },
    ].map(item);
    expect(inOrder(study, items).map(({ point }) => Object.values(point).join(' '))).toEqual([
      'dense',
      'lsh 2.5 %',
      'lsh 10 %',
      'new',
      'also new',
    ]);
  });
});

describe('armFirst', () => {
  const record = madeUp({ size: '1', kind: 'a' }, 1, {});
  const facts = { ...study, factors: { size: { '1': {} }, kind: { a: {}, b: {} } } };

  test('puts the factor first that the baseline names, or else the first contrast', () => {
    const { contrasts: _, baseline: _baseline, ...bare } = facts;
    for (const named of [
      { ...bare, baseline: { kind: 'a' } },
      { ...bare, contrasts: [{ arms: [{ kind: 'b' }, { kind: 'a' }] as const, metric: 'loss' }] },
    ]) {
      const first = armFirst(named, [record]);
      expect(Object.keys(first.study.factors)).toEqual(['kind', 'size']);
      expect(factorsOf(first.study, first.records)).toEqual(['kind', 'size']);
      expect(Object.keys(first.records[0]!.trial.point)).toEqual(['kind', 'size']);
    }
    expect(armFirst(bare, [record])).toEqual({ study: bare, records: [record] });
  });
});

describe('layOut', () => {
  const points = [{ arm: 'lsh', fraction: '5 %' }, { arm: 'lsh', fraction: '10 %' }, { arm: 'dense' }].map(
    item,
  );

  test('a point that lacks the panels’ factor stands in all panels', () => {
    const { placed, panels, series } = layOut(study, points, { panels: 'fraction' });
    expect(panels).toEqual(['5 %', '10 %']);
    expect(placed.map(({ series: label, panel }) => `${label} in ${panel}`)).toEqual([
      'dense in 5 %',
      'dense in 10 %',
      'lsh in 5 %',
      'lsh in 10 %',
    ]);
    // Marks are the places among all arms of the study, so that an arm looks the same in every plot.
    expect(series).toEqual([
      { label: 'dense', mark: 0 },
      { label: 'lsh', mark: 4 },
    ]);
  });

  test('points that differ along the axis are one series; others are series of their own', () => {
    expect(layOut(study, points, { along: ['fraction'] }).series.map(({ label }) => label)).toEqual([
      'dense',
      'lsh',
    ]);
    const { series, panels } = layOut(study, points, { where: { arm: 'lsh' } });
    expect(series).toEqual([
      { label: 'lsh, 5 %', mark: 0 },
      { label: 'lsh, 10 %', mark: 1 },
    ]);
    expect(panels).toEqual(['']);
  });

  test('what all points share names no series', () => {
    const same = [
      { arm: 'lsh', fraction: '5 %' },
      { arm: 'random', fraction: '5 %' },
    ].map(item);
    expect(layOut(study, same, {}).series.map(({ label }) => label)).toEqual(['random', 'lsh']);
    expect(layOut(study, same.slice(0, 1), {}).series.map(({ label }) => label)).toEqual(['lsh']);
  });
});
