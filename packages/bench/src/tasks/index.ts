/** What networks are trained on: tasks by kind, ours and those that a study brings. */
import type { DenseDataset, Split } from '@hashgrad/datasets';
import { canonicalJson } from '../engine/json.ts';
import type { Config } from '../engine/record.ts';
import { imagesTask } from './images.ts';
import type { TaskDefinition } from './task.ts';

const definitions = new Map<string, TaskDefinition>([[imagesTask.kind, imagesTask]]);

/** Makes a task known by its kind. @throws {Error} if there is another of that kind. */
export function registerTask(definition: TaskDefinition): void {
  const known = definitions.get(definition.kind);
  if (known !== undefined && known !== definition) {
    throw new Error(`There is a task '${definition.kind}' already.`);
  }
  definitions.set(definition.kind, definition);
}

/** Checks the task of a config. @throws {Error} for an unknown kind, naming those that there are, or what its kind refuses. */
export function checkTask(task: object | undefined): { definition: TaskDefinition; task: Config } {
  const kind = task !== undefined && task !== null && 'kind' in task ? task.kind : undefined;
  const definition = definitions.get(String(kind));
  if (definition === undefined) {
    throw new Error(
      `there is no task of the kind ${JSON.stringify(kind)}; there are ${[...definitions.keys()].join(', ')}.`,
    );
  }
  definition.check?.(task as Config);
  return { definition, task: task as Config };
}

/** The data that was loaded last: the trials of a block mostly have the same. */
let last: { key: string; data: Promise<Split<DenseDataset>> } | undefined;

/** The data of a task. @throws {Error} as `checkTask` and the task's `load` do. */
export function loadTask(json: object | undefined): Promise<Split<DenseDataset>> {
  const { definition, task } = checkTask(json);
  const key = canonicalJson(task);
  if (last?.key !== key) last = { key, data: Promise.resolve(definition.load(task)) };
  return last.data;
}
