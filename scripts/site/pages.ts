/** The pages of the site that people write, and the samples in them. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Example, examplesOf } from '../../testing/readme.ts';

export const root: string = resolve(import.meta.dirname, '../..');
const content = join(root, 'docs/src/content/docs');

/** What may stand beside ```ts on a page: where it runs, and that it does by `npm run test:full` only. */
export const MARKS: readonly string[] = ['', 'long', 'browser', 'browser long'];

/** A sample, and where it stands. */
export interface Sample extends Example {
  readonly page: string;
  /** From 1. */
  readonly number: number;
}

/** Paths of pages from the root, those that are made of the sources left out. */
export function pages(): string[] {
  return globSync('**/*.{md,mdx}', { cwd: content, exclude: ['reference/api/**', 'reference/changelog.md'] })
    .toSorted()
    .map((page) => `docs/src/content/docs/${page.replaceAll('\\', '/')}`);
}

/** The TypeScript samples of all pages. */
export function samples(): Sample[] {
  return pages().flatMap((page) =>
    examplesOf(readFileSync(join(root, page), 'utf8')).map((example, i) => ({
      ...example,
      page,
      number: i + 1,
    })),
  );
}

/** Lines of the shell on all pages, without their comments; a line that ends with a backslash goes on. */
export function shellLines(): { readonly page: string; readonly line: string }[] {
  return pages().flatMap((page) => {
    const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```sh\n([^]*?)^```$/gm);
    return [...blocks].flatMap(([, block = '']) =>
      block
        .replaceAll(/\\\n\s*/g, '')
        .split('\n')
        .map((line) => ({ page, line: line.replace(/\s+# .*$/, '').trim() }))
        .filter(({ line }) => line !== '' && !line.startsWith('#')),
    );
  });
}
