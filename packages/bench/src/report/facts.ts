/** What a report is drawn from besides the records. */
import type { ContrastFacts } from '../analysis/contrasts.ts';
import type { Json, Point, TrialRecord } from '../engine/record.ts';

/** A section of a report: its kind, and options of the kind as plain JSON. */
export interface SectionSpec {
  readonly kind: string;
  readonly title?: string;
  readonly [option: string]: Json | undefined;
}

/** What of a study its report needs. */
export interface ReportFacts extends ContrastFacts {
  readonly name: string;
  readonly question: string;
  /** Levels by factor: their order is that of tables and legends. */
  readonly factors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly tune?: {
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly search: string;
    readonly seed: number;
    readonly metric: string;
  };
  /** Sections in order; those that fit the records, if not given. */
  readonly report?: readonly SectionSpec[];
}

/** How the records came to be, as far as they do not say it themselves. */
export interface ReportContext {
  /** The command that repeats the study. */
  readonly command?: string;
  /** The commit of the sources. */
  readonly commit?: string;
  /** Versions by package. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** Points in the order of the study's levels: by its first factor, then its second, and so on. Levels that the study does not name come last, as they were. */
export function inOrder<T extends { readonly point: Point }>(study: ReportFacts, items: readonly T[]): T[] {
  const ranks = Object.entries(study.factors).map(
    ([factor, levels]) => [factor, new Map(Object.keys(levels).map((level, rank) => [level, rank]))] as const,
  );
  return items.toSorted((a, b) => {
    for (const [factor, rank] of ranks) {
      const of = ({ point }: T): number => {
        const level = point[factor];
        return level === undefined ? -1 : (rank.get(level) ?? rank.size);
      };
      if (of(a) !== of(b)) return of(a) - of(b);
    }
    return 0;
  });
}

/** The factors that the records have levels of, in the study's order, then those that it does not name. */
export function factorsOf(study: ReportFacts, records: readonly Pick<TrialRecord, 'trial'>[]): string[] {
  const seen = new Set(records.flatMap(({ trial }) => Object.keys(trial.point)));
  const known = Object.keys(study.factors).filter((factor) => seen.has(factor));
  return [...known, ...[...seen].filter((factor) => !known.includes(factor))];
}

/**
 * The same study and records with the factor of the arms first: the one that the baseline, or else the first contrast, names.
 * Tables begin with it, and plots make a series of each of its levels.
 */
export function armFirst(
  study: ReportFacts,
  records: readonly TrialRecord[],
): { study: ReportFacts; records: readonly TrialRecord[] } {
  const named = study.baseline ?? study.contrasts?.[0]?.arms[0] ?? {};
  const arm = Object.keys(study.factors).find((factor) => factor in named);
  if (arm === undefined) return { study, records };
  return {
    study: { ...study, factors: keyFirst(study.factors, arm) },
    records: records.map((record) => ({
      ...record,
      trial: { ...record.trial, point: keyFirst(record.trial.point, arm) },
    })),
  };
}

function keyFirst<T>(object: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: first, ...others } = object;
  return first === undefined ? object : { [key]: first, ...others };
}
