/** Runs everything that has to pass, one check after the other, and says at the end what did not. */
import { spawnSync } from 'node:child_process';
import { delimiter, resolve } from 'node:path';

interface Check {
  readonly title: string;
  /** A program of node_modules/.bin, with its arguments. */
  readonly command: string;
}

// Fast checks first; the tests last, so that their summary closes the output.
const checks: readonly Check[] = [
  { title: 'format', command: 'oxfmt --check' },
  { title: 'lint', command: 'oxlint --deny-warnings' },
  { title: 'unused code and dependencies', command: 'knip' },
  { title: 'types', command: 'tsc -p tsconfig.json' },
  { title: 'dependency direction', command: 'node scripts/check-dependencies.ts' },
  { title: 'doc comments', command: 'node scripts/check-docs.ts' },
  {
    title: 'tables of the READMEs',
    command: 'node --conditions=@hashgrad/source scripts/docs-tables.ts --check',
  },
  {
    title: 'generated code is up to date',
    command: 'pnpm --silent --filter @hashgrad/kernels check:generated',
  },
  { title: 'builds', command: 'turbo run build' },
  { title: 'API reports', command: 'node scripts/api-report.ts --check' },
  { title: 'sizes of imports', command: 'node scripts/check-sizes.ts --check' },
  { title: 'what is published', command: 'node scripts/check-tarballs.ts' },
  { title: 'as consumers see it', command: 'node scripts/check-consumers.ts' },
  ...(process.env['HASHGRAD_FULL'] && process.platform === 'linux' && process.arch === 'x64'
    ? [{ title: 'rehearsal of a release', command: 'node scripts/rehearse.ts' }]
    : []),
  // vitest by itself leaves one core of two idle.
  { title: 'tests', command: 'vitest run --maxWorkers=100%' },
];

const root = resolve(import.meta.dirname, '..');
const bin = resolve(root, 'node_modules/.bin');
const env = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
  // A log is read and searched as plain text.
  ...(process.stdout.isTTY || process.env['FORCE_COLOR'] ? {} : { NO_COLOR: '1' }),
};

const failed: Check[] = [];
for (const [index, check] of checks.entries()) {
  console.log(`\n[${index + 1}/${checks.length}] ${check.title}: ${check.command}`);
  const started = performance.now();
  const { status } = spawnSync(check.command, { cwd: root, env, stdio: 'inherit', shell: true });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (status !== 0) failed.push(check);
  console.log(
    `[${index + 1}/${checks.length}] ${check.title}: ${status === 0 ? 'passed' : 'FAILED'} (${seconds} s)`,
  );
}

if (failed.length > 0) {
  console.error(`\n${failed.length} of ${checks.length} checks failed:`);
  for (const { title, command } of failed) console.error(`  ${title}: ${command}`);
  process.exitCode = 1;
} else {
  console.log(`\nAll ${checks.length} checks passed.`);
}
