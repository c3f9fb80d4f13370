/** The options of a section: plain JSON, checked by name, so that a misspelt one is not passed over. */
import type { Json, Point } from '../engine/record.ts';
import type { Target } from '../analysis/target.ts';
import type { SectionSpec } from './facts.ts';

/** The options that each kind of section has. */
const SECTION_OPTIONS: Readonly<Record<SectionKind, readonly string[]>> = {
  answer: ['says'],
  setup: [],
  table: ['metrics', 'relative', 'targets', 'where'],
  pareto: ['x', 'y', 'scale', 'panels', 'where'],
  curves: ['x', 'y', 'scale', 'xScale', 'panels', 'where'],
  bars: ['y', 'panels', 'where'],
  costs: ['where'],
  tuning: [],
  repeat: [],
};

/** The name of a kind of section. */
export type SectionKind =
  | 'answer'
  | 'setup'
  | 'table'
  | 'pareto'
  | 'curves'
  | 'bars'
  | 'costs'
  | 'tuning'
  | 'repeat';

/** The scale of a plot's axis: 'error' shows shares near 1 apart, logarithmic in 1 minus the share. */
export const PLOT_SCALES = ['linear', 'log', 'error'] as const;

/** See {@link PLOT_SCALES}. */
export type PlotScale = (typeof PLOT_SCALES)[number];

/**
 * Checks the kind of a section, its options' names and their types.
 *
 * @throws {Error} that says what is wrong and what there is instead.
 */
export function checkSection(section: SectionSpec): SectionKind {
  const { kind } = section;
  if (!Object.hasOwn(SECTION_OPTIONS, kind)) {
    throw new Error(
      `There is no section "${kind}"; the sections are ${Object.keys(SECTION_OPTIONS).join(', ')}.`,
    );
  }
  const allowed: readonly string[] = SECTION_OPTIONS[kind as SectionKind];
  for (const [name, value] of Object.entries(section)) {
    if (name === 'kind' || value === undefined) continue;
    if (name !== 'title' && !allowed.includes(name)) {
      throw new Error(
        `A section "${kind}" has no option "${name}"; its options are ${['title', ...allowed].join(', ')}.`,
      );
    }
    const wanted = fault(name, value);
    if (wanted !== undefined) {
      throw new Error(
        `The option "${name}" of a section "${kind}" should be ${wanted}, but is ${JSON.stringify(value)}.`,
      );
    }
  }
  return kind as SectionKind;
}

/** What a value should be, where it is something else. */
function fault(name: string, value: Json): string | undefined {
  switch (name) {
    case 'metrics':
    case 'relative':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? undefined
        : 'a list of names';
    case 'targets':
      return Array.isArray(value) && value.every(isTarget) ? undefined : 'a list of { metric, over, value? }';
    case 'where':
      return isPoint(value) ? undefined : 'levels by factor';
    case 'scale':
    case 'xScale':
      return PLOT_SCALES.includes(value as PlotScale) ? undefined : `one of ${PLOT_SCALES.join(', ')}`;
    default:
      return typeof value === 'string' ? undefined : 'a text';
  }
}

function isTarget(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { metric, over, value: goal, ...others } = value as { readonly [key: string]: Json };
  const texts = typeof metric === 'string' && typeof over === 'string';
  return texts && (goal === undefined || typeof goal === 'number') && Object.keys(others).length === 0;
}

function isPoint(value: Json): value is Point {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((level) => typeof level === 'string')
  );
}

/** The metrics that a section that was checked names. */
export function metricsOfSection(section: SectionSpec): string[] {
  const { kind } = section;
  const [x, y] = [textOption(section, 'x'), textOption(section, 'y')];
  return [
    ...(listOption(section, 'metrics') ?? []),
    ...(listOption(section, 'relative') ?? []),
    ...targetsOption(section).map(({ metric }) => metric),
    // Of curves it is a factor or a series.
    ...(kind === 'pareto' && x !== undefined ? [x] : []),
    ...(y === undefined ? [] : [y]),
  ];
}

/** A text option of a section that was checked. */
export function textOption(section: SectionSpec, name: string): string | undefined {
  return section[name] as string | undefined;
}

/** A list of names of a section that was checked. */
export function listOption(section: SectionSpec, name: string): readonly string[] | undefined {
  return section[name] as readonly string[] | undefined;
}

/** The targets of a table that was checked. */
export function targetsOption(section: SectionSpec): readonly Target[] {
  return (section['targets'] ?? []) as unknown as readonly Target[];
}

/** The levels that a section that was checked is limited to. */
export function whereOption(section: SectionSpec): Point {
  return (section['where'] ?? {}) as Point;
}
