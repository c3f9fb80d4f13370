/** What indexes of vectors have in common, here and in @hashgrad/mips: ids, checks of flat arrays, and random rotations. */
export {
  checkDimensions,
  checkIds,
  checkK,
  checkProducts,
  checkQuery,
  checkRoom,
  countOf,
  greatest,
  lengthsOf,
} from './check-flat.ts';
export { IdTable, knownPlaces, newIds } from './id-table.ts';
export { drawRotation, type Rotation, rotationLog2 } from '../families/rotation.ts';
