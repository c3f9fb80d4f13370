/** All drawings, by the names of their files. */
import { activeSet } from './active-set.ts';
import { bucket } from './bucket.ts';
import { byUnit } from './by-unit.ts';
import { LAWS } from './laws.ts';
import { onePicture } from './one-picture.ts';
import { rehash } from './rehash.ts';
import { signs } from './signs.ts';

/** Each draws anew when it is called. */
export const DRAWINGS: Readonly<Record<string, () => Promise<string>>> = {
  'one-picture': onePicture,
  signs,
  ...LAWS,
  bucket,
  'active-set': activeSet,
  'by-unit': byUnit,
  rehash,
};
