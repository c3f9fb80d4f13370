/** What a rehearsal works with: the tools of this folder, installed when they are needed, and ways of running them. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../consumers/workspace.ts';

const FOLDER = import.meta.dirname;
const MODULES = join(FOLDER, 'node_modules');

/** A runtime that runs a file of TypeScript. */
export interface Engine {
  readonly title: string;
  readonly command: string;
  /** What stands before the file. */
  readonly options: readonly string[];
}

/** Runtimes as users have them. The newest Node is the repository's own. */
export const ENGINES: readonly Engine[] = [
  {
    title: 'Node 22',
    command: join(MODULES, 'node-22/bin/node'),
    options: ['--disable-warning=ExperimentalWarning'],
  },
  { title: 'Node 24', command: join(MODULES, 'node-24/bin/node'), options: [] },
  { title: 'Node 26', command: process.execPath, options: [] },
  {
    title: 'Deno',
    command: join(MODULES, '@deno/linux-x64-glibc/deno'),
    options: ['run', '--allow-all', '--quiet', '--node-modules-dir=manual'],
  },
  { title: 'Bun', command: join(MODULES, '@oven/bun-linux-x64/bin/bun'), options: [] },
];

/** Versions of the TypeScript compiler, by their folders. */
export const COMPILERS: readonly string[] = ['typescript-5.9', 'typescript-6', 'typescript-7'];

/** The path of a file of a tool. */
export function toolPath(...parts: string[]): string {
  return join(MODULES, ...parts);
}

/** Installs the tools as their lockfile has them, unless they are. */
export async function installTools(): Promise<void> {
  const lock = readFileSync(join(FOLDER, 'package-lock.json'), 'utf8');
  const marker = join(MODULES, '.installed-lock.json');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: FOLDER });
  writeFileSync(marker, lock);
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds until it is stopped. Default 600. */
  readonly limit?: number;
}

/** What a program prints. @throws {Error} with all that it said, if it fails. */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env = {}, limit = 600 }: RunOptions,
): Promise<string> {
  const options = {
    cwd,
    encoding: 'utf8' as const,
    env: { ...cleanEnvironment(), ...env },
    timeout: limit * 1000,
    maxBuffer: 64 * 2 ** 20,
  };
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = `${stdout}\n${stderr}`.trim().slice(-3000);
      reject(new Error(`${[command.replace(ROOT, '.'), ...args].join(' ').slice(0, 200)} failed:\n${said}`));
    });
  });
}

/** The environment without what npm and pnpm pass on to the programs that they start: a user's shell has none of it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(npm|pnpm)_/i.test(name) && name !== 'NODE_OPTIONS' && name !== 'INIT_CWD',
  );
  return Object.fromEntries(entries);
}
