/** Index files as somebody with bad intentions writes them: with a right checksum, and values that nobody should trust. */
import { decodeSafetensors, encodeSafetensors, type randomStream, type Tensor } from '@hashgrad/kernels';

type Random = ReturnType<typeof randomStream>;

const VALUES: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  '__proto__',
  [],
  [1],
  {},
  { kind: 'x' },
  { slack: 'x' },
  { slack: null, share: 7 },
  -1,
  0,
  0.5,
  1,
  2,
  3,
  63,
  2 ** 16,
  2 ** 24,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  -1e300,
];
const NUMBERS = [Number.NaN, Infinity, -1, 0, 1, 1e-45, 3.4e38, 7, 1000, 2 ** 31 - 1, -(2 ** 31), 0.5];

/** A file with one to three things changed. */
export function mutantOf(bytes: Uint8Array, random: Random): Uint8Array {
  const { tensors: read, metadata: given } = decodeSafetensors(bytes);
  const tensors = new Map<string, Tensor>(Object.entries(read));
  const metadata: Record<string, string> = { ...given };
  for (let changes = 1 + random.integer(3); changes > 0; changes--) {
    const what = random.integer(10);
    if (what < 4) changeOptions(metadata, random);
    else if (what < 8) changeNumbers(tensors, random);
    else if (what < 9) changeShape(tensors, random);
    else {
      const key = of(Object.keys(metadata), random);
      metadata[key] = String(of(VALUES, random));
    }
  }
  return encodeSafetensors(Object.fromEntries(tensors), metadata);
}

/** Sets a field of the options, or of one of its objects, to anything. */
function changeOptions(metadata: Record<string, string>, random: Random): void {
  let options: Record<string, unknown>;
  try {
    options = JSON.parse(metadata['options'] ?? '') as Record<string, unknown>;
  } catch {
    return;
  }
  if (typeof options !== 'object' || options === null) return;
  const keys = Object.keys(options);
  if (keys.length === 0) return;
  const key = of(keys, random);
  const inner = options[key];
  if (
    typeof inner === 'object' &&
    inner !== null &&
    random.integer(2) === 0 &&
    Object.keys(inner).length > 0
  ) {
    (inner as Record<string, unknown>)[of(Object.keys(inner), random)] = of(VALUES, random);
  } else if (random.integer(8) === 0) Reflect.deleteProperty(options, key);
  else options[key] = of(VALUES, random);
  metadata['options'] = JSON.stringify(options);
}

function changeNumbers(tensors: Map<string, Tensor>, random: Random): void {
  const key = of([...tensors.keys()], random);
  const { dtype, shape, data } = tensors.get(key) as Tensor;
  const changed = data.slice();
  if (changed.length === 0) return;
  for (let i = 1 + random.integer(3); i > 0; i--) {
    changed[random.integer(changed.length)] = of(NUMBERS, random) as never;
  }
  tensors.set(key, { dtype, shape, data: changed });
}

/** Cuts a tensor, leaves it out, or calls it by another's name. */
function changeShape(tensors: Map<string, Tensor>, random: Random): void {
  const key = of([...tensors.keys()], random);
  const { dtype, data } = tensors.get(key) as Tensor;
  const length = random.integer(data.length + 1);
  const what = random.integer(3);
  if (what === 0 && tensors.size > 1) tensors.delete(key);
  else if (what === 1) tensors.set(of([...tensors.keys()], random), tensors.get(key) as Tensor);
  else tensors.set(key, { dtype, shape: [length], data: data.slice(0, length) });
}

function of<T>(list: readonly T[], random: Random): T {
  return list[random.integer(list.length)] as T;
}
