/**
 * Writes digests.json: the digests that this machine makes. Run it only where bits are meant to change, and say in the commit
 * why they do:
 *
 *     node --conditions=@hashgrad/source packages/sparse-nn/test/golden/make.ts
 *
 * What this machine cannot make stays in the file as it is.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { behaviourOf } from '../../../../testing/behaviour.ts';
import { digestsOf, type Digests, type Golden } from './digests.ts';
import { NETWORKS } from './networks.ts';

const path = new URL('digests.json', import.meta.url);
const golden: Golden = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Golden) : {};
for (const relaxed of [false, true]) {
  const behaviour = behaviourOf(relaxed);
  console.log(`${relaxed ? 'The relaxed build' : 'The plain build'}: ${behaviour ?? 'not to be had here'}.`);
  // The standard's digests are the plain build's, also where the relaxed one has the same.
  if (behaviour === undefined || (relaxed && behaviour === 'standard')) continue;
  const made: Record<string, Digests> = {};
  for (const network of NETWORKS) made[network.name] = await digestsOf(network, { relaxed, threads: 1 });
  golden[behaviour] = made;
}
writeFileSync(path, `${JSON.stringify(golden, null, 2)}\n`);
