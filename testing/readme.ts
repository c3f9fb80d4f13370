/** Reads the README of a package, or a page of the site, and runs its examples as their readers would. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

export interface Example {
  readonly code: string;
  /** What stands beside the language, as 'long' or 'browser' do on pages of the site. Empty in READMEs. */
  readonly mark: string;
  /** What its comments `// prints "..."` say. */
  readonly prints: readonly string[];
}

/** The TypeScript examples of a text, with their marks. */
export function examplesOf(text: string): Example[] {
  return [...text.matchAll(/^```ts(.*)\n([^]*?)^```$/gm)].map(([, mark = '', code = '']) => ({
    code,
    mark: mark.trim(),
    prints: [...code.matchAll(/\/\/ prints "(.*)"$/gm)].map(([, line = '']) => line),
  }));
}

export class Readme {
  readonly text: string;
  readonly #folder: string;

  /** @param folder The package's, in which examples run. @param file Default: its README. */
  constructor(folder: string, file: string = join(folder, 'README.md')) {
    this.#folder = folder;
    this.text = readFileSync(file, 'utf8');
  }

  /** The TypeScript examples without a mark, in their order: all, or those below a title (`## Layers`) and above the next one. */
  examples(title?: string): Example[] {
    const text = title === undefined ? this.text : this.#section(title);
    return examplesOf(text).filter(({ mark }) => mark === '');
  }

  /** The cells of the table whose first column has this title, the titles first. */
  table(title: string): string[][] {
    const lines = this.text.split('\n');
    const first = lines.findIndex((line) => line.startsWith(`| ${title} |`));
    const after = lines.findIndex((line, i) => i > first && !line.startsWith('|'));
    return lines
      .slice(first, after)
      .filter((line) => !line.startsWith('|--'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
  }

  /** What an example prints, by lines. @throws {Error} with what it wrote to stderr, if it fails. */
  run(code: string, environment: Readonly<Record<string, string>> = {}): string[] {
    const options = ['--conditions=@hashgrad/source', '--input-type=module-typescript', '-'];
    const { status, stdout, stderr } = spawnSync(process.execPath, options, {
      cwd: this.#folder,
      input: code,
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    if (status !== 0) throw new Error(`The example failed:\n${stderr}`);
    return stdout.trimEnd().split('\n');
  }

  #section(title: string): string {
    const [, below = ''] = this.text.split(`${title}\n`);
    const [section = ''] = below.split(/^#+ /m);
    return section;
  }
}

/**
 * What the compiler has to say against examples, under the strictest settings of a reader. It looks at them all at once: most
 * of its time goes into the packages that they import.
 * @param folder of the package whose development dependencies examples may import.
 */
export function typeErrors(examples: readonly Pick<Example, 'code'>[], folder?: string): string {
  const scratch = mkdtempSync(join(tmpdir(), 'readme-'));
  try {
    const files = examples.map(({ code }, i) => {
      writeFileSync(join(scratch, `example-${i}.mts`), code);
      return `example-${i}.mts`;
    });
    const compilerOptions = {
      noEmit: true,
      isolatedDeclarations: false,
      // As `tsc --init` has it.
      noUncheckedIndexedAccess: true,
      customConditions: ['@hashgrad/source'],
      typeRoots: [join(root, 'node_modules/@types')],
      paths: {
        '@hashgrad/*': [join(root, 'packages/*/src/index.ts')],
        '@hashgrad/bench/report': [join(root, 'packages/bench/src/report/index.ts')],
        '@hashgrad/sparse-nn/onnx': [join(root, 'packages/sparse-nn/src/interchange/onnx.ts')],
      },
    };
    if (folder !== undefined) symlinkSync(join(folder, 'node_modules'), join(scratch, 'node_modules'));
    const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, files };
    writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(config));
    return spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', scratch], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
