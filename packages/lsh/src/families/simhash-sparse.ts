/**
 * SimHash with sparse hyperplanes: entries 1 and -1 at a few random coordinates, as many in each (SLIDE has a third of the
 * coordinates; after Achlioptas, JCSS 2003). Sums, no products.
 */
import {
  hashTernary,
  hashTernarySparse,
  probeSigns,
  projectTernary,
  randomStream,
  type RandomStream,
  ternaryScratch,
} from '@hashgrad/kernels';
import { type HasherContext, MOST_PROBES } from '../family.ts';
import { invert } from './invert.ts';
import { allocateKernel, type HashKernel } from './kernel-hasher.ts';
import { checkRoom } from './room.ts';

/** Sparse vectors of which one coordinate of so many or more is not 0 are hashed as dense ones, which is then faster. */
const DENSE_FROM = 10;

/** `density`: the share of coordinates at which a hyperplane is not 0. */
export function sparseKernel(
  bits: number,
  tables: number,
  density: number,
  context: HasherContext,
): HashKernel {
  const { team, dimensions, tailWidth, seed } = context;
  const coordinates = dimensions + tailWidth;
  const planes = bits * tables;
  // A density like 0.07 of 100 coordinates must not become 8 of them because of how 0.07 rounds.
  const perPlaneOf = (count: number): number => Math.max(1, Math.ceil(count * density - 1e-9));
  const perPlane = perPlaneOf(coordinates);
  const total = planes * perPlane;
  checkRoom('simHash', context, (count) => {
    const scratch = ternaryScratch(team.arena, count, planes);
    return 4 * (2 * planes + count + 2 * planes * perPlaneOf(count)) + team.threads * scratch;
  });
  const sizes = [2 * planes + 1, total, coordinates + 1, total] as const;
  const { memory, batch, arrays } = allocateKernel(team, sizes, ([starts, members, entryStarts, entries]) => {
    drawPlanes(randomStream(seed, 'simHash sparse'), coordinates, perPlane, starts, members);
    invert(members, entryStarts, entries, sumOf(starts, total));
  });
  const [starts, members, entryStarts, entries] = arrays;
  return {
    tables,
    buckets: 2 ** bits,
    memory,
    batch,
    run(count, { nonZeros }) {
      if (nonZeros === undefined || nonZeros * DENSE_FROM >= count * dimensions) {
        hashTernary(team, { batch, starts, members, bits, tables }, count);
      } else hashTernarySparse(team, { batch, starts: entryStarts, entries, bits, tables }, count);
    },
    probing: {
      most: Math.min(2 ** bits, MOST_PROBES),
      projections: planes,
      project(count, projections) {
        projectTernary(team, { batch, starts, members, planes, projections, stride: planes }, count);
      },
      probe(codes, codeStride, probes, projections, count) {
        const places = { first: 0, tableStep: bits, bitStep: 1 };
        const from = { projections, stride: planes, ...places, bits, tables };
        probeSigns(team, { codes, codeStride, probes, ...from }, count);
      },
    },
    operations: (nonZeros) => ({ additions: ((nonZeros + tailWidth) * total) / coordinates }),
  };
}

/**
 * Draws every hyperplane's coordinates: ascending in `members`, the positive ones of hyperplane h from starts[2 h] on, the
 * negative ones from starts[2 h + 1] on.
 */
function drawPlanes(
  random: RandomStream,
  coordinates: number,
  perPlane: number,
  starts: Uint32Array,
  members: Uint32Array,
): void {
  const order = Uint32Array.from({ length: coordinates }, (_, k) => k);
  const entry = new Int8Array(coordinates);
  let at = 0;
  for (let list = 0; list < starts.length - 1; list += 2) {
    entry.fill(0);
    // The first steps of a shuffle, which may start from any order.
    for (let i = 0; i < perPlane; i++) {
      const j = i + random.integer(coordinates - i);
      const k = order[j] as number;
      order[j] = order[i] as number;
      order[i] = k;
      entry[k] = random.integer(2) === 1 ? 1 : -1;
    }
    for (const sign of [1, -1]) {
      starts[sign === 1 ? list : list + 1] = at;
      for (let k = 0; k < coordinates; k++) if (entry[k] === sign) members[at++] = k;
    }
  }
  starts[starts.length - 1] = at;
}

/** The sum that each member is a part of: its hyperplane's positive one, or the negative one, which stand after all those. */
function sumOf(starts: Uint32Array, total: number): Uint32Array {
  const lists = starts.length - 1;
  const half = Math.ceil(lists / 8) * 4;
  const sums = new Uint32Array(total);
  for (let list = 0; list < lists; list++) {
    sums.fill((list % 2) * half + Math.floor(list / 2), starts[list], starts[list + 1]);
  }
  return sums;
}
