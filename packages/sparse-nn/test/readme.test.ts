import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const [first, sparse, own] = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);

/** What the example prints when it is run as it stands. */
async function run(code: string): Promise<string[]> {
  const options = ['--conditions=@hashgrad/source', '--input-type=module-typescript', '--eval', code];
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: folder });
  return stdout.trim().split('\n');
}

test('the first example learns, with a tenth of its hidden units', async () => {
  const lines = await run(first);
  expect(lines).toHaveLength(10);
  for (const [i, line] of lines.entries()) {
    expect(line).toMatch(
      new RegExp(`^epoch ${i + 1}: loss [\\d.]+, accuracy [\\d.]+, active 0\\.(10|09|08)$`),
    );
  }
  expect(Number(/accuracy ([\d.]+)/.exec(lines[9])?.[1])).toBeGreaterThan(0.8);
});

test('the example of sparse rows learns', async () => {
  const text = (await run(sparse)).join(' ');
  expect(text.match(/hashing: \d+/g)).toHaveLength(4);
  expect(Number(/rows: 500,\s+accuracy: ([\d.]+),\s+loss/.exec(text)?.[1])).toBeGreaterThan(0.4);
});

test("the example of one's own selector runs", async () => {
  const lines = await run(own);
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toMatch(/^0\.\d+ 0\.25$/);
});
