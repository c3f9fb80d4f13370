/**
 * The rooms of a package: the folders of its `src`, and which of them may import which. A room is a folder or one file; what
 * stands in several belongs to the smallest. Files of `src` itself (index.ts and the like) may import all, and nobody them.
 */

/** What one room may import beside its own files: rooms, and single files of others. */
interface Room {
  readonly may: readonly string[];
  /** The idea that this holds up, for whoever breaks it. */
  readonly because: string;
}

type Rooms = Readonly<Record<string, Room>>;

const KERNELS: Rooms = {
  generated: { may: [], because: 'it is what the assembly was compiled to' },
  memory: { may: ['generated'], because: 'all else lies in memory' },
  io: { may: [], because: 'files are read and written without kernels' },
  random: { may: ['memory'], because: 'draws need memory alone' },
  threads: { may: ['memory', 'generated'], because: 'threads run any kernel, and know none' },
  ops: {
    may: ['generated', 'memory', 'random', 'threads'],
    because: 'an op calls its kernel, and does not know the reference that this is tested against',
  },
  reference: {
    may: ['ops/layout.ts', 'ops/optimizer.ts'],
    because: 'the reference knows of a kernel only what its records are',
  },
};

/** What flows between layers, and what selectors compute with. */
const LAYER_PARTS = ['activations', 'counts', 'weights', 'all-units', 'dense-form', 'piecewise'].map(
  (file) => `layers/${file}.ts`,
);

/** How options are checked that come from plain JavaScript. */
const OPTIONS = 'spec/options.ts';

const KIND_OF_SELECTOR: Room = {
  may: ['selectors', ...LAYER_PARTS, OPTIONS],
  because: 'kinds of selectors do not know each other, nor the layers that they choose for',
};

const SPARSE_NN: Rooms = {
  attention: {
    may: ['layers/activations.ts', 'layers/counts.ts', OPTIONS],
    because: 'attention knows keys and hash tables, and no network',
  },
  optimizers: { may: [OPTIONS], because: 'an optimizer knows rows of numbers only' },
  spec: {
    may: ['layers/activation.ts', 'optimizers', 'selectors/selector.ts', 'selectors/selectors.ts'],
    because: 'a spec is data, checked by what it names',
  },
  examples: {
    may: ['layers/activations.ts', 'selectors/selector.ts', 'spec'],
    because: 'examples are loaded without a network',
  },
  layers: {
    may: ['optimizers', 'spec', 'selectors/selector.ts'],
    because: 'a layer knows no selector, only what all of them are',
  },
  selectors: {
    may: [...LAYER_PARTS, 'optimizers', OPTIONS],
    because: 'what selectors share knows none of them',
  },
  'selectors/hidden': KIND_OF_SELECTOR,
  'selectors/hashed': KIND_OF_SELECTOR,
  'selectors/routed': KIND_OF_SELECTOR,
  'selectors/sampled': KIND_OF_SELECTOR,
  'selectors/selectors.ts': {
    may: [
      'selectors',
      'selectors/hidden',
      'selectors/hashed',
      'selectors/routed',
      'selectors/sampled',
      OPTIONS,
    ],
    because: 'the list of selectors is all that names them',
  },
  passes: {
    may: ['examples', 'layers', 'optimizers', 'selectors', 'selectors/selectors.ts', 'spec'],
    because: 'passes are made without training, and without what is done with them',
  },
  evaluation: {
    may: ['examples', 'layers', 'optimizers', 'passes', 'selectors', 'selectors/selectors.ts', 'spec'],
    because: 'an evaluation needs passes only, and training needs evaluations',
  },
  files: { may: [], because: 'what a file says is read alike, whatever it holds' },
  inference: {
    may: [
      'evaluation',
      'examples',
      'files',
      'layers',
      'passes',
      'selectors',
      'selectors/selectors.ts',
      'spec',
    ],
    because: 'inference and training do not know each other',
  },
  interchange: {
    may: ['inference', 'layers', 'spec'],
    because: 'files of other programs are read and written of what a network shows, without training',
  },
  training: {
    may: ['evaluation', 'examples', 'files', 'layers', 'optimizers', 'passes', 'selectors', 'spec'],
    because: 'training and inference do not know each other',
  },
};

