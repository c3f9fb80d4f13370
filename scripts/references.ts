/** What a TypeScript file names of other files. */
import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/** One place where a file names another: an import, a re-export, or `new URL('...', import.meta.url)`. */
export interface Reference {
  readonly kind: 'import' | 'url';
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
}

/** All references of a file, by line. @throws {Error} naming the file, if it cannot be parsed. */
export function references(path: string): Reference[] {
  const text = readFileSync(path, 'utf8');
  const { module, errors } = parseSync(path, text);
  const error = errors[0];
  if (error !== undefined) throw new Error(`${path} cannot be parsed: ${error.message}`);

  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const found: Reference[] = [];
  for (const { moduleRequest } of module.staticImports) {
    found.push({ kind: 'import', specifier: moduleRequest.value, line: lineOf(moduleRequest.start) });
  }
  for (const { moduleRequest } of module.staticExports.flatMap(({ entries }) => entries)) {
    if (!moduleRequest) continue;
    found.push({ kind: 'import', specifier: moduleRequest.value, line: lineOf(moduleRequest.start) });
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const specifier = literal(text.slice(moduleRequest.start, moduleRequest.end));
    if (specifier !== undefined) found.push({ kind: 'import', specifier, line: lineOf(moduleRequest.start) });
  }
  for (const match of text.matchAll(/new URL\(\s*(['"`][^'"`]*['"`])\s*,\s*import\.meta\.url/g)) {
    const specifier = literal(match[1] ?? '');
    if (specifier !== undefined) found.push({ kind: 'url', specifier, line: lineOf(match.index) });
  }
  return found.toSorted((a, b) => a.line - b.line);
}

/** The text of a string literal without substitutions, or nothing for any other expression. */
function literal(source: string): string | undefined {
  return /^(['"`])([^'"`$\\]*)\1$/.exec(source.trim())?.[2];
}
