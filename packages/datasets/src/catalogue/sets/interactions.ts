import { loadItemLists } from '../../formats/item-lists.ts';
import type { Ratings } from '../../formats/ratings.ts';
import type { Split } from '../../types.ts';
import type { Definition, Definitions } from '../definition.ts';

/** Who took which item, in the lists of LightGCN. */
export type InteractionSetName = 'gowalla' | 'yelp2018' | 'amazon-book';

function lightGcn(
  name: InteractionSetName,
  description: string,
  size: { readonly users: number; readonly items: number; readonly ratings: number },
  licence: string,
): Definition<Split<Ratings>> {
  const raw = `https://raw.githubusercontent.com/kuandeng/LightGCN/master/Data/${name}/`;
  return {
    kind: 'interactions',
    description,
    size,
    licence,
    citation: 'Xiangnan He, Kuan Deng, Xiang Wang, Yan Li, Yongdong Zhang, Meng Wang: LightGCN. SIGIR 2020',
    homepage: 'https://github.com/kuandeng/LightGCN',
    files: ['train.txt', 'test.txt'].map((file) => ({ name: file, mirrors: [`${raw}${file}`] })),
    takes: [],
    forms: [
      {
        parts: {
          train: { file: 'train.txt', names: [`${name}_train.txt`] },
          test: { file: 'test.txt', names: [`${name}_test.txt`] },
        },
        async read({ open, signal }) {
          const [train, test] = [await open('train'), await open('test')];
          return loadItemLists({ name, train: train.input, test: test.input }, { ...(signal && { signal }) });
        },
      },
    ],
  };
}

/** By the table of the paper. */
export const INTERACTION_SETS: Definitions<InteractionSetName, Split<Ratings>> = {
  gowalla: lightGcn(
    'gowalla',
    'who checked in where',
    { users: 29_858, items: 40_981, ratings: 1_027_370 },
    'none stated',
  ),
  yelp2018: lightGcn(
    'yelp2018',
    'who reviewed which business',
    { users: 31_668, items: 38_048, ratings: 1_561_406 },
    'for academic use; see the terms of the Yelp Open Dataset',
  ),
  'amazon-book': lightGcn(
    'amazon-book',
    'who reviewed which book',
    { users: 52_643, items: 91_599, ratings: 2_984_108 },
    'none stated',
  ),
};
