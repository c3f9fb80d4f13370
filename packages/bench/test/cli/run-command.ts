/** The command in a process of its own, for tests. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const program = ['--conditions=@hashgrad/source', resolve(import.meta.dirname, '../../src/cli/main.ts')];
const environment = { ...process.env, NO_COLOR: '1' };

/** Runs it to its end in `folder`, with `more` in its environment. */
export function hashgrad(
  folder: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): { code: number | null; out: string; error: string } {
  const options = { cwd: folder, encoding: 'utf8', env: { ...environment, ...more } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], options);
  return { code: status, out: stdout, error: stderr };
}

/** What of the environment makes a package one that is not installed. */
export function without(folder: string, name: string): Readonly<Record<string, string>> {
  const hook = join(folder, `without-${name}.mjs`);
  writeFileSync(
    hook,
    `import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== '${name}') return next(specifier, context);
    throw Object.assign(new Error("Cannot find package '${name}'"), { code: 'ERR_MODULE_NOT_FOUND' });
  },
});
`,
  );
  return { NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` };
}

/** Starts it in `folder`. */
export function start(folder: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...program, ...args], { cwd: folder, env: environment, stdio: 'ignore' });
}

/** Starts it in `folder`, and keeps what it says. */
export function startHeard(
  folder: string,
  args: readonly string[],
): {
  child: ChildProcess;
  text: () => string;
  ended: Promise<number | null>;
  said: (what: RegExp) => Promise<void>;
} {
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const said = (what: RegExp): Promise<void> =>
    new Promise((done, fail) => {
      const look = (): void => {
        if (!what.test(text)) return;
        listeners.delete(look);
        done();
      };
      listeners.add(look);
      void ended.then((code) => fail(new Error(`It ended with ${code} before it said ${what}:\n${text}`)));
      look();
    });
  return { child, text: () => text, ended, said };
}
