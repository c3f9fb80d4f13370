/** What indexes of vectors have in common, here and in @hashgrad/mips: ids, checks of flat arrays, files, random rotations. */
export {
  checkDimensions,
  checkIdList,
  checkIds,
  checkK,
  checkNames,
  checkProducts,
  checkQuery,
  checkRoom,
  checkSpec,
  countOf,
  described,
  greatest,
  lengthsOf,
  productsFit,
} from './check-flat.ts';
export { IdTable, knownPlaces, newIds } from './id-table.ts';
export { bytesOfSource, type IndexSource, nameOfSource } from './index-source.ts';
export { closeOwn, teamFor } from './own-team.ts';
export { Scratch } from './scratch.ts';
export { drawRotation, type Rotation } from '../families/rotation.ts';
export { orthonormalize } from './orthonormalize.ts';
