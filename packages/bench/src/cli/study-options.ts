/** The options that every command about a study has, and what they make of it. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { StudyReference } from '../engine/child-processes.ts';
import { type Override, overrideFactors, parseOverride } from '../engine/overrides.ts';
import { planPoints } from '../engine/plan.ts';
import type { RunRequest } from '../engine/runner.ts';
import { packageSources } from '../engine/sources.ts';
import { checkSeeds, type SizeName, sized, withoutAbsent } from '../engine/study.ts';
import { parseSeeds } from './options.ts';
import { STUDIES } from '../studies/index.ts';
import { loadStudy, referenceOf } from '../studies/load.ts';

/** What the command line says of a study. */
export interface StudyOptions {
  readonly set: readonly Override[];
  readonly seeds?: readonly number[];
  readonly tiny?: true;
  readonly full?: true;
}

/** A study as it is to be run. */
export interface Request extends RunRequest {
  readonly reference: StudyReference;
  readonly size: SizeName;
}

/** Adds the argument and the options that {@link requestOf} takes. */
export function addStudyOptions(command: Command): Command {
  return command
    .argument('[study]', `a study's name or its file, such as ./mine.ts (default: ${STUDIES[0]?.name})`)
    .addOption(
      new Option('--set <path=values>', 'set a value of the config, or vary it: optimizer.rate=0.001,0.003')
        .argParser((text: string, before: readonly Override[]) => [...before, override(text)])
        .default([], 'none'),
    )
    .addOption(
      new Option('--seeds <n>', 'number of seeds, or the seeds themselves: 7,8,9').argParser(parseSeeds),
    )
    .addOption(
      new Option('--full', 'the whole study; without it the quick form, if it has one').conflicts('tiny'),
    )
    .option('--tiny', 'the smallest form, which only shows that all works');
}

/**
 * The study that is asked for, with all that the options change.
 *
 * @throws {Error} for what makes no study, naming it and what there is instead.
 */
export async function requestOf(name: string | undefined, options: StudyOptions): Promise<Request> {
  const reference = referenceOf(name ?? (STUDIES[0]?.name as string));
  const { study: whole, sources } = await loadStudy(reference);
  const size = options.full ? 'full' : options.tiny ? 'tiny' : 'quick';
  const smaller = sized(whole, size);
  const seeds = options.seeds ?? smaller.seeds;
  checkSeeds(seeds, `The study ${whole.name}`);
  const { study, paths } = overrideFactors({ ...smaller, seeds }, options.set, whole);
  return {
    reference,
    size,
    study: withoutAbsent(study),
    sources: { ...packageSources(), ...sources },
    points: planPoints(study, paths, whole),
  };
}

function override(text: string): Override {
  try {
    return parseOverride(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
