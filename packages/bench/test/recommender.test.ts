import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const home = resolve(import.meta.dirname, '..');
const data = process.env['HASHGRAD_DATA'];

/** The example of the mips package's README that needs this package and MovieLens. */
function example(): string {
  const readme = readFileSync(join(home, '../mips/README.md'), 'utf8');
  return /```typescript\n(?<code>[\s\S]*?)```/.exec(readme)?.groups?.['code'] ?? '';
}

test('the recommender is 15 lines or fewer', () => {
  expect(example()).toContain('loadMovieLens(');
  expect(
    example()
      .split('\n')
      .filter((line) => line.trim() !== '').length,
  ).toBeLessThanOrEqual(15);
});

test.skipIf(data === undefined)(
  'it recommends five films that the user has not rated',
  { timeout: 60_000 },
  () => {
    const code = example().replace("'ml-latest-small'", JSON.stringify(join(data ?? '', 'ml-latest-small')));
    const options = ['--conditions=@hashgrad/source', '--input-type=module-typescript', '-'];
    const { stdout, stderr } = spawnSync(process.execPath, options, {
      cwd: home,
      input: code,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).toMatch(/^\d+\.\d\d .+ \(\d{4}\)$/);
  },
);
