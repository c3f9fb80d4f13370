/** The jobs of kernels on vectors in blocks, for jobs.ts. */
import { bestBytes } from '../src/index.ts';
import type { PlainBlocks } from '../src/reference/index.ts';
import {
  makeBlocks,
  makeGroups,
  makeQueries,
  makeStaged,
  placeBlocks,
  type PlacedBlocks,
  placeGroups,
  placesOf,
  placeStaged,
} from './block-cases.ts';
import { floats } from './data.ts';
import type { Job } from './jobs.ts';
import { placeQueries } from './scans.ts';
import { COUNT, type Setup, WIDTH } from './setup.ts';

type BlockKernel =
  | 'copyPlaces'
  | 'fillBlock'
  | 'nearestToCentres'
  | 'pairPlaces'
  | 'projectPlaces'
  | 'routePlaces'
  | 'scorePlaces'
  | 'searchBlocks'
  | 'sumDirections';

const [WORDS, BEST, ALIKE] = [3, 3, 4] as const;
const SHAPE = { bands: [2, 6, 1], size: 20, width: WIDTH, words: WORDS, rows: true, exact: false };

interface Setting {
  readonly plain: PlainBlocks;
  readonly placed: PlacedBlocks;
  /** The address of a list of so many places, some of them twice. */
  readonly list: (count: number) => number;
  readonly scratch: number;
}

function place(setup: Setup, room: number = 0): Setting {
  const { random, arena } = setup;
  const plain = makeBlocks(random, SHAPE);
  const places = placesOf(plain);
  return {
    plain,
    placed: placeBlocks(setup, plain, room),
    list: (count) => setup.idsAt(Array.from({ length: count }, () => places[random.integer(places.length)])),
    scratch: arena.kernels.directionScratchBytes(plain.stride),
  };
}

/** Places COUNT queries. */
function ask(setup: Setup, plain: PlainBlocks): { asked: [number, number, number]; projections: number } {
  const made = makeQueries(setup.random, plain, SHAPE, COUNT);
  const rows = Float32Array.from(made.flatMap(({ row }) => [...row]));
  const { queries, planes, terms } = placeQueries(setup, rows, plain.stride, COUNT);
  const projections = setup.floatsAt(made.flatMap(({ projection }) => [...projection]));
  return { asked: [queries, planes, terms], projections };
}

export const BLOCK_JOBS: { readonly [K in BlockKernel]: (setup: Setup) => Job<K> } = {
  copyPlaces(setup) {
    const { plain, placed } = place(setup, COUNT);
    // To the places after those that there are vectors at, so that none is read that was written.
    const last = plain.blocks.length - 1;
    const first = 256 * last + plain.blocks[last].vectors.length;
    const to = setup.idsAt(Array.from({ length: COUNT }, (_, i) => first + i));
    const from = setup.idsAt(Array.from({ length: COUNT }, (_, i) => placesOf(plain)[i]));
    return {
      args: [placed.at, to, from],
      items: COUNT,
      outputs: [placed.signatures[last], placed.pieces[last]],
    };
  },
  fillBlock(setup) {
    const { plain, placed } = place(setup, COUNT);
    const staged = makeStaged(setup.random, { ...SHAPE, count: COUNT, scale: 1 });
    const first = plain.blocks[1].vectors.length;
    const args = [placed.at, 1, first, placeStaged(setup, staged, plain.stride)] as const;
    return { args: [...args], items: COUNT, outputs: [placed.signatures[1], placed.pieces[1]] };
  },
  pairPlaces(setup) {
    const { placed, list, scratch } = place(setup);
    const cosines = setup.float32(COUNT);
    const args = [setup.at(cosines), placed.at, list(COUNT), list(COUNT)] as const;
    return { args: [...args], items: COUNT, scratch, outputs: [cosines] };
  },
  projectPlaces(setup) {
    const { plain, placed, list, scratch } = place(setup);
    const cosines = setup.float32(COUNT);
    const direction = setup.floatsAt(floats(setup.random, plain.stride));
    const args = [setup.at(cosines), placed.at, list(COUNT), direction] as const;
    return { args: [...args], items: COUNT, scratch, outputs: [cosines] };
  },
  routePlaces(setup) {
    const { plain, placed, list } = place(setup);
    const numbers = setup.int32(COUNT);
    const groups = placeGroups(setup, makeGroups(setup.random, plain, 6), plain.stride);
    const bandOf = setup.idsAt(Array.from({ length: COUNT }, (_, i) => i % SHAPE.bands.length));
    return {
      args: [setup.at(numbers), placed.at, groups, list(COUNT), bandOf],
      items: COUNT,
      scratch: setup.arena.kernels.routeScratchBytes(plain.stride),
      outputs: [numbers],
    };
  },
  nearestToCentres(setup) {
    const { plain, placed } = place(setup);
    const nearest = setup.int32(COUNT);
    const numbers = setup.idsAt(Array.from({ length: COUNT }, (_, i) => i % plain.blocks.length));
    const rows = setup.floatsAt(floats(setup.random, ALIKE * plain.stride));
    return {
      args: [setup.at(nearest), placed.at, numbers, rows, ALIKE],
      items: COUNT,
      scratch: 8,
      outputs: [nearest],
    };
  },
  sumDirections(setup) {
    const { plain, placed, list, scratch } = place(setup);
    const totals = setup.float32(COUNT * plain.stride);
    const signs = setup.floatsAt(floats(setup.random, COUNT * ALIKE));
    const args = [setup.at(totals), placed.at, list(COUNT * ALIKE), signs, ALIKE] as const;
    return { args: [...args], items: COUNT, scratch, outputs: [totals] };
  },
  scorePlaces(setup) {
    const { plain, placed } = place(setup);
    const { asked } = ask(setup, plain);
    const best = setup.arena.uint8(COUNT * bestBytes(BEST));
    const places = placesOf(plain);
    const listed = [setup.idsAt(places), places.length, -1] as const;
    return {
      args: [setup.at(best), placed.at, ...asked, BEST, ...listed],
      items: COUNT,
      scratch: setup.arena.kernels.int8ScratchBytes(plain.stride),
      outputs: [best],
    };
  },
  searchBlocks(setup) {
    const { plain, placed } = place(setup);
    const { asked, projections } = ask(setup, plain);
    const best = setup.arena.uint8(COUNT * bestBytes(BEST));
    const scored = setup.int32(COUNT);
    const { blocks, stride } = plain;
    return {
      args: [
        ...([setup.at(best), setup.at(scored), 0, placed.at, ...asked, projections, BEST] as const),
        ...([2 ** 30, 1, 1, 0.1, -1, 0] as const),
      ],
      items: COUNT,
      scratch: setup.arena.kernels.searchBlocksScratchBytes(stride, WORDS, BEST, blocks.length),
      outputs: [best, scored],
    };
  },
};
