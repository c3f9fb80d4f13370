/** The site's page of data sets: the catalogue by kinds, each set with how to get it, its licence and whom to cite. */
import { sizeText } from '../../../packages/bench/src/cli/data-size.ts';
import { datasets, type DatasetInfo } from '../../../packages/datasets/src/index.ts';
import { whence } from '../catalogue-table.ts';

/** A section for each kind, and in it one for each set. */
export function dataSetSections(): string {
  const kinds = Map.groupBy(datasets(), ({ kind }) => kind);
  return [...kinds]
    .map(([kind, sets]) => `## ${capital(kind)}\n\n${sets.map(section).join('\n\n')}`)
    .join('\n\n');
}

function section(info: DatasetInfo): string {
  const facts = [
    ['how much', sizeText(info) || 'as in the files'],
    ['licence', info.licence],
    ['from', whence(info)],
    ['cite', info.citation],
    ['more', info.homepage],
  ].filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '');
  return [
    `### ${info.name}`,
    '',
    `${capital(info.description)}.`,
    '',
    ...facts.map(([name, text]) => `- ${name}: ${text.replaceAll('<', '&lt;')}`),
  ].join('\n');
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
