/** What indexes of vectors have in common, here and in @hashgrad/mips: their ids, and what they check of flat arrays. */
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
