import { parseIdx } from '../../formats/idx.ts';
import type { GreyImage } from '../../generators/texture.ts';
import { readBytes } from '../../unpack/unpack.ts';
import type { Definitions } from '../definition.ts';
import { read } from './checksums.ts';

/** Pictures without classes, such as `rectanglesImages` cuts patches from. */
export type PictureSetName = 'natural-gray';

/** Pictures that are at hand. */
export const PICTURE_SETS: Definitions<PictureSetName, readonly GreyImage[]> = {
  'natural-gray': {
    kind: 'pictures',
    description: '18 grey photographs of 256 x 256 pixels',
    size: { pictures: 18, columns: 65_536 },
    shape: [256, 256],
    licence: 'mostly CC0 or public domain, as its SOURCES.tsv says of each',
    citation: 'as its SOURCES.tsv says of each',
    files: [{ name: 'natural-gray-256x256-idx3-ubyte.gz', mirrors: [] }],
    byHand: 'It is not published; any grey pictures do in its place.',
    takes: [],
    forms: [
      {
        parts: {
          pictures: {
            file: 'natural-gray-256x256-idx3-ubyte.gz',
            content: read('b802f71b1223cc6aedeadf9c9d388cbcd3d0cd597a56d6e6c6ee1f1821abb31c'),
          },
        },
        async read({ open, signal }) {
          const { input, source } = await open('pictures');
          const bytes = await readBytes(input, { source, ...(signal && { signal }) });
          const { shape, data } = parseIdx(bytes, source);
          const [count = 0, height = 0, width = 0] = shape;
          if (shape.length !== 3 || !(data instanceof Uint8Array)) {
            throw new Error(
              `${source}: expected pictures, three dimensions of bytes, found ${shape.join(' x ')}.`,
            );
          }
          return Array.from({ length: count }, (_, i) => ({
            width,
            height,
            pixels: data.subarray(i * height * width, (i + 1) * height * width),
          }));
        },
      },
    ],
  },
};
