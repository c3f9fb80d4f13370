/** Builds, checks and publishes every package whose version the registry does not have. Refuses until a publisher is named. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { readIdentity } from './release/identity.ts';

const root = resolve(import.meta.dirname, '..');
const identity = readIdentity(root);
if (typeof identity === 'string') {
  console.error(`Not released: ${identity}`);
  process.exitCode = 1;
} else {
  for (const command of ['turbo run build', 'node scripts/check-tarballs.ts', 'changeset publish']) {
    const { status } = spawnSync(command, { cwd: root, stdio: 'inherit', shell: true });
    if (status === 0) continue;
    process.exitCode = status ?? 1;
    break;
  }
}
