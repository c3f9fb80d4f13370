import { countClasses, idxDataset, resolveScale, type IdxPair } from '../../formats/idx-dataset.ts';
import { parseIdx } from '../../formats/idx.ts';
import type { DenseDataset, Split } from '../../types.ts';
import { readBytes } from '../../unpack/unpack.ts';
import type { Checksum } from '../download/checksum.ts';
import type { Form, Part, Reading } from '../definition.ts';

/** A set's four files in MNIST's layout, each in the file of that name or in an archive. */
export type IdxParts = Readonly<Record<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels', Part>>;

/** The usual four files, called `prefix` and then as MNIST's are. */
export function idxParts(
  options: {
    /** The archive that they are in, if they are; and where there. */
    readonly archive?: string;
    readonly inside?: string;
    readonly prefix?: string;
    /** How test files are called; 't10k' by default. */
    readonly test?: 't10k' | 'test';
    /** How labels end; 'idx1-ubyte' by default. */
    readonly labels?: string;
    readonly contents?: readonly Checksum[];
  } = {},
): IdxParts {
  const { archive, inside = '', prefix = '', test = 't10k', labels = 'idx1-ubyte', contents = [] } = options;
  const part = (i: number, which: string, end: string): Part => {
    const name = `${prefix}${which}-${end}`;
    const content = contents[i];
    return {
      file: archive ?? `${name}.gz`,
      ...(archive !== undefined && { entry: `${inside}${name}.gz` }),
      names: [
        `${prefix}${which}-${end.replace('-idx', '.idx')}`,
        ...(prefix === '' ? [] : [`${which}-${end}`]),
      ],
      ...(content && { content }),
    };
  };
  return {
    trainImages: part(0, 'train', 'images-idx3-ubyte'),
    trainLabels: part(1, 'train', `labels-${labels}`),
    testImages: part(2, test, 'images-idx3-ubyte'),
    testLabels: part(3, test, `labels-${labels}`),
  };
}

/** How images in MNIST's layout are read. */
export function idxForm(
  name: string,
  parts: IdxParts,
  options: {
    /** By default one more than the largest label. */
    readonly classes?: number;
    /** Whether images are stored with rows and columns exchanged. */
    readonly transposed?: boolean;
    /** What the lowest label is, if not 0. */
    readonly firstLabel?: number;
  } = {},
): Form<Split<DenseDataset>> {
  const { transposed = false, firstLabel = 0 } = options;
  return {
    parts,
    async read(reading) {
      const train = await readPair(reading, 'train');
      const test = await readPair(reading, 'test');
      const scale = resolveScale('auto', train.images, test.images);
      const classes = options.classes ?? countClasses(train.labels);
      const made = (pair: IdxPair): DenseDataset => {
        const dataset = idxDataset(name, pair, classes + firstLabel, scale);
        const labels = dataset.labels.map((label) => label - firstLabel);
        return { ...(transposed ? transpose(dataset) : dataset), classes, labels };
      };
      return { name, train: made(train), test: made(test) };
    },
  };
}

async function readPair(reading: Reading, part: 'train' | 'test'): Promise<IdxPair> {
  const images = await reading.open(`${part}Images`);
  const labels = await reading.open(`${part}Labels`);
  const { signal } = reading;
  const bytes = (open: typeof images): Promise<Uint8Array> =>
    readBytes(open.input, { source: open.source, ...(signal && { signal }) });
  return {
    images: parseIdx(await bytes(images), images.source),
    labels: parseIdx(await bytes(labels), labels.source),
    imagesSource: images.source,
    labelsSource: labels.source,
  };
}

/** Images with rows and columns exchanged. */
function transpose(dataset: DenseDataset): DenseDataset {
  const [height = 1, width = 1] = dataset.shape ?? [];
  const inputs = new Float32Array(dataset.inputs.length);
  for (let first = 0; first < inputs.length; first += height * width) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) inputs[first + x * height + y] = dataset.inputs[first + y * width + x]!;
    }
  }
  return { ...dataset, inputs, shape: [width, height] };
}
