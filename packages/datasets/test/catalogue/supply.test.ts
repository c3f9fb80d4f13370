import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Definition } from '../../src/catalogue/definition.ts';
import type { Checksum } from '../../src/catalogue/download/checksum.ts';
import { loadDefined, type LoadOptions } from '../../src/catalogue/load.ts';
import { idxForm, idxParts } from '../../src/catalogue/sets/idx-form.ts';
import { checkVerified } from '../../src/catalogue/verify.ts';
import { encodeIdx, type DenseDataset, type Split } from '../../src/index.ts';
import { closedServer, fileServer, sends } from '../helpers/file-server.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { zipOf } from '../helpers/zip.ts';

afterEach(() => void vi.unstubAllEnvs());

const NAMES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];
const ROWS = 40;
const image = encodeIdx({ shape: [ROWS, 2, 2], data: Uint8Array.from({ length: ROWS * 4 }, (_, i) => i) });
// Sorted by class, as the published test set of Convex is.
const label = encodeIdx({
  shape: [ROWS],
  data: Uint8Array.from({ length: ROWS }, (_, i) => Number(i >= 20)),
});
const CONTENTS = [image, label, image, label];
const PACKED = CONTENTS.map((content) => new Uint8Array(gzipSync(content)));

const checksumOf = (bytes: Uint8Array): Checksum => ({
  algorithm: 'sha256',
  hex: createHash('sha256').update(bytes).digest('hex'),
  source: 'read',
});

/** A set of four files, as MNIST is, at some server. */
function digits(
  url: string | undefined,
  more: Partial<Definition<Split<DenseDataset>>> = {},
): Definition<Split<DenseDataset>> {
  return {
    kind: 'images',
    description: 'digits',
    size: { train: ROWS, test: ROWS, columns: 4, classes: 2 },
    licence: 'none',
    citation: 'nobody',
    files: NAMES.map((name, i) => ({
      name: `${name}.gz`,
      mirrors: url === undefined ? [] : [`${dirname(url)}/${name}.gz`],
      bytes: PACKED[i]!.length,
      checksum: checksumOf(PACKED[i]!),
    })),
    takes: ['train', 'test', 'seed'],
    forms: [idxForm('digits', idxParts({ contents: CONTENTS.map(checksumOf) }))],
    ...more,
  };
}

/** A server that has the four files. */
function server(): ReturnType<typeof fileServer> {
  return fileServer((request, response) => {
    const i = NAMES.findIndex((name) => request.url === `/${name}.gz`);
    if (i < 0) response.writeHead(404).end();
    else sends(PACKED[i]!, request, response);
  });
}

const QUICK = { backoffMs: 1, retries: 1 };

/** Loads, and says what was noticed. */
async function loaded(
  definition: Definition<Split<DenseDataset>>,
  options: LoadOptions,
): Promise<{ split: Split<DenseDataset>; notices: string[] }> {
  const notices: string[] = [];
  const onNotice = (sentence: string): void => void notices.push(sentence);
  return { split: await loadDefined('digits', definition, { onNotice, ...options }, QUICK), notices };
}

/** Puts the i-th file at a path in a folder. */
function place(folder: string, path: string, i: number): void {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, path.endsWith('.gz') ? PACKED[i]! : CONTENTS[i]!);
}

