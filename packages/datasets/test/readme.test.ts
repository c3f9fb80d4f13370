import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { datasetNames } from '../src/index.ts';
import { temporaryFolder } from './helpers/temporary-folder.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

it('has an example that runs', async () => {
  const [, example] = /```ts\n(.*?)```/s.exec(readme)!;
  const path = join(temporaryFolder(), 'example.ts');
  const index = pathToFileURL(join(import.meta.dirname, '../src/index.ts')).href;
  const printed: unknown[][] = [];
  writeFileSync(
    path,
    example!.replace("'@hashgrad/datasets'", `'${index}'`).replaceAll('console.log', 'print'),
  );
  Object.assign(globalThis, { print: (...values: unknown[]) => printed.push(values) });
  await import(/* @vite-ignore */ pathToFileURL(path).href);
  // What the comments in the example say it prints.
  const promised = [...example!.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
  expect(promised.length).toBeGreaterThan(2);
  expect(printed.map((values) => values.join(' '))).toEqual(promised);
});

it('names every data set that can be asked for by name', () => {
  for (const { name } of datasetNames) expect(readme).toContain(`\`${name}\``);
});
