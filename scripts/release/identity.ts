/** Who publishes the packages, and from where: the root package.json says it once for all of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the root package.json may say. */
export interface RootManifest {
  /** A URL on a host of git repositories, as text or as `{ type, url }`. */
  readonly repository?: string | { readonly url?: string };
  readonly author?: string | { readonly name?: string };
  /** Default: the repository's page. */
  readonly homepage?: string;
  /** Default: the repository's issues. */
  readonly bugs?: string | { readonly url?: string };
}

/** The fields that every published manifest has of it. */
export interface Identity {
  readonly repository: { readonly type: 'git'; readonly url: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  readonly author: string | { readonly name?: string };
}

/**
 * What a root manifest says of its publisher, or, as text of one line, why it does not suffice: npm proves where a package
 * comes from by its repository, and refuses one that names none.
 */
export function identityOf({ repository, author, homepage, bugs }: RootManifest): Identity | string {
  const url = typeof repository === 'string' ? repository : repository?.url;
  const missing = [...(url ? [] : ['repository']), ...(author ? [] : ['author'])];
  if (!url || !author) return `The root package.json names no ${missing.join(' and no ')}.`;
  const page = /^(?:git\+)?(https:\/\/[^/]+\/[^/]+\/[^/]+?)(?:\.git)?\/?$/.exec(url)?.[1];
  if (page === undefined) {
    return `The root package.json names the repository '${url}', which is not like https://github.com/OWNER/NAME.`;
  }
  return {
    repository: { type: 'git', url: `git+${page}.git` },
    homepage: homepage ?? `${page}#readme`,
    bugs: { url: (typeof bugs === 'string' ? bugs : bugs?.url) ?? `${page}/issues` },
    author,
  };
}

/** The same of the repository at `root`. */
export function readIdentity(root: string): Identity | string {
  return identityOf(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as RootManifest);
}
