/** What indexes of vectors have in common, here and in @hashgrad/mips: their ids, and what they check of flat arrays. */
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
  typeNameOf,
} from './check-flat.ts';
export { IdTable, knownPlaces, newIds } from './id-table.ts';
