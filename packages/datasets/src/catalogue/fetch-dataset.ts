import { checkOptions } from '../check-options.ts';
import { definitionOf } from './catalogue.ts';
import type { SetOptions } from './definition.ts';
import { chosenForm, partsOf, Supply, SUPPLY_OPTIONS, type SupplyOptions } from './supply.ts';

/** Where the files of a set are. */
export interface DatasetFiles {
  /** Paths, each once. */
  readonly paths: readonly string[];
  /** Whether anything was downloaded for it. */
  readonly downloaded: boolean;
}

/**
 * Finds the files of a set, and downloads those that are not there, without reading them. Node only.
 *
 * @throws Error as `load`.
 */
export async function fetchDataset(
  name: string,
  options: SupplyOptions & Pick<SetOptions, 'parts'> = {},
): Promise<DatasetFiles> {
  const definition = definitionOf(name);
  checkOptions('fetchDataset', options, { ...SUPPLY_OPTIONS, parts: true });
  if (definition.forms === undefined) return { paths: [], downloaded: false };
  const supply = new Supply(name, definition, options);
  const form = chosenForm(supply, definition.forms, options);
  const paths = new Set<string>();
  let downloaded = false;
  for (const part of partsOf(form, options)) {
    const before = supply.find(part);
    const { path } = before ?? (await supply.get(part));
    downloaded ||= before === undefined;
    paths.add(path);
  }
  return { paths: [...paths], downloaded };
}

/** Folders that the files of a set are looked for in, in this order. Node only. @throws Error for a name that there is not. */
export function datasetFolders(name: string, options: Pick<SupplyOptions, 'folder'> = {}): string[] {
  const definition = definitionOf(name);
  checkOptions('datasetFolders', options, { folder: true });
  return new Supply(name, definition, options).places().map(({ folder }) => folder);
}
