/**
 * Makes the page of changes: of each package what its CHANGELOG.md has, and before it what is not released yet, as the changesets
 * tell it. The site's build runs it first.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

interface Changeset {
  readonly packages: readonly string[];
  readonly text: string;
}

/** The text of the page. */
export function changelogPage(): string {
  const changesets = globSync('.changeset/*.md', { cwd: root }).toSorted().flatMap(changesetAt);
  const sections = globSync('packages/*/package.json', { cwd: root })
    .toSorted()
    .map((manifest) => section(dirname(join(root, manifest)), changesets));
  return `---
title: Changelog
description: What changed in each package, and what is not released yet.
---

Versions follow [semantic versioning](https://semver.org); before 1.0 a minor version may break what was there.

${sections.join('\n')}`;
}

function changesetAt(path: string): Changeset[] {
  const [, head = '', text = ''] =
    /^---\n(.*?)---\n(.*)$/s.exec(readFileSync(join(root, path), 'utf8')) ?? [];
  const packages = [...head.matchAll(/^["']?(@[\w-]+\/[\w-]+)["']?:/gm)].map(([, name = '']) => name);
  return packages.length === 0 ? [] : [{ packages, text: text.trim() }];
}

function section(folder: string, changesets: readonly Changeset[]): string {
  const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string };
  const waiting = changesets.filter(({ packages }) => packages.includes(name)).map(({ text }) => `${text}\n`);
  const unreleased =
    waiting.length === 0 ? '' : `### Not released yet, ${basename(folder)}\n\n${waiting.join('\n')}`;
  const parts = [unreleased, releases(folder)].filter((part) => part !== '');
  return `## ${name}\n\n${parts.length === 0 ? 'Nothing yet.\n' : parts.join('\n')}`;
}

/** What a package's CHANGELOG.md says, its headings one level further down, and with the package's name: anchors are of one page. */
function releases(folder: string): string {
  let text: string;
  try {
    text = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8');
  } catch {
    return '';
  }
  return text
    .replace(/^# .*\n+/, '')
    .replaceAll(/^## (.*)$/gm, `### $1, ${basename(folder)}`)
    .replaceAll(/^###(?=# )/gm, '####');
}

if (import.meta.main) {
  writeFileSync(join(root, 'docs/src/content/docs/reference/changelog.md'), changelogPage());
}
