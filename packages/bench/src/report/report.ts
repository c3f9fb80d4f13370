/** The report of a study, drawn from its records alone: one HTML file, the same as Markdown, CSV, and plots as SVG files. */
import { summarize } from '../analysis/aggregate.ts';
import { contrasts } from '../analysis/contrasts.ts';
import { weightsText } from '../analysis/costs.ts';
import type { TrialRecord } from '../engine/record.ts';
import type { Block, FigureBlock, Part } from './blocks.ts';
import { csv } from './csv.ts';
import { armFirst, inOrder, type ReportContext, type ReportFacts, type SectionSpec } from './facts.ts';
import { markdown } from './markdown.ts';
import { checkSection, type SectionKind } from './options.ts';
import { page } from './page.ts';
import { standalone } from './plots/standalone.ts';
import { answer } from './sections/answer.ts';
import { bars } from './sections/bars.ts';
import { costs } from './sections/costs.ts';
import { curves } from './sections/curves.ts';
import { pareto } from './sections/pareto.ts';
import { repeat } from './sections/repeat.ts';
import type { Drawn, DrawSection } from './sections/section.ts';
import { setup } from './sections/setup.ts';
import { table } from './sections/table.ts';
import { tuning } from './sections/tuning.ts';

/** A report in all its forms. */
export interface Report {
  /** A whole document with the records inside. */
  readonly html: string;
  /** Names the plots of `svgs` as files beside it. */
  readonly markdown: string;
  /** A line for each trial. */
  readonly csv: string;
  /** By file name. */
  readonly svgs: Readonly<Record<string, string>>;
}

const DRAW: Readonly<Record<SectionKind, DrawSection>> = {
  answer,
  setup,
  table,
  pareto,
  curves,
  bars,
  costs,
  tuning,
  repeat,
};

const TITLES: Readonly<Record<SectionKind, string>> = {
  answer: 'Answer',
  setup: 'What was run',
  table: 'All points',
  pareto: 'What it gains and what it costs',
  curves: 'Curves',
  bars: 'Side by side',
  costs: 'Where the work goes',
  tuning: 'How it was tuned',
  repeat: 'How to repeat it',
};

/**
 * Draws a report.
 *
 * @param study its facts; a whole study will do.
 * @param records of the study, in any order; an unfinished study's, and none, will do.
 * @param context the command, commit and versions, if they are known.
 * @throws {Error} for a section or an option that does not exist, an unknown metric, or records of several studies.
 */
export function renderReport(
  study: ReportFacts,
  records: readonly TrialRecord[],
  context: ReportContext = {},
): Report {
  const drawn = drawnFrom(study, records, context);
  const specs = study.report ?? defaultSections(study, records);
  const parts = specs.map((spec, index): Part => {
    const kind = checkSection(spec);
    const same = specs.slice(0, index).filter((other) => other.kind === kind).length;
    const id = `${study.name}-${kind}${same === 0 ? '' : `-${same + 1}`}`;
    return { title: spec.title ?? TITLES[kind], blocks: DRAW[kind](drawn, spec, id) };
  });
  const last = parts.at(-1);
  const counted = records.some(({ cost }) => Object.keys(cost).length > 0);
  if (last !== undefined && counted && specs.every(({ kind }) => kind !== 'costs')) {
    parts[parts.length - 1] = { ...last, blocks: [...last.blocks, WEIGHTS] };
  }
  const figures = parts.flatMap(({ blocks }) => figuresOf(blocks));
  const title = study.name.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
  return {
    html: page({ title, question: study.question, data: { context, records } }, joined(parts)),
    markdown: markdown(title, study.question, joined(parts)),
    csv: csv(records),
    svgs: Object.fromEntries(figures.map((figure) => [`${figure.name}.svg`, standalone(figure)])),
  };
}

/** What work is counted in, where no section of costs says it. */
const WEIGHTS: Block = { kind: 'note', text: weightsText().replace(/^w/, 'W') };

function drawnFrom(study: ReportFacts, records: readonly TrialRecord[], context: ReportContext): Drawn {
  const first = armFirst(study, records);
  return {
    ...first,
    points: inOrder(first.study, summarize(first.study, first.records)),
    outcomes: inPointOrder(first.study, contrasts(first.study, first.records)),
    context,
  };
}

/** The sections of a study that names none: all that its records have something for. */
function defaultSections(study: ReportFacts, records: readonly TrialRecord[]): SectionSpec[] {
  const some = (has: (record: TrialRecord) => boolean): boolean => records.some(has);
  const kinds: [SectionKind, boolean][] = [
    ['answer', true],
    ['setup', true],
    ['table', true],
    ['pareto', some(({ cost }) => Object.keys(cost).length > 0)],
    ['curves', some(({ series }) => series['step'] !== undefined)],
    ['costs', some(({ cost }) => Object.keys(cost).length > 0)],
    ['tuning', study.tune !== undefined],
    ['repeat', true],
  ];
  return kinds.flatMap(([kind, wanted]) => (wanted ? [{ kind }] : []));
}

/** Contrasts as they were planned, each by the levels of its other factors. */
function inPointOrder(study: ReportFacts, outcomes: Drawn['outcomes']): Drawn['outcomes'] {
  const groups = [...Map.groupBy(outcomes, ({ contrast }) => contrast).values()];
  return groups.flatMap((group) =>
    inOrder(
      study,
      group.map((outcome) => ({ point: outcome.where, outcome })),
    ).map(({ outcome }) => outcome),
  );
}

/** Neighbouring sections of one title become one: two plots under one heading. */
function joined(parts: readonly Part[]): Part[] {
  const list: Part[] = [];
  for (const part of parts) {
    const before = list.at(-1);
    if (before?.title === part.title)
      list[list.length - 1] = { ...before, blocks: [...before.blocks, ...part.blocks] };
    else list.push(part);
  }
  return list;
}

function figuresOf(blocks: readonly Block[]): FigureBlock[] {
  return blocks.flatMap((block) =>
    block.kind === 'figure' ? [block] : block.kind === 'details' ? figuresOf(block.blocks) : [],
  );
}
