/**
 * Writes digests.json: what this machine makes of the studies' tiny forms. Run it only where their bits are meant to change, and
 * say in the commit why they do:
 *
 *     node --conditions=@hashgrad/source packages/bench/test/golden/make.ts
 *
 * What this machine cannot make stays in the file as it is.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { behaviourOf } from '../../../../testing/behaviour.ts';
import { runHere } from '../../src/engine/run-here.ts';
import { sized } from '../../src/engine/study.ts';
import { STUDIES } from '../../src/studies/index.ts';
import { type Digests, digestsOf, type Golden } from './tiny-studies.ts';

const path = new URL('digests.json', import.meta.url);
const golden: Golden = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Golden) : {};
const { validate } = WebAssembly;
for (const relaxed of [true, false]) {
  // An engine that says it has no relaxed SIMD gets the plain build.
  WebAssembly.validate = relaxed ? validate : () => false;
  const behaviour = behaviourOf(relaxed);
  console.log(`${relaxed ? 'The relaxed build' : 'The plain build'}: ${behaviour ?? 'not to be had here'}.`);
  if (behaviour === undefined || (relaxed && behaviour === 'standard')) continue;
  const made: Record<string, Digests> = {};
  for (const study of STUDIES) {
    const folder = mkdtempSync(join(tmpdir(), 'hashgrad-golden-'));
    try {
      made[study.name] = digestsOf(await runHere(sized(study, 'tiny'), folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  golden[behaviour] = made;
}
writeFileSync(path, `${JSON.stringify(golden, null, 2)}\n`);
