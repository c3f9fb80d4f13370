/** Where the columns of a table of ratings are: their places, from 0, or their names in the header. */
export interface Columns {
  readonly user: number | string;
  readonly item: number | string;
  readonly rating: number | string;
}

/** Places of the columns. */
export interface Places {
  readonly user: number;
  readonly item: number;
  readonly rating: number;
  /** The last of them. */
  readonly last: number;
}

/** What tables call their columns, in small letters and without what joins words. */
const NAMES: Readonly<Record<keyof Columns, readonly string[]>> = {
  user: ['user', 'userid', 'uid', 'u', 'reviewer', 'reviewerid', 'customer', 'customerid', 'visitorid'],
  item: (
    'item itemid iid i movie movieid film filmid product productid asin parentasin book bookid isbn business businessid ' +
    'anime animeid song songid artist artistid game gameid joke jokeid'
  ).split(' '),
  rating: [
    'rating',
    'ratings',
    'score',
    'stars',
    'overall',
    'value',
    'weight',
    'preference',
    'r',
    'bookrating',
  ],
};

/** What the columns of a line stand apart by. */
export function separatorOf(line: string): ',' | ';' | '::' | '\t' {
  if (line.includes('::')) return '::';
  if (line.includes('\t')) return '\t';
  return line.includes(';') && !line.includes(',') ? ';' : ',';
}

/**
 * Where the columns are, by the fields of the first line, and whether that is a header; or what is the matter.
 */
export function placesOf(
  fields: readonly string[],
  columns: Columns | undefined,
): { readonly places: Places; readonly isHeader: boolean } | string {
  const usual = (name: keyof Columns): number =>
    fields.findIndex((field) => NAMES[name].includes(field.toLowerCase().replace(/[\s_.-]/g, '')));
  const byName = (name: keyof Columns): number => {
    const given = columns?.[name];
    if (given === undefined) return usual(name);
    return typeof given === 'number' ? given : fields.indexOf(given);
  };
  const named = columns !== undefined && Object.values(columns).some((column) => typeof column === 'string');
  const found = { user: byName('user'), item: byName('item'), rating: byName('rating') };
  if (named) {
    const missing = (['user', 'item', 'rating'] as const).find((name) => !isPlace(found[name]));
    if (missing !== undefined) return `expected a header with the column "${columns[missing]}"`;
    return { places: withLast(found), isHeader: true };
  }
  if (columns !== undefined) {
    const wrong = (['user', 'item', 'rating'] as const).find(
      (name) => !isPlace(found[name]) || found[name] >= fields.length,
    );
    if (wrong !== undefined) return `expected a column ${columns[wrong]}`;
    return { places: withLast(found), isHeader: !isNumber(fields[found.rating]) };
  }
  if (found.user >= 0 && found.item >= 0 && found.rating >= 0)
    return { places: withLast(found), isHeader: true };
  if (fields.length >= 3 && isNumber(fields[2])) {
    return { places: { user: 0, item: 1, rating: 2, last: 2 }, isHeader: false };
  }
  return 'expected a header with a user, an item and a rating, or three numbers';
}

function isPlace(place: number): boolean {
  return Number.isInteger(place) && place >= 0;
}

function isNumber(field: string | undefined): boolean {
  return field !== undefined && field !== '' && Number.isFinite(Number(field));
}

function withLast(places: Omit<Places, 'last'>): Places {
  return { ...places, last: Math.max(places.user, places.item, places.rating) };
}
