/** What says which class a row has: its number from 0 on, or its name. */
export type RawLabel = number | boolean | string;

/** Labels of rows, in one of three ways. */
export interface RawLabels {
  /** The class of each row; or a list of classes for each, of any length. */
  readonly labels?: ArrayLike<RawLabel> | readonly (readonly RawLabel[])[] | undefined;
  /** Of rows that are objects: the key of the class. */
  readonly label?: string | undefined;
  /** A list of 0s and a 1 for each row: the 1 stands at its class. */
  readonly oneHot?: readonly ArrayLike<number>[] | undefined;
  /** Of the classes, in the order of their numbers. Default: those that there are, sorted. */
  readonly classNames?: readonly string[] | undefined;
}

/** Labels as numbers. */
interface Labels {
  readonly classes: number;
  readonly labels: Int32Array;
  /** Only of lists of labels. */
  readonly labelOffsets?: Int32Array;
  readonly classNames?: readonly string[];
}

/** @throws TypeError or RangeError naming the row. */
export function labelsOf(
  name: string,
  rows: readonly unknown[],
  { labels, label, oneHot, classNames }: RawLabels,
  like?: { readonly classes: number; readonly classNames?: readonly string[] },
): Labels {
  const given = Object.entries({ labels, label, oneHot }).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const found = given.map(([key]) => key).join(' and ');
    throw new TypeError(`${name}: expected one of labels, label and oneHot, found ${found || 'none'}.`);
  }
  const raw =
    label === undefined
      ? (labels ?? oneHot?.map((row, i) => placeOfOne(name, row, i)))
      : fieldOf(name, rows, label);
  const list = Array.from(raw as ArrayLike<RawLabel | readonly RawLabel[]>);
  if (list.length !== rows.length) {
    throw new RangeError(`${name}: ${rows.length} rows have as many labels; got ${list.length}.`);
  }
  const several = Array.isArray(list[0]);
  const sets = list.map((own, row): readonly RawLabel[] => {
    if (Array.isArray(own) !== several) {
      throw new TypeError(
        `${name}: row ${row} has ${several ? 'one label' : 'a list of labels'}, unlike row 0.`,
      );
    }
    return several ? [...new Set(own as readonly RawLabel[])] : [own as RawLabel];
  });
  const names = classNames ?? like?.classNames ?? namesIn(sets);
  const numbers = new Map(names?.map((each, c) => [each, c]));
  const numbered = sets.map((own, row) =>
    own.map((each) => numberOf(name, each, row, names && numbers)).toSorted((a, b) => a - b),
  );
  const most = oneHot?.[0]?.length ?? 0;
  const classes =
    names?.length ??
    like?.classes ??
    numbered.flat().reduce((highest, each) => Math.max(highest, each + 1), Math.max(most, 1));
  const row = numbered.findIndex((own) => own.some((each) => each >= classes));
  if (row >= 0) {
    throw new RangeError(
      `${name}: row ${row} has label ${numbered[row]!.at(-1)}; there are ${classes} classes.`,
    );
  }
  const found = { classes, labels: Int32Array.from(numbered.flat()), ...(names && { classNames: names }) };
  if (!several) return found;
  const labelOffsets = new Int32Array(rows.length + 1);
  for (const [i, own] of numbered.entries()) labelOffsets[i + 1] = labelOffsets[i]! + own.length;
  return { ...found, labelOffsets };
}

function fieldOf(name: string, rows: readonly unknown[], label: string): RawLabel[] {
  return rows.map((row, i) => {
    const value =
      typeof row === 'object' && row !== null && Object.hasOwn(row, label)
        ? (row as Readonly<Record<string, unknown>>)[label]
        : undefined;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    throw new TypeError(`${name}: row ${i} has no ${label} that is a number or a text.`);
  });
}

function placeOfOne(name: string, row: ArrayLike<number>, i: number): number {
  const values = Array.from(row);
  const place = values.indexOf(1);
  if (place >= 0 && values.every((value, c) => value === (c === place ? 1 : 0))) return place;
  throw new RangeError(`${name}: row ${i} of oneHot has to be 0s and one 1.`);
}

/** All names that come, sorted by their characters' codes; none where labels are numbers. */
function namesIn(sets: readonly (readonly RawLabel[])[]): readonly string[] | undefined {
  const names = new Set<string>();
  for (const own of sets) for (const label of own) if (typeof label === 'string') names.add(label);
  return names.size === 0 ? undefined : [...names].toSorted();
}

function numberOf(
  name: string,
  label: RawLabel,
  row: number,
  numbers: ReadonlyMap<string, number> | undefined,
): number {
  const number = numbers ? numbers.get(String(label)) : Number(label);
  if (number !== undefined && Number.isInteger(number) && number >= 0 && number < 2 ** 31) return number;
  const expected = numbers ? `one of ${[...numbers.keys()].slice(0, 10).join(', ')}` : 'a number from 0 on';
  throw new RangeError(`${name}: row ${row}: expected a label, ${expected}; found ${String(label)}.`);
}
