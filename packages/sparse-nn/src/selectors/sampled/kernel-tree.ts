/** Draws units by a kernel from a binary tree of sums of features (Blanc and Rendle, ICML 2018, section 3.3). */
import type { RandomStream } from '@hashgrad/kernels';
import type { SamplingKernel } from './sampling-kernels.ts';

/** What drawing took. */
export interface TreeWork {
  /** Sums that were multiplied with an input's features, and units whose kernel was computed. */
  masses: number;
  values: number;
  /** Turns to the left or right, and units in a leaf. */
  turns: number;
}

/** One draw. */
export interface Drawn {
  readonly unit: number;
  /** Of this unit, in each draw. */
  readonly probability: number;
}

export class KernelTree {
  /** Units of a leaf. */
  readonly #leaf: number;
  readonly #units: number;
  readonly #kernel: SamplingKernel;
  /** Places for leaves, a power of two. Node n has the children 2 n and 2 n + 1; leaf l is node places + l. */
  readonly #places: number;
  readonly #sums: Float32Array;
  /** Units below each node. */
  readonly #counts: Int32Array;
  /** Leaves whose units have changed. */
  readonly #stale: Uint8Array;
  #anyStale = true;
  /** What is known for the current input, by its number: masses of nodes, and running sums of kernels in leaves. */
  readonly #masses: Float64Array;
  readonly #knownMass: Int32Array;
  readonly #runningSums: Float64Array;
  readonly #knownLeaf: Int32Array;
  #stamp = 0;
  work: TreeWork = { masses: 0, values: 0, turns: 0 };

  constructor(kernel: SamplingKernel, units: number, leaf: number) {
    this.#kernel = kernel;
    this.#units = units;
    this.#leaf = leaf;
    const leaves = Math.ceil(units / leaf);
    this.#places = 2 ** Math.ceil(Math.log2(leaves));
    const nodes = 2 * this.#places;
    this.#sums = new Float32Array(nodes * kernel.features);
    this.#counts = new Int32Array(nodes);
    for (let l = 0; l < leaves; l++) this.#counts[this.#places + l] = Math.min(leaf, units - l * leaf);
    for (let n = this.#places - 1; n > 0; n--)
      this.#counts[n] = this.#counts[2 * n]! + this.#counts[2 * n + 1]!;
    this.#stale = new Uint8Array(leaves).fill(1);
    this.#masses = new Float64Array(nodes);
    this.#knownMass = new Int32Array(nodes);
    this.#runningSums = new Float64Array(units);
    this.#knownLeaf = new Int32Array(leaves);
  }

  /** Notes that these units' weights have changed; without a list, that all have. */
  changed(units?: Int32Array): void {
    if (units) for (const unit of units) this.#stale[Math.floor(unit / this.#leaf)] = 1;
    else this.#stale.fill(1);
    this.#anyStale = true;
  }

  /**
   * Sums the leaves anew whose units have changed, and the nodes above them: what a tree holds is a function of the weights,
   * however they came to be. How many units and nodes were summed.
   */
  refresh(): { readonly units: number; readonly nodes: number } {
    if (!this.#anyStale) return { units: 0, nodes: 0 };
    const { features } = this.#kernel;
    const sums = this.#sums;
    let [units, nodes] = [0, 0];
    const marks = new Uint8Array(this.#places);
    for (let l = 0; l < this.#stale.length; l++) {
      if (this.#stale[l] === 0) continue;
      const node = this.#places + l;
      sums.fill(0, node * features, (node + 1) * features);
      const end = Math.min((l + 1) * this.#leaf, this.#units);
      for (let unit = l * this.#leaf; unit < end; unit++, units++) {
        this.#kernel.addUnit(sums, node * features, unit);
      }
      for (let n = node >> 1; n > 0 && marks[n] === 0; n >>= 1) marks[n] = 1;
    }
    for (let n = this.#places - 1; n > 0; n--) {
      if (marks[n] === 0) continue;
      nodes++;
      const [to, left, right] = [n, 2 * n, 2 * n + 1].map((node) => node * features) as [
        number,
        number,
        number,
      ];
      for (let f = 0; f < features; f++) sums[to + f] = sums[left + f]! + sums[right + f]!;
    }
    this.#stale.fill(0);
    this.#anyStale = false;
    return { units, nodes };
  }

  /** Takes an input, `inputs` numbers from `at` on, for which the following draws are. */
  take(values: Float32Array, at: number): void {
    this.#stamp++;
    this.#kernel.take(values, at);
  }

  draw(random: RandomStream): Drawn {
    let node = 1;
    let probability = 1;
    while (node < this.#places) {
      const left = this.#mass(2 * node);
      const share = left / (left + this.#mass(2 * node + 1));
      const goesLeft = random.uniform() < share;
      probability *= goesLeft ? share : 1 - share;
      node = 2 * node + (goesLeft ? 0 : 1);
      this.work.turns++;
    }
    const leaf = node - this.#places;
    const first = leaf * this.#leaf;
    const last = Math.min(first + this.#leaf, this.#units) - 1;
    const sums = this.#leafSums(leaf, first, last);
    const total = sums[last]!;
    const wanted = random.uniform() * total;
    let unit = first;
    while (unit < last && sums[unit]! <= wanted) unit++;
    this.work.turns += unit - first + 1;
    const own = sums[unit]! - (unit > first ? sums[unit - 1]! : 0);
    return { unit, probability: (probability * own) / total };
  }

  #mass(node: number): number {
    if (this.#knownMass[node] !== this.#stamp) {
      const count = this.#counts[node]!;
      this.#knownMass[node] = this.#stamp;
      this.#masses[node] =
        count === 0 ? 0 : this.#kernel.mass(this.#sums, node * this.#kernel.features, count);
      if (count > 0) this.work.masses++;
    }
    return this.#masses[node]!;
  }

  #leafSums(leaf: number, first: number, last: number): Float64Array {
    const sums = this.#runningSums;
    if (this.#knownLeaf[leaf] === this.#stamp) return sums;
    this.#knownLeaf[leaf] = this.#stamp;
    let sum = 0;
    for (let unit = first; unit <= last; unit++) sums[unit] = sum += this.#kernel.value(unit);
    this.work.values += last - first + 1;
    return sums;
  }
}
