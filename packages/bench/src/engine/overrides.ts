/** What the command line sets: `--set path=a,b,c`. */
import { valuesAt } from './json.ts';
import type { Json } from './record.ts';
import { checkLevels, keepLevels, type Factor, type Study } from './study.ts';

/** Values for a path; several make a factor. */
export interface Override {
  readonly path: string;
  readonly values: readonly Json[];
  /** The values as they were typed, which name the levels. */
  readonly texts: readonly string[];
}

/**
 * Parses `path=a,b,c`. A value is JSON, or else a text; commas within brackets, braces and quotes belong to it.
 *
 * @throws {Error} if there is no path or no value.
 */
export function parseOverride(text: string): Override {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new Error(`--set takes a path and values, such as optimizer.rate=0.001,0.003; got "${text}".`);
  const path = text.slice(0, equals).trim();
  const texts = splitAtCommas(text.slice(equals + 1)).map((item) => item.trim());
  if (texts.includes('')) throw new Error(`--set ${text}: a value is empty.`);
  const repeated = texts.find((item, index) => texts.indexOf(item) !== index);
  if (repeated !== undefined) throw new Error(`--set ${text}: the value ${repeated} comes twice.`);
  const values = texts.map(valueOf);
  // A text in quotes names the level without them: "1,000".
  const names = texts.map((item, index) => (typeof values[index] === 'string' ? values[index] : item));
  return { path, texts: names, values };
}

/**
 * Applies the overrides that name a factor: they pick levels of it, or give it other values if the config has a value of the
 * factor's name.
 *
 * @param whole the study with all of its levels, which can be picked, where `study` has only some.
 * @returns the study, and the overrides that are left: those of paths.
 * @throws {Error} for a level that there is not, naming those that there are.
 */
export function overrideFactors(
  study: Study,
  overrides: readonly Override[],
  whole: Study = study,
): { study: Study; paths: Override[] } {
  let changed = study;
  const paths: Override[] = [];
  for (const override of overrides) {
    const { path, texts, values } = override;
    if (!Object.hasOwn(changed.factors, path)) {
      paths.push(override);
      continue;
    }
    const factor = whole.factors[path] as Factor;
    const isValue = valuesAt(changed.base, path).length > 0;
    const known = texts.every((text) => Object.hasOwn(factor, text));
    const [there] = valuesAt(changed.base, path);
    const isOfType = isValue && values.every((value) => value === null || typeof value === typeof there);
    if (!known && !isOfType) {
      for (const text of texts) checkLevels(whole, { [path]: text }, '--set');
    }
    const levels = known
      ? keepLevels(factor, texts)
      : Object.fromEntries(texts.map((text, index) => [text, { [path]: values[index] as Json }]));
    changed = { ...changed, factors: { ...changed.factors, [path]: levels } };
  }
  return { study: changed, paths };
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function splitAtCommas(text: string): string[] {
  const items: string[] = [''];
  let [depth, quoted] = [0, false];
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && '[{'.includes(character)) depth++;
    else if (!quoted && ']}'.includes(character)) depth--;
    if (character === ',' && depth === 0 && !quoted) items.push('');
    else items[items.length - 1] += character;
  }
  return items;
}