describe('a set', () => {
  it('is downloaded once, checked, and found the next time', async () => {
    const folder = temporaryFolder();
    const { url, ranges } = await server();
    const told: string[] = [];
    const options: LoadOptions = {
      folder,
      onProgress: ({ dataset, file }) => void told.push(`${dataset}/${file}`),
    };
    const first = await loaded(digits(url), options);
    expect([first.split.train.rows, first.split.test.rows, first.notices]).toEqual([ROWS, ROWS, []]);
    expect(readdirSync(join(folder, 'digits')).toSorted()).toEqual(
      NAMES.map((name) => `${name}.gz`).toSorted(),
    );
    expect(new Set(told)).toEqual(new Set(NAMES.map((name) => `digits/${name}.gz`)));
    const again = await loaded(digits(url), { folder, verify: true });
    expect(again.split).toEqual(first.split);
    expect(ranges).toHaveLength(4);
  });

  it('is found in the folder that was named, in one of its name or an alias, packed or not, and in other layouts', async () => {
    const layouts = [
      (name: string) => name,
      (name: string) => `${name}.gz`,
      (name: string) => `digits/${name}`,
      (name: string) => `alias/${name}.gz`,
      // Of torchvision; and of Kaggle, whose archive has folders called as the files.
      (name: string) => `alias/raw/${name}`,
      (name: string) => `digits/${name}/${name}`,
      (name: string) => name.replace('-idx', '.idx'),
    ];
    for (const layout of layouts) {
      const folder = temporaryFolder();
      for (const [i, name] of NAMES.entries()) place(folder, layout(name), i);
      const { split, notices } = await loaded(digits(undefined, { folders: ['digits', 'alias'] }), {
        folder,
      });
      expect([split.train.rows, notices]).toEqual([ROWS, []]);
    }
    // Files that Macs leave beside are no files of a set; nor are folders.
    const folder = temporaryFolder();
    for (const [i, name] of NAMES.entries()) {
      place(folder, name, i);
      writeFileSync(join(folder, `._${name}`), 'Mac');
      mkdirSync(join(folder, `${name}.gz`));
    }
    expect((await loaded(digits(undefined), { folder })).split.test.rows).toBe(ROWS);
  });

  it('is found in HASHGRAD_DATA, else in the cache folder, which it is downloaded into', async () => {
    const [data, cache] = [temporaryFolder(), temporaryFolder()];
    vi.stubEnv('HASHGRAD_DATA', data);
    vi.stubEnv('XDG_CACHE_HOME', cache);
    vi.stubEnv('LOCALAPPDATA', cache);
    const { url } = await server();
    await loaded(digits(url), {});
    expect(readdirSync(join(data, 'digits'))).toHaveLength(4);
    vi.stubEnv('HASHGRAD_DATA', '');
    await expect(loaded(digits(undefined), {})).rejects.toThrow(/digits needs train-images-idx3-ubyte.gz/);
    await loaded(digits(url), {});
    // On a Mac the cache folder is that of the user, whatever the environment says.
    const kept = process.platform === 'win32' ? 'hashgrad/Cache/digits' : 'hashgrad/digits';
    const found = process.platform === 'darwin' ? 4 : readdirSync(join(cache, kept)).length;
    expect(found).toBe(4);
  });

  it('is read from an archive, or from a file of it that stands alone', async () => {
    const archive = zipOf(NAMES.map((name, i) => [`inside/${name}.gz`, PACKED[i]!]));
    const definition = digits(undefined, {
      files: [{ name: 'digits.zip', mirrors: [], checksum: checksumOf(archive) }],
      forms: [
        idxForm(
          'digits',
          idxParts({ archive: 'digits.zip', inside: 'inside/', contents: CONTENTS.map(checksumOf) }),
        ),
      ],
    });
    const folder = temporaryFolder({ 'digits.zip': archive });
    const whole = await loaded(definition, { folder, verify: true });
    expect(whole.split.train.rows).toBe(ROWS);
    const apart = temporaryFolder();
    mkdirSync(join(apart, 'inside'));
    for (const [i, name] of NAMES.entries()) writeFileSync(join(apart, 'inside', name), CONTENTS[i]!);
    expect((await loaded(definition, { folder: apart, verify: true })).split).toEqual(whole.split);
  });

  it('gives some rows of each part by the seed, or none of its order', async () => {
    const { url } = await server();
    const folder = temporaryFolder();
    const { split } = await loaded(digits(url), { folder, test: 20, seed: 3 });
    expect([split.train.rows, split.test.rows]).toEqual([ROWS, 20]);
    // Both classes come along.
    expect(new Set(split.test.labels).size).toBe(2);
    expect([...split.train.labels]).toEqual([...split.train.labels].toSorted());
    await expect(loaded(digits(url), { folder, test: 41 })).rejects.toThrow(
      'test rows of digits must be a whole number from 1 to 40, but it is 41.',
    );
  });
});

describe('what is unlike the catalogue', () => {
  it('is said: no checksum, another length, other rows', async () => {
    const { url } = await server();
    const folder = temporaryFolder();
    const unknown = digits(url, {
      files: digits(url).files.map(({ name, mirrors }) => ({ name, mirrors })),
      forms: [idxForm('digits', idxParts())],
      size: { train: 60_000 },
    });
    const { notices } = await loaded(unknown, { folder });
    expect(notices).toEqual([
      ...NAMES.map((name) => `${name}.gz of digits is unverified: the catalogue has no checksum of it.`),
      `digits has ${ROWS} train rows here; the catalogue says 60000.`,
    ]);
    writeFileSync(join(folder, 'digits', `${NAMES[1]}.gz`), gzipSync(label, { level: 1 }));
    const longer = digits(url, { forms: [idxForm('digits', idxParts())] });
    const { size } = statSync(join(folder, 'digits', `${NAMES[1]}.gz`));
    const other = { ...longer.files[1]!, bytes: size + 1 };
    const files = longer.files.map((file, i) => (i === 1 ? other : file));
    expect((await loaded({ ...longer, files }, { folder })).notices).toEqual([
      `${join(folder, 'digits', `${NAMES[1]}.gz`)} has ${size} bytes; the published ${NAMES[1]}.gz of digits has ${size + 1}.`,
    ]);
  });

  it('is refused, if files are to be verified', async () => {
    const folder = temporaryFolder();
    for (const [i, name] of NAMES.entries()) writeFileSync(join(folder, name), CONTENTS[i]!);
    await loaded(digits(undefined), { folder, verify: true });
    const wrong = encodeIdx({ shape: [ROWS], data: new Uint8Array(ROWS) });
    writeFileSync(join(folder, NAMES[3]!), wrong);
    await loaded(digits(undefined), { folder });
    await expect(loaded(digits(undefined), { folder, verify: true })).rejects.toThrow(
      `${join(folder, NAMES[3]!)} is not the file of digits: its sha256 is ${checksumOf(wrong).hex.slice(0, 12)}…, not ${checksumOf(label).hex.slice(0, 12)}…`,
    );
    const states = await checkVerified('digits', digits(undefined), { folder });
    expect(states.map(({ state }) => state)).toEqual(['verified', 'verified', 'verified', 'wrong']);
    const absent = await checkVerified('digits', digits(undefined), { folder: temporaryFolder() });
    expect(absent.map(({ state, file }) => [state, file])).toEqual(
      NAMES.map((name) => ['missing', `${name}.gz`]),
    );
  });
});

