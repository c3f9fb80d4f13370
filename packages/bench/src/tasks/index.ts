/** What is measured on: tasks by kind, ours and those that a study brings. */
import { canonicalJson } from '../engine/json.ts';
import type { Config } from '../engine/record.ts';
import { extremeTask } from './extreme.ts';
import { filmsTask } from './films.ts';
import { imagesTask } from './images.ts';
import { languageModelTask } from './language-model.ts';
import { layerTask } from './layer.ts';
import { madeUpVectorsTask } from './made-up-vectors.ts';
import { memoriseTask } from './memorise.ts';
import { needlesTask } from './needles.ts';
import { trainedOutputsTask } from './trained-outputs.ts';
import type { Corpus, KeyValues, LabelledRows, TaskData, TaskDefinition } from './task.ts';
import { wordsTask } from './words.ts';

const definitions = new Map<string, TaskDefinition>(
  [
    imagesTask,
    extremeTask,
    languageModelTask,
    madeUpVectorsTask,
    layerTask,
    filmsTask,
    wordsTask,
    needlesTask,
    memoriseTask,
    trainedOutputsTask,
  ].map((task) => [task.kind, task]),
);

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

/** The rows of a task to train on. @throws {Error} as `checkTask` and the task's `load` do, and if it has none. */
export async function loadRows(task: object | undefined): Promise<LabelledRows> {
  const data = await load(task);
  if ('train' in data) return data;
  throw new Error(`the task ${data.name} has ${contentsOf(data)}, but no rows to train on.`);
}

/** The vectors of a task to search. @throws {Error} as `checkTask` and the task's `load` do, and if it has none. */
export async function loadCorpus(task: object | undefined): Promise<Corpus> {
  const data = await load(task);
  if ('vectors' in data) return data;
  throw new Error(`the task ${data.name} has ${contentsOf(data)}, but no vectors to search.`);
}

/** The keys and values of a task to attend to. @throws {Error} as `checkTask` and the task's `load` do, and if it has none. */
export async function loadKeyValues(task: object | undefined): Promise<KeyValues> {
  const data = await load(task);
  if ('keys' in data) return data;
  throw new Error(`the task ${data.name} has ${contentsOf(data)}, but no keys to attend to.`);
}

function contentsOf(data: TaskData): string {
  if ('train' in data) return 'rows to train on';
  return 'keys' in data ? 'keys to attend to' : 'vectors to search';
}

/** Data that was loaded, by the canonical JSON of its task, that which was used last the last. */
const loaded = new Map<string, Promise<TaskData>>();

/** How much is kept: the trials of a block come in any order, and have a few tasks between them. */
const MOST_LOADED = 4;

function load(json: object | undefined): Promise<TaskData> {
  const { definition, task } = checkTask(json);
  const key = canonicalJson(task);
  const data = loaded.get(key) ?? loadOnce(definition, task);
  loaded.delete(key);
  loaded.set(key, data);
  // What could not be loaded may be there the next time.
  data.catch(() => loaded.delete(key));
  const [oldest] = loaded.keys();
  if (loaded.size > MOST_LOADED && oldest !== undefined) loaded.delete(oldest);
  return data;
}

async function loadOnce(definition: TaskDefinition, task: Config): Promise<TaskData> {
  return await definition.load(task);
}
