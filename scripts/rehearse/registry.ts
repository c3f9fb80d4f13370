/** A registry of npm packages on this machine, empty at its start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toolPath } from './tools.ts';

/** A running registry. */
export interface Registry extends AsyncDisposable {
  /** Ends with a slash. */
  readonly url: string;
}

/** Anybody may publish, and what is not there is asked of nobody else. */
const CONFIG = `
storage: ./storage
packages:
  '**': { access: $all, publish: $all }
web: { enable: false }
max_body_size: 100mb
log: { type: stdout, format: pretty, level: warn }
`;

/** Starts one that keeps its packages in a folder. @throws {Error} if it does not answer within a minute. */
export async function startRegistry(folder: string): Promise<Registry> {
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.yaml'), CONFIG);
  const log = openSync(join(folder, 'log'), 'a');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const child = spawn(
    process.execPath,
    [toolPath('verdaccio/bin/verdaccio'), '--config', 'config.yaml', '--listen', `127.0.0.1:${port}`],
    { cwd: folder, stdio: ['ignore', log, log] },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  for (const deadline = Date.now() + 60_000; ;) {
    if (await answers(`${url}-/ping`)) return { url, [Symbol.asyncDispose]: stop };
    if (Date.now() > deadline || child.exitCode !== null) break;
    await sleep(200);
  }
  await stop();
  throw new Error(`The registry does not answer; see ${join(folder, 'log')}.`);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** What a `.npmrc` says so that our packages come from there, and all others from where they always do. */
export function npmrcOf({ url }: Registry): string {
  // No registry asks for a token here, but clients do before they publish.
  return `@hashgrad:registry=${url}\n//${new URL(url).host}/:_authToken=anybody\n`;
}
