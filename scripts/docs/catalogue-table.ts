/** The datasets README's table: the sets of the catalogue. */
import { datasets, type DatasetInfo } from '../../packages/datasets/src/index.ts';
import { sizeText } from '../../packages/bench/src/cli/data-size.ts';
import { markdownTable } from './markers.ts';

/** A row for each set, those of a kind together. */
export function catalogueTable(): string {
  const rows = datasets().map((info) => [
    `\`${info.name}\``,
    info.kind,
    info.description,
    sizeText(info) || 'as in the files',
    info.licence,
    whence(info),
  ]);
  return markdownTable(['name', 'kind', 'what', 'how much', 'licence', 'from'], rows, 6);
}

/** Where a set comes from. */
export function whence({ files, name }: DatasetInfo): string {
  if (files.length === 0) return name === 'mnist-subset' ? 'this package' : 'a seed';
  if (files.every(({ mirrors }) => mirrors.length === 0)) return 'by hand';
  return files.every(({ checksum }) => checksum !== undefined) ? 'a download' : 'a download, unverified';
}
