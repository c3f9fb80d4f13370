import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as transforms from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import * as networks from '../../src/index.ts';
import {
  type AdagradSpec,
  type AdamSpec,
  type BlocksSpec,
  type HiddenActivation,
  type LossKind,
  type LowRankSpec,
  type LshSpec,
  type MomentumSpec,
  type SparseConnectionsSpec,
  type UpdateMode,
  type Skipped,
} from '../../src/index.ts';
import { NETWORKS } from './networks.ts';

const specs = NETWORKS.map(({ spec, frozenTables }) => ({ ...spec, frozenTables }));

/** Exports that make no part of a spec. What is exported beside them must be in a network with pinned bits. */
const NO_PARTS: readonly string[] = [
  'averagePrecision',
  'balancedClassWeights',
  'bestThreshold',
  'bestThresholds',
  'classMetrics',
  'confusionMatrix',
  'exactAttention',
  'exportSafetensors',
  'importSafetensors',
  'splitExamples',
  'labelMetrics',
  'rocAuc',
  'nonZerosOf',
  'optimizerCost',
  'rankingMetrics',
  'rateAt',
  'registerSelector',
  'sampleAttention',
  'workOf',
  'toExamples',
  'topKAttention',
  'uniformAttention',
];

/** Whether a layer takes a transform; some are for an index only. */
function isForLayers(spec: transforms.TransformSpec): boolean {
  try {
    transforms.transformOf(spec);
    return true;
  } catch {
    return false;
  }
}

/** Functions that a package exports, classes apart. */
function functionsOf(exports: object): string[] {
  return Object.entries(exports)
    .filter(([, value]) => typeof value === 'function' && !/^class\b/.test(String(value)))
    .map(([name]) => name);
}

/** Asks each registry for a kind that there is not: each lists those that it knows. */
const ASK = `
import { familyOf } from '@hashgrad/lsh';
import { transformOf } from '@hashgrad/mips';
import { network, sgd, softmax } from '${new URL('../../src/index.ts', import.meta.url).href}';
const unknown = { kind: 'unknown', tables: 1 };
const asked = {
  selectors: () => network(1, [softmax(2, unknown)]),
  families: () => familyOf(unknown),
  schedules: () => network(1, [softmax(2)], sgd({ rate: 1, schedule: unknown })),
  transforms: () => transformOf(unknown),
};
const known = Object.entries(asked).map(([name, ask]) => {
  try {
    ask();
  } catch (error) {
    return [name, /known are ([^.]*)\\./.exec(error.message)[1].split(', ')];
  }
});
console.log(JSON.stringify(Object.fromEntries(known)));
`;

/** The kinds that registries know, in a process of its own: tests register others in this one. */
function knownKinds(): Record<'selectors' | 'families' | 'schedules' | 'transforms', string[]> {
  const options = ['--conditions=@hashgrad/source', '--input-type=module', '--eval', ASK];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, options, { cwd, encoding: 'utf8' }));
}

/** All that stands under a name in a value, at any depth. */
function valuesOf(key: string, value: unknown): Set<unknown> {
  if (typeof value !== 'object' || value === null) return new Set();
  const own = Object.hasOwn(value, key) ? [(value as Record<string, unknown>)[key]] : [];
  return new Set([...own, ...Object.values(value).flatMap((inner) => [...valuesOf(key, inner)])]);
}

/** All values of a type, which the compiler holds to be complete. */
function every<T extends string>(values: Record<T, true>): string[] {
  return Object.keys(values);
}

describe('the networks use', () => {
  const source = ['networks.ts', 'hashed-networks.ts', 'by-product.ts', 'clustered-networks.ts']
    .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
    .join('\n');
  const parts = functionsOf(networks).filter((name) => !NO_PARTS.includes(name));

  test.for(parts)('%s', (name) => {
    expect(source).toMatch(new RegExp(`\\b${name}\\(`));
  });

  const registered = knownKinds();

  test('every selector, hash family and schedule that is registered', () => {
    const kinds = valuesOf('kind', specs);
    const known = [...registered.selectors, ...registered.families, ...registered.schedules];
    expect(known.length).toBeGreaterThan(20);
    for (const kind of known) expect(kinds).toContain(kind);
  });

  test('every transform that a layer takes', () => {
    const kinds = valuesOf('kind', specs);
    const makers = transforms as unknown as Record<string, () => transforms.TransformSpec>;
    const missing = registered.transforms.filter((kind) => !kinds.has(kind) && isForLayers(makers[kind]()));
    expect(missing).toEqual([]);
    expect(registered.transforms.length).toBeGreaterThan(4);
  });

  const formats: readonly (readonly [string, readonly string[]])[] = [
    ['updateMode', every<UpdateMode>({ neuron: true, sample: true, hogwild: true, union: true }).slice(1)],
    [
      'activation',
      every<HiddenActivation | LossKind>({
        relu: true,
        linear: true,
        sigmoid: true,
        tanh: true,
        softmax: true,
      }),
    ],
    ['skipped', every<Skipped>({ catchUp: true, wait: true })],
    ['velocity', every<MomentumSpec['velocity']>({ float32: true, bfloat16: true })],
    ['sums', every<AdagradSpec['sums']>({ float32: true, bfloat16: true, row: true })],
    ['firstMoment', every<AdamSpec['firstMoment']>({ float32: true, bfloat16: true })],
    ['secondMoment', every<AdamSpec['secondMoment']>({ float32: true, bfloat16: true, row: true })],
    ['sketch', every<LowRankSpec['sketch']>({ svd: true, projection: true })],
    ['rank', every<LshSpec['rank']>({ count: true, union: true })],
    ['pad', every<Exclude<LshSpec['pad'], false>>({ uniform: true, frequency: true, batch: true })],
    ['target', every<NonNullable<LshSpec['lessons']>['target']>({ best: true, labels: true })],
    ['choice', every<BlocksSpec['choice']>({ token: true, expert: true })],
    ['query', every<LshSpec['query']>({ input: true, label: true })],
    ['regrow', every<SparseConnectionsSpec['regrow']>({ gradient: true, random: true, never: true })],
  ];

  test.for(formats)('every %s', ([key, wanted]) => {
    const values = valuesOf(key, specs);
    for (const value of wanted) expect(values).toContain(value);
  });

  test.for(['dropout', 'clipValue', 'clipNorm', 'weightDecay', 'beta', 'schedule'])('%s', (key) => {
    expect(valuesOf(key, specs).size).toBeGreaterThan(0);
  });
});

test('there are 26 networks, each with a name of its own', () => {
  expect(new Set(NETWORKS.map(({ name }) => name)).size).toBe(26);
  expect(NETWORKS).toHaveLength(26);
});
