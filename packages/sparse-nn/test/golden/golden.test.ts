import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { behaviourOf } from '../../../../testing/behaviour.ts';
import { digestsOf, type Build, type Golden } from './digests.ts';
import type { GoldenNetwork } from './golden-network.ts';
import { NETWORKS } from './networks.ts';

const golden = JSON.parse(readFileSync(new URL('digests.json', import.meta.url), 'utf8')) as Golden;

/** What of a network has other bits than it had, or is on one side only, each by name. */
async function differences(
  network: GoldenNetwork,
  build: Build,
  known: Golden[keyof Golden],
): Promise<string[]> {
  const made = await digestsOf(network, build);
  const wanted = known?.[network.name] ?? {};
  return [...new Set([...Object.keys(made), ...Object.keys(wanted)])]
    .filter((name) => made[name] !== wanted[name])
    .map((name) => {
      if (wanted[name] === undefined) return `${network.name}: there is no digest of ${name}`;
      if (made[name] === undefined) return `${network.name}: nothing is called ${name} (see RENAMED)`;
      return `${network.name}: other bits in ${name}`;
    });
}

for (const relaxed of [false, true]) {
  const behaviour = behaviourOf(relaxed);
  const digests = behaviour && golden[behaviour];
  const does = behaviour ? `an engine that is '${behaviour}'` : 'an engine without relaxed SIMD';
  describe(`the ${relaxed ? 'relaxed' : 'plain'} build has the bits that it had`, () => {
    test.for(NETWORKS)('$name: $covers', async (network, { skip }) => {
      skip(!digests, `There are no digests of ${does}.`);
      expect(await differences(network, { relaxed, threads: 1 }, digests)).toEqual([]);
    });
  });
}

describe('on two threads the bits are the same', () => {
  test.for(NETWORKS.filter(({ twoThreads }) => twoThreads))('$name', async (network) => {
    expect(await differences(network, { relaxed: false, threads: 2 }, golden.standard)).toEqual([]);
  });
});

test('there are digests of these networks, and of no others', () => {
  const names = NETWORKS.map(({ name }) => name);
  expect(Object.keys(golden)).toContain('standard');
  for (const known of Object.values(golden)) expect(Object.keys(known)).toEqual(names);
});