describe('a set that cannot be had', () => {
  it('is one line that says what to do', async () => {
    const folder = temporaryFolder();
    const where = join(folder, 'digits');
    const { url } = await closedServer();
    await expect(loaded(digits(url), { folder })).rejects.toThrow(
      `digits needs train-images-idx3-ubyte.gz, which cannot be downloaded: there is no connection (${new URL(url).host} cannot be reached). Put it into ${where} by hand.`,
    );
    await expect(loaded(digits(url), { folder, download: false })).rejects.toThrow(
      `digits needs train-images-idx3-ubyte.gz, which is not in ${where}.`,
    );
    await expect(loaded(digits(undefined, { byHand: 'Sign there.' }), { folder })).rejects.toThrow(
      `digits needs train-images-idx3-ubyte.gz, which is not in ${where}. Sign there.`,
    );
    const missing = await fileServer((_, response) => response.writeHead(404).end());
    await expect(loaded(digits(missing.url), { folder })).rejects.toThrow(
      `digits needs train-images-idx3-ubyte.gz, which was not downloaded: ${new URL(missing.url).host} answered 404. Put it into ${where} by hand.`,
    );
    expect(readdirSync(where)).toEqual([]);
    await expect(loaded(digits(url), { folder: join(folder, 'nowhere') })).rejects.toThrow(
      `There is no folder ${join(folder, 'nowhere')}.`,
    );
  });

  it('leaves what came to the next who asks, and stops with the reason of the signal', async () => {
    const folder = temporaryFolder();
    const { url } = await fileServer((_, response) => {
      response.writeHead(200, { 'content-length': String(PACKED[0]!.length) });
      response.write(PACKED[0]!.subarray(0, 20));
    });
    const stop = new AbortController();
    const reason = new Error('enough');
    const stopped = loaded(digits(url), {
      folder,
      signal: stop.signal,
      onProgress: () => stop.abort(reason),
    });
    await expect(stopped).rejects.toBe(reason);
    expect(readdirSync(join(folder, 'digits'))).toEqual([`${NAMES[0]}.gz.part`]);
    const good = await server();
    expect((await loaded(digits(good.url), { folder })).split.train.rows).toBe(ROWS);
    expect(good.ranges[0]).toBe('bytes=20-');
    expect(readdirSync(join(folder, 'digits'))).toHaveLength(4);
  });

  it('takes no options that are none of its own', async () => {
    await expect(loaded(digits(undefined), { limit: 3 })).rejects.toThrow(
      'digits takes no limit; it takes train, test, seed.',
    );
  });
});

it('is whole whoever else fetches it into the same folder', async () => {
  const folder = temporaryFolder();
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >>> 4);
  let together = 0;
  const { url, ranges } = await fileServer((request, response) => {
    // The first waits until both have asked, so that they do write at the same time.
    together++;
    const begin = (): void => {
      if (together < 2) setTimeout(begin, 5);
      else sends(bytes, request, response);
    };
    begin();
  });
  const child = resolve(import.meta.dirname, '../helpers/fetch-child.ts');
  const args = ['--conditions=@hashgrad/source', child, url, join(folder, 'file'), checksumOf(bytes).hex];
  const run = (): Promise<number | null> =>
    new Promise((done) => void spawn(process.execPath, args, { stdio: 'inherit' }).once('exit', done));
  expect(await Promise.all([run(), run()])).toEqual([0, 0]);
  expect(ranges).toHaveLength(2);
  expect(readdirSync(folder)).toEqual(['file']);
  expect(checksumOf(readFileSync(join(folder, 'file'))).hex).toBe(checksumOf(bytes).hex);
});

it('is fetched into memory where there are no folders', async () => {
  const { url } = await server();
  vi.stubGlobal('process', { ...process, getBuiltinModule: undefined });
  try {
    const { split, notices } = await loaded(digits(url), {});
    expect([split.train.rows, split.test.rows, notices]).toEqual([ROWS, ROWS, []]);
    await expect(loaded(digits(undefined), {})).rejects.toThrow(
      'digits cannot be loaded here: train-images-idx3-ubyte.gz has to be fetched by hand.',
    );
  } finally {
    vi.unstubAllGlobals();
  }
  expect(existsSync('digits')).toBe(false);
});
