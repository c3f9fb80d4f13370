import type { MovieLens } from '../formats/movielens.ts';
import type { Ratings } from '../formats/ratings.ts';
import type { WordVectors } from '../formats/words.ts';
import type { ImageStream } from '../generators/deformed-images.ts';
import type { GreyImage } from '../generators/texture.ts';
import type { DenseDataset, SparseDataset, Split, VectorSet } from '../types.ts';
import type { DatasetInfo, Definition } from './definition.ts';
import {
  GENERATED_IMAGE_SETS,
  GENERATED_LABEL_SETS,
  GENERATED_VECTOR_SETS,
  type GeneratedImageSetName,
  type GeneratedVectorSetName,
} from './sets/generated.ts';
import { IMAGE_SETS, type ImageSetName } from './sets/images.ts';
import { INTERACTION_SETS, type InteractionSetName } from './sets/interactions.ts';
import { LABEL_SETS, type LabelSetName } from './sets/labels.ts';
import { IMAGE_STREAMS, OTHER_IMAGE_SETS, type OtherImageSetName } from './sets/more-images.ts';
import { PICTURE_SETS, type PictureSetName } from './sets/pictures.ts';
import { RATING_SETS, type RatingSetName } from './sets/ratings.ts';
import { TEXT_SETS, type TextSet, type TextSetName } from './sets/texts.ts';
import { VECTOR_SETS, type VectorSetName } from './sets/vectors.ts';
import { WORD_SETS, type WordSetName } from './sets/words.ts';

/** What each set is loaded as, by its name. */
export type DatasetTypes = Readonly<
  Record<ImageSetName | OtherImageSetName | GeneratedImageSetName, Split<DenseDataset>> &
    Record<'mnist8m', ImageStream> &
    Record<LabelSetName | 'planted-labels', Split<SparseDataset>> &
    Record<PictureSetName, readonly GreyImage[]> &
    Record<RatingSetName, MovieLens> &
    Record<InteractionSetName, Split<Ratings>> &
    Record<WordSetName, WordVectors> &
    Record<TextSetName, TextSet> &
    Record<VectorSetName | GeneratedVectorSetName, VectorSet>
>;

/** A name that `load` knows. */
export type DatasetName = keyof DatasetTypes;

/** Any set. */
export type AnyDataset = DatasetTypes[DatasetName];

const CATALOGUE: { readonly [Name in DatasetName]: Definition<DatasetTypes[Name]> } = {
  ...IMAGE_SETS,
  ...OTHER_IMAGE_SETS,
  ...GENERATED_IMAGE_SETS,
  ...IMAGE_STREAMS,
  ...LABEL_SETS,
  ...GENERATED_LABEL_SETS,
  ...RATING_SETS,
  ...INTERACTION_SETS,
  ...WORD_SETS,
  ...TEXT_SETS,
  ...VECTOR_SETS,
  ...GENERATED_VECTOR_SETS,
  ...PICTURE_SETS,
};

/** Sets that there are, by kind: what `load` loads, how much there is of it, its licence, and where it comes from. */
export function datasets(): DatasetInfo[] {
  return Object.entries(CATALOGUE).map(([name, definition]) => infoOf(name, definition));
}

/** What the catalogue says of one. @throws Error for a name that it does not have, with some like it. */
function infoOf(name: string, definition: Definition<unknown> = definitionOf(name)): DatasetInfo {
  const { kind, description, size, shape, licence, citation, homepage, files, byHand } = definition;
  return {
    name,
    kind,
    description,
    size,
    ...(shape && { shape }),
    licence,
    citation,
    ...(homepage !== undefined && { homepage }),
    files,
    ...(byHand !== undefined && { byHand }),
  };
}

/** @throws Error for a name that the catalogue does not have, with some like it. */
export function definitionOf(name: string): Definition<AnyDataset> {
  if (Object.hasOwn(CATALOGUE, name)) return CATALOGUE[name as DatasetName] as Definition<AnyDataset>;
  const names = Object.keys(CATALOGUE);
  const like = names
    .map((each) => ({ each, common: commonPairs(each, name.toLowerCase()) }))
    .filter(({ common }) => common > 0.3)
    .toSorted((a, b) => b.common - a.common)
    .slice(0, 5);
  const hint = like.length > 0 ? ` There are ${like.map(({ each }) => each).join(', ')}.` : '';
  throw new Error(
    `There is no data set "${name.slice(0, 40)}".${hint} datasets() lists all ${names.length}, as hashgrad data list does.`,
  );
}

/** The share of pairs of letters that two words have in common (Dice). */
function commonPairs(a: string, b: string): number {
  const [first, second] = [pairsOf(a), pairsOf(b)];
  const common = first.filter((pair) => second.includes(pair)).length;
  return (2 * common) / Math.max(1, first.length + second.length);
}

function pairsOf(word: string): string[] {
  return Array.from({ length: Math.max(0, word.length - 1) }, (_, i) => word.slice(i, i + 2));
}
