/**
 * Measures by how much approximate laws are off, and prints the tables of the README. Run it by
 * `pnpm --filter @hashgrad/lsh measure`; it takes about a minute.
 */
import { Arena, Team } from '@hashgrad/kernels';
import {
  collisionProbability,
  crossPolytope,
  doph,
  dwta,
  type FamilySpec,
  rankSimilarity,
  simHash,
} from '../src/index.ts';
import { collisions, mean } from '../test/collisions.ts';
import { noisyPairs, pairsAt, setPairs } from '../test/laws.ts';

const team = Team.single(new Arena());
const COSINES = [0.2, 0.5, 0.8, 0.95];
const [PAIRS, SEEDS] = [40, 250];

/** Prints measured / law at each cosine, and the standard deviations of both figures. */
function deviations(name: string, spec: FamilySpec, nonZeros = 128, behindSimpleLsh = false): void {
  const cells = COSINES.map((cosine) => {
    const rows = pairsAt(cosine, nonZeros, PAIRS);
    // Data have a coordinate three quarters as long again, queries a 0.
    const tails = rows.map((row, i) => [i % 2 ? 0.75 * Math.hypot(...row) : 0]);
    const seeds = spec.tables === 1 ? 50 * SEEDS : SEEDS;
    const { hits, draws, variances } = collisions(team, spec, rows, seeds, behindSimpleLsh ? { tails } : {});
    const law = collisionProbability(spec, behindSimpleLsh ? cosine / Math.hypot(1, 0.75) : cosine);
    const deviation = Math.sqrt((mean(variances) * seeds) / PAIRS) / draws / law;
    return `${(mean(hits) / draws / law).toFixed(3)} ± ${deviation.toFixed(3)}`;
  });
  console.log(`| ${[name, ...cells].join(' | ')} |`);
}

console.log(`| measured / law | ${COSINES.map((cosine) => `cosine ${cosine}`).join(' | ')} |`);
const nine = { bits: 9, tables: 50 };
const [sparse, hadamard] = [
  simHash({ ...nine, projection: 'sparse' }),
  simHash({ ...nine, projection: 'hadamard' }),
];
deviations('gaussian', simHash(nine));
deviations('hadamard', hadamard);
deviations('hadamard, behind Simple-LSH', hadamard, 128, true);
deviations('hadamard, a single table', { ...hadamard, tables: 1 });
deviations('sparse', sparse);
deviations('sparse, vectors with 16 non-zeros', sparse, 16);
deviations('sparse, vectors with 4 non-zeros', sparse, 4);
deviations('sparse, behind Simple-LSH', sparse, 128, true);
for (const [bits, size] of [
  [7, 64],
  [9, 64],
  [8, 128],
  [14, 64],
  [8, 8],
] as const) {
  deviations(`crossPolytope, ${bits} bits, size ${size}`, crossPolytope({ bits, size, tables: 50 }));
}

console.log('\ndwta, two sub-codes of 8: share of non-zeros, law, measured, variance / independent');
for (const share of [1, 0.5, 0.25, 0.1, 0.05]) {
  const spec = dwta({ hashes: 2, tables: 50 });
  const rows = noisyPairs(0.1, 1 - share, 128);
  const laws = rows.flatMap((x, i) =>
    i % 2 ? [] : [collisionProbability(spec, rankSimilarity(x, rows[i + 1] as number[], 8))],
  );
  const { hits, draws, variances } = collisions(team, spec, rows, 1000);
  const independent = mean(hits.map((count) => 50 * (count / draws) * (1 - count / draws)));
  const figures = [mean(laws), mean(hits) / draws, mean(variances) / independent];
  console.log([share, ...figures.map((figure) => figure.toFixed(3))].join(' | '));
}

console.log(
  '\ndoph, 50 tables of 3 winners, sets that share half: elements, measured / law, variance / independent',
);
for (const union of [500, 150, 50, 15, 5]) {
  const spec = doph({ hashes: 3, tables: 50, bits: 4 });
  const { rows, similarities } = setPairs(2000, union);
  const law = collisionProbability(spec, similarities[5] ?? 0);
  const { hits, draws, variances } = collisions(team, spec, rows.slice(10, 12), 2000);
  const figures = [(hits[0] ?? 0) / draws / law, (variances[0] ?? 0) / (50 * law * (1 - law))];
  console.log([union, ...figures.map((figure) => figure.toFixed(3))].join(' | '));
}
