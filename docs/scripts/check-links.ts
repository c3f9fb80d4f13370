/**
 * Follows all links of the built site, those to headings too, and ends with 1 if one leads nowhere. The site is served below its
 * base, where it will stand.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const docs = resolve(import.meta.dirname, '..');
const base = (process.env['SITE_BASE'] ?? '').replaceAll(/^\/+|\/+$/g, '');

/** What `linkinator` says of the pages at `from`, below the root of a server. */
function check(from: string, root: string): number {
  const options = [from, '--server-root', root, '--config', 'linkinator.config.json'];
  return spawnSync('linkinator', options, { cwd: docs, stdio: 'inherit' }).status ?? 1;
}

if (base === '') {
  process.exitCode = check('.', join(docs, 'dist'));
} else {
  const root = mkdtempSync(join(tmpdir(), 'hashgrad-site-'));
  try {
    mkdirSync(dirname(join(root, base)), { recursive: true });
    symlinkSync(join(docs, 'dist'), join(root, base));
    process.exitCode = check(base, root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
