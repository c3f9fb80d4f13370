/** What was run: settings that all trials share, and those that the level of one factor decides. */
import type { Config, TrialRecord } from '../../engine/record.ts';
import { plural } from '../../format.ts';
import type { Block } from '../blocks.ts';
import { factorsOf } from '../facts.ts';
import type { DrawSection } from './section.ts';

/** Longer values, such as whole selectors, are left to the list of all points. */
const MOST_CHARACTERS = 60;

/** A line for all trials, and one for each level that alone decides some setting; rates that were tuned are left out. */
export const setup: DrawSection = ({ study, records }) => {
  const runs = records.filter(({ trial }) => trial.stage === 'run');
  if (runs.length === 0) return [{ kind: 'text', text: 'No trial has finished yet.' }];
  const settings = runs.map((record) => ({ point: record.trial.point, of: settingsOf(record) }));
  const paths = [...new Set(settings.flatMap(({ of }) => [...of.keys()]))];
  const valuesOf = (path: string, level?: { readonly factor: string; readonly name: string }): string[] => [
    ...new Set(
      settings
        .filter(({ point }) => level === undefined || point[level.factor] === level.name)
        .map(({ of }) => of.get(path) ?? ''),
    ),
  ];
  const shared = paths.filter((path) => valuesOf(path).length === 1);
  const facts: [string, string][] = [
    [plural(runs.length, 'trial'), listed(shared.map((path) => [path, valuesOf(path)[0]!]))],
  ];
  for (const factor of factorsOf(study, runs)) {
    // Points may lack a factor that they have no level of.
    const seen = new Set(runs.flatMap(({ trial }) => trial.point[factor] ?? []));
    const known = Object.keys(study.factors[factor] ?? {}).filter((name) => seen.has(name));
    const levels = [...new Set([...known, ...seen])];
    const decided = paths.filter(
      (path) =>
        !shared.includes(path) && levels.every((name) => valuesOf(path, { factor, name }).length === 1),
    );
    if (levels.length < 2 || decided.length === 0) continue;
    for (const name of levels) {
      const own = decided.map((path): [string, string] => [path, valuesOf(path, { factor, name })[0]!]);
      const text = listed(own);
      if (text !== '') facts.push([`${factor} ${name}`, text]);
    }
  }
  return [{ kind: 'facts', facts }] satisfies Block[];
};

/** The parts of a trial's config by path, but for those that were tuned; what is not set is left out. */
function settingsOf({ trial: { config, tuned } }: TrialRecord): Map<string, string> {
  return new Map(leaves(config).filter(([path]) => !(path in tuned)));
}

function leaves(config: Config, before = ''): [string, string][] {
  return Object.entries(config).flatMap(([name, value]): [string, string][] => {
    if (value === null || value === undefined) return [];
    const path = `${before}${name}`;
    if (typeof value === 'object' && !Array.isArray(value)) return leaves(value as Config, `${path}.`);
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
}

function listed(settings: readonly (readonly [string, string])[]): string {
  return settings
    .filter(([, value]) => value !== '' && value.length <= MOST_CHARACTERS)
    .map(([path, value]) => `${path} = ${value}`)
    .join(', ');
}
