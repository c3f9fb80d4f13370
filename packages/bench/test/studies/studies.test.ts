import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasRelaxedSimd } from '@hashgrad/kernels';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { behaviourOf } from '../../../../testing/behaviour.ts';
import { matches } from '../../src/analysis/runs.ts';
import { metricInfo } from '../../src/analysis/metrics.ts';
import { planPoints } from '../../src/engine/plan.ts';
import type { Point } from '../../src/engine/record.ts';
import { runHere } from '../../src/engine/run-here.ts';
import { sized } from '../../src/engine/study.ts';
import { measureOf } from '../../src/measures/index.ts';
import { renderReport } from '../../src/report/report.ts';
import { STUDIES } from '../../src/studies/index.ts';
import { digestsOf, type Golden } from '../golden/tiny-studies.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/digests.json', import.meta.url), 'utf8')) as Golden;
/** Of the build that packages choose here. */
const ours = golden[behaviourOf(hasRelaxedSimd())!]!;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-studies-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(STUDIES.map((study) => [study.name, study] as const))(
  '%s runs in its tiny form to the bits that it had, and its report draws all that it asks for',
  { timeout: 60_000 },
  async (name, whole) => {
    const study = sized(whole, 'tiny');
    const records = await runHere(study, join(folder, name));
    expect(records.map(({ error }) => error?.message)).toEqual(records.map(() => undefined));
    expect(digestsOf(records)).toEqual(ours[name]);
    for (const metric of study.metrics as readonly string[]) {
      // A metric that no trial has is a name that the measure does not know.
      expect([
        metric,
        records.some(({ metrics, cost }) => metric in metrics || Object.keys(cost).length > 0),
      ]).toEqual([metric, true]);
      expect(metricInfo(metric).title).not.toBe('');
    }
    const { html, svgs } = renderReport(study, records);
    const plots = study.report?.filter(({ kind }) => kind === 'curves' || kind === 'pareto') ?? [];
    const drawn = Object.keys(svgs).filter((file) => /-(curves|pareto)(-\d+)?\.svg$/.test(file));
    // Sections of levels that the tiny form leaves out have nothing to draw.
    const shown = plots.filter(({ where = {} }) =>
      records.some(({ trial }) =>
        Object.entries(where as Point).every(([factor, level]) => trial.point[factor] === level),
      ),
    );
    expect(drawn).toHaveLength(shown.length);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  },
);

test.each(STUDIES.map((study) => [study.name, study] as const))(
  '%s plans comparisons of points that there are',
  (_, whole) => {
    const study = sized(whole, 'full');
    const points = planPoints(study, [], whole).map(({ point }) => point);
    const missing = (study.contrasts ?? [])
      .flatMap(({ arms }) => arms)
      .filter((arm) => !points.some((point) => matches(point, arm)));
    expect(missing).toEqual([]);
  },
);

test('there are digests of these studies, and of no others', () => {
  for (const known of Object.values(golden))
    expect(Object.keys(known)).toEqual(STUDIES.map(({ name }) => name));
});

test.each(STUDIES.map((study) => [study.name, study] as const))(
  '%s has no level, in any of its sizes, that its measure refuses',
  (_, whole) => {
    for (const size of ['full', 'quick', 'tiny'] as const) {
      const study = sized(whole, size);
      const points = planPoints(study, [], whole);
      for (const { config, point } of points) {
        expect(
          () => measureOf(study).check?.(config, 'run'),
          `${size}: ${JSON.stringify(point)}`,
        ).not.toThrow();
      }
    }
  },
);
