/** What indexes of vectors have in common, here and in @hashgrad/mips: ids, checks of flat arrays, and random rotations. */
export {
  checkDimensions,
  checkIdList,
  checkIds,
  checkK,
  checkNames,
  checkProducts,
  checkQuery,
  checkRoom,
  countOf,
  described,
  greatest,
  lengthsOf,
  productsFit,
} from './check-flat.ts';
export { IdTable, knownPlaces, newIds } from './id-table.ts';
export { drawRotation, type Rotation } from '../families/rotation.ts';
