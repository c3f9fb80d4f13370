/** What a run costs, by part: the claim "5 % of the multiplications" is made with the hashing included. */

/**
 * hashing: projecting inputs. choose: reading buckets, ranking, exact or random selection. forward, backward: the
 * layers' products. optimizer: updates of weights (its time is backward's where a row is updated as soon as its gradient
 * is complete). rehash: hashing the weights and rebuilding the tables.
 */
export const PARTS = ['hashing', 'choose', 'forward', 'backward', 'optimizer', 'rehash'] as const;

/** A part of what a run costs, see PARTS. */
export type Part = (typeof PARTS)[number];

export interface CountsState {
  readonly multiplyAdds: Readonly<Record<Part, number>>;
  readonly seconds: Readonly<Record<Part, number>>;
}

/** Multiply-adds and seconds by part. Bucket reads, comparisons and sorting steps count as one multiply-add each. */
export class Counts {
  readonly multiplyAdds: Record<Part, number> = zeros();
  readonly seconds: Record<Part, number> = zeros();

  /** Runs `work` and books its time. */
  time<T>(part: Part, work: () => T): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.seconds[part] += (performance.now() - start) / 1000;
    }
  }

  add(part: Part, multiplyAdds: number): void {
    this.multiplyAdds[part] += multiplyAdds;
  }

  reset(): void {
    this.set({ multiplyAdds: zeros(), seconds: zeros() });
  }

  /** What was counted so far. */
  get(): CountsState {
    return { multiplyAdds: { ...this.multiplyAdds }, seconds: { ...this.seconds } };
  }

  /** What was counted since it was `before`. */
  since(before: CountsState): CountsState {
    const difference = (key: keyof CountsState): Record<Part, number> => {
      const made = zeros();
      for (const part of PARTS) made[part] = this[key][part] - before[key][part];
      return made;
    };
    return { multiplyAdds: difference('multiplyAdds'), seconds: difference('seconds') };
  }

  set(state: CountsState): void {
    Object.assign(this.multiplyAdds, state.multiplyAdds);
    Object.assign(this.seconds, state.seconds);
  }

  /** Runs `work` without counting it: evaluations are no part of what training costs. */
  paused<T>(work: () => T): T {
    const before = this.get();
    try {
      return work();
    } finally {
      this.set(before);
    }
  }
}

function zeros(): Record<Part, number> {
  return { hashing: 0, choose: 0, forward: 0, backward: 0, optimizer: 0, rehash: 0 };
}
