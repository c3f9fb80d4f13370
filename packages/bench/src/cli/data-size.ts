/** How much a data set of the catalogue holds, for people. */
import type { DatasetInfo } from '@hashgrad/datasets';
import { thousands } from '../format.ts';

/** Counts with what they are of: "60,000 + 10,000 rows, 28 x 28, 10 classes". */
export function sizeText({ size, shape }: Pick<DatasetInfo, 'size' | 'shape'>): string {
  const { train, test, columns, ...more } = size;
  const rows =
    train === undefined
      ? []
      : [`${thousands(train)}${test === undefined ? '' : ` + ${thousands(test)}`} rows`];
  const each = shape ? [shape.join(' x ')] : columns === undefined ? [] : [`${thousands(columns)} columns`];
  const others = Object.entries(more).map(([what, number]) => `${thousands(number)} ${what}`);
  return [...rows, ...each, ...others].join(', ');
}
