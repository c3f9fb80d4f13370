import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { describe, expect, it } from 'vitest';
import { datasets } from '../src/index.ts';
import { realData } from './helpers/real-data.ts';
import { temporaryFolder } from './helpers/temporary-folder.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const examples = [...readme.matchAll(/^```ts( real data)?\n(.*?)^```/gms)].map(([, needs, example], i) => ({
  number: i + 1,
  example: example!,
  skipped: needs !== undefined && realData === undefined,
}));

describe('the README', () => {
  it.each(examples)('has an example that prints what it says: $number', async ({ example, skipped }) => {
    if (skipped) return;
    const path = join(temporaryFolder(), 'example.ts');
    const index = pathToFileURL(join(import.meta.dirname, '../src/index.ts')).href;
    const printed: string[] = [];
    writeFileSync(
      path,
      example.replace("'@hashgrad/datasets'", `'${index}'`).replaceAll('console.log', 'print'),
    );
    Object.assign(globalThis, { print: (...values: unknown[]) => printed.push(format(...values)) });
    await import(/* @vite-ignore */ pathToFileURL(path).href);
    // What the comments in the example say it prints; of a loop all that it prints, in one line.
    const promised = [...example.matchAll(/console\.log\(.*\);? \/\/ (.*)$/gm)].map(([, text]) =>
      text!.trim(),
    );
    expect(promised.length).toBeGreaterThan(0);
    expect(printed.map((line) => line.trim()).join(' ')).toEqual(promised.join(' '));
  });

  it('names every data set that can be asked for by name', () => {
    for (const { name } of datasets()) expect(readme).toContain(`\`${name}\``);
  });
});
