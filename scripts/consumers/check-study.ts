/** A study of a consumer's own, with a selector, a hash family, a task and a metric of its own, on the packages as they are published. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const STUDY = resolve(import.meta.dirname, '../../packages/bench/test/cli/own-study');

/**
 * Runs the study in a folder in which the packages are installed.
 *
 * @param node The program that runs it.
 * @returns What went wrong, a line each.
 */
export function checkStudy(folder: string, node: string): string[] {
  const place = join(folder, 'study');
  cpSync(STUDY, place, { recursive: true });
  const command = join(folder, 'node_modules/@hashgrad/bench/dist/cli/main.js');
  const { stdout, stderr, status } = spawnSync(node, [command, 'study', './mine.ts'], {
    cwd: place,
    encoding: 'utf8',
  });
  if (status !== 0) return [`hashgrad study ./mine.ts ended with ${status}: ${stderr.trim()}`];
  if (!stdout.includes('[6/6]')) return [`hashgrad study ./mine.ts did not run six trials: ${stdout}`];
  return existsSync(join(place, 'results/mine/report.html'))
    ? []
    : ['hashgrad study ./mine.ts left no report.'];
}