const BENCH: Rooms = {
  analysis: {
    may: ['engine/record.ts', 'format.ts'],
    because: 'statistics are of records, however they came to be',
  },
  report: {
    may: ['analysis', 'engine/machine.ts', 'engine/record.ts', 'format.ts'],
    because: 'reports are drawn from records alone',
  },
  tasks: {
    may: ['engine/filled.ts', 'engine/json.ts', 'engine/record.ts'],
    because: 'a task is data, whatever is done with it',
  },
  arms: {
    may: ['engine/json.ts', 'engine/record.ts', 'engine/study.ts', 'tasks/task.ts'],
    because: 'an arm is a level of a factor, in any study',
  },
  measures: {
    may: ['arms', 'tasks', 'engine/filled.ts', 'engine/measure.ts', 'engine/record.ts', 'engine/study.ts'],
    because:
      'a measure is told a config, and knows no study; digests of trials cover measures, tasks and arms',
  },
  engine: {
    may: ['analysis', 'measures/index.ts', 'report/facts.ts', 'report/options.ts', 'format.ts'],
    because: 'the engine runs any study, and knows none',
  },
  queue: {
    may: ['engine'],
    because: 'a queue is one of the executors: it knows neither studies nor the command line',
  },
  studies: {
    may: ['arms', 'engine', 'measures', 'tasks'],
    because: 'a study is data; what it shares with benchmarks is an arm, a task or a measure',
  },
  benchmarks: {
    may: [
      'analysis/costs.ts',
      'arms',
      'tasks',
      'cli/options.ts',
      'engine/machine.ts',
      'engine/record.ts',
      'measures/collect-garbage.ts',
      'format.ts',
    ],
    because: 'benchmarks and studies do not know each other',
  },
  profile: {
    may: ['analysis/costs.ts', 'arms', 'benchmarks', 'engine/record.ts', 'format.ts'],
    because: 'a profile is a look into the steps that benchmarks time',
  },
  cli: {
    may: [
      'analysis',
      'benchmarks',
      'engine',
      'measures',
      'profile',
      'queue',
      'report',
      'studies',
      'format.ts',
    ],
    because: 'the command line is the last to know',
  },
};

/** What all rooms of the data sets stand on. */
const DATASETS_BASE = [
  'types.ts',
  'check-options.ts',
  'complaint.ts',
  'growing-array.ts',
  'random.ts',
  'node.ts',
  'web-types.ts',
];

const DATASETS: Rooms = {
  unpack: { may: DATASETS_BASE, because: 'bytes are unpacked whatever they hold' },
  formats: { may: [...DATASETS_BASE, 'unpack'], because: 'a format is read whatever set comes in it' },
  use: { may: DATASETS_BASE, because: 'a data set is used alike, wherever it came from' },
  generators: {
    may: DATASETS_BASE,
    because: 'what is generated needs no files',
  },
  text: {
    may: [...DATASETS_BASE, 'formats', 'unpack'],
    because: 'rows are drawn from a text whichever set it is',
  },
  catalogue: {
    may: [...DATASETS_BASE, 'formats', 'generators', 'text', 'unpack', 'use'],
    because: 'the catalogue is all that names sets',
  },
};

/** By package. */
const ROOMS: Readonly<Record<string, Rooms>> = {
  kernels: KERNELS,
  datasets: DATASETS,
  'sparse-nn': SPARSE_NN,
  bench: BENCH,
};

/**
 * What is wrong with a file of `from` importing one of `to`, both as paths from `src`; nothing in packages without a table.
 */
export function roomProblem(name: string, from: string, to: string): string | undefined {
  const rooms = ROOMS[name];
  if (rooms === undefined || !from.includes('/')) return undefined;
  const own = roomOf(rooms, from);
  const room = own === undefined ? undefined : rooms[own];
  if (room === undefined) {
    return `the room ${from.split('/')[0]} has no place among the rooms of ${name}: add it to scripts/rooms.ts`;
  }
  const target = roomOf(rooms, to);
  if (target === own || room.may.includes(to) || (target !== undefined && room.may.includes(target))) {
    return undefined;
  }
  const allowed = room.may.length === 0 ? 'no other room' : `only ${room.may.join(', ')}`;
  return `imports ${to}, but ${own} may import ${allowed}: ${room.because}`;
}

/** The smallest room that a file stands in. */
function roomOf(rooms: Rooms, path: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}
