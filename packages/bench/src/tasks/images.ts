/** Image sets by name: of the catalogue, generated, or from a folder. */
import {
  load,
  loadIdxFolder,
  shuffleRows,
  takeRows,
  type DenseDataset,
  type Split,
} from '@hashgrad/datasets';
import { filled } from '../engine/filled.ts';
import type { Config } from '../engine/record.ts';
import type { TaskDefinition } from './task.ts';

/** Which images; plain JSON. */
export type ImagesTask = {
  readonly kind: 'images';
  /**
   * A set of images that `load` knows; 'convex', 'rectangles' and 'rectangles-images' are drawn where no folder is named. 'idx':
   * any in MNIST's layout.
   */
  readonly name: string;
  /** Rows to take or to generate; null for all, of a generated set for 12,000 and 2,000. */
  readonly train: number | null;
  readonly test: number | null;
  /** A folder with the set's files; null for those that `load` finds or downloads, or a generated set. */
  readonly folder: string | null;
};

/** Published test sets of generated images have 50,000 rows: evaluating on all of them takes longer than training. */
const GENERATED = { train: 12_000, test: 2_000 };

/** A task of images, whole unless options say otherwise. */
export function images(name: string, options: Partial<Omit<ImagesTask, 'kind' | 'name'>> = {}): ImagesTask {
  return { kind: 'images', name, ...filled('images', { train: null, test: null, folder: null }, options) };
}

export const imagesTask: TaskDefinition = {
  kind: 'images',
  check(task) {
    const { name, train, test, folder } = task as Partial<ImagesTask>;
    if (typeof name !== 'string')
      throw new TypeError(`task.name is the name of a data set; got ${JSON.stringify(name)}.`);
    for (const [key, rows] of Object.entries({ train, test })) {
      if (rows !== null && !(Number.isInteger(rows) && (rows as number) >= 1)) {
        throw new RangeError(
          `task.${key} is a number of rows, or null for all; got ${JSON.stringify(rows)}.`,
        );
      }
    }
    if (folder !== null && typeof folder !== 'string') {
      throw new TypeError(`task.folder is a folder, or null; got ${JSON.stringify(folder)}.`);
    }
  },
  load: async (task: Config): Promise<Split<DenseDataset>> => {
    const { name, train, test, folder } = task as unknown as ImagesTask;
    const sizes = { ...(train !== null && { train }), ...(test !== null && { test }) };
    if (folder === null && isGenerated(name)) {
      return load(`${name}-generated`, { ...GENERATED, ...sizes });
    }
    if (name === 'idx') {
      if (folder === null) throw new Error('idx are files in a folder: set task.folder.');
      const split = await loadIdxFolder(folder);
      return { ...split, train: some(split.train, train), test: some(split.test, test) };
    }
    const loaded = await load(name, { ...sizes, ...(folder !== null && { folder }) });
    if ('train' in loaded && 'inputs' in loaded.train) return loaded as Split<DenseDataset>;
    throw new Error(`${name} has no images: task.name is the name of a set of images.`);
  },
};

/** Images that are drawn where no folder has them. */
const DRAWN = ['convex', 'rectangles', 'rectangles-images'] as const;

function isGenerated(name: string): name is (typeof DRAWN)[number] {
  return DRAWN.includes(name as (typeof DRAWN)[number]);
}

/** So many rows, or all, in random order: files may be sorted by class. */
function some(part: DenseDataset, rows: number | null): DenseDataset {
  return rows === null ? part : takeRows(shuffleRows(part, 1), rows);
}
