// The records that TypeScript lays out in the arena and kernels read: one pointer instead of nine arguments.
// The build writes where their fields lie to src/generated/records.ts, by which src/ops lays them.

/** Weight vectors with all that the optimizer keeps for them. A pointer of 0 means that there is no such array. */
@unmanaged
export class Rows {
  /** f32, `stride` floats a row; floats from `width` to `stride` are zero and stay so. */
  weights: usize;
  stride: i32;
  width: i32;
  /** f32, one a row. */
  bias: usize;
  /** First moment (momentum's velocity, Adam's m), laid out like the weights, and the bias's own. See Optimizer's formats. */
  first: usize;
  biasFirst: usize;
  /** Second moment (Adam's v), laid out like the weights, and the bias's own. */
  second: usize;
  biasSecond: usize;
  /** i32, how often each row was updated. */
  steps: usize;
  /** i32, the step at which each row was last updated; 0 for never. */
  touched: usize;
  /** f32, the squared norm of each row's gradient and its bias's, where they are only measured. */
  norms: usize;
}

/**
 * (sample, row) pairs of a batch by row, in the order in which walks visit the rows: those of row rows[v] are starts[v] to
 * starts[v + 1], in the order of samples.
 */
@unmanaged
export class Pairs {
  rows: usize;
  starts: usize;
  /** Where the pair stands in the batch's own, sample-ordered arrays. */
  positions: usize;
  samples: usize;
  /** i32: the tile that each row is visited with, or -1; see tiles.ts. 0: no row has one, and rows ascend. */
  tiles: usize;
}

/** A batch of sparse vectors: sample s has (ids, values) from offsets[s] to offsets[s + 1], ids ascending. */
@unmanaged
export class Sparse {
  offsets: usize;
  ids: usize;
  values: usize;
}

/** How a row is updated. */
@unmanaged
export class Optimizer {
  /** 0 SGD, 1 momentum, 2 Adam, 3 Adagrad; 4 no update: the gradient's squared norm goes to Rows.norms. */
  kind: i32;
  rate: f32;
  /** Momentum's decay, or Adam's beta 1. */
  beta1: f32;
  beta2: f32;
  epsilon: f32;
  /** Adam's bias corrections for a 1st, 2nd, ... update: pairs of f32, 1 / (1 - beta1^t) and 1 / sqrt(1 - beta2^t). */
  biasCorrections: usize;
  /** How many pairs there are; the last serves every later update. */
  correctionCount: i32;
  /** Of momentum's velocities and Adam's first moments: 0 f32, 1 bfloat16 (bias apart, which always has f32). */
  firstFormat: i32;
  /** Of Adam's second moments and Adagrad's sums: 0 f32, 1 bfloat16, 2 one f32 for each row. */
  secondFormat: i32;
  /** The number of this step, from 1. */
  step: i32;
  /**
   * Where skipped steps are made good, else 0: f32 for step 0, 1, ..., how far all later steps together would move a weight
   * of which nothing but the moments of that step is known, in rates; see skipped.ts.
   */
  moves: usize;
  /** How many there are; the last serves all later steps. */
  moveCount: i32;
  /** The share of the weights that each step takes away, biases apart; 0 for none. Needs Rows.touched. */
  weightDecay: f32;
  /** Gradients are first multiplied by this, */
  gradientScale: f32;
  /** and then cut to -clipValue..clipValue; 0 for no limit. */
  clipValue: f32;
}

/** Vectors to search, each with what an int8 copy of it says of its inner products. A pointer of 0: there is no copy. */
@unmanaged
export class Vectors {
  /** f32, `stride` floats a row (a multiple of 16), zero from the vector's dimensions on. */
  rows: usize;
  stride: i32;
  count: i32;
  /** u32, one a row: what searches give. */
  ids: usize;
  /** i8, `stride` bytes a row: the row divided by its scale, rounded. */
  codes: usize;
  /** f32, one a row. */
  scales: usize;
  /** f32, one a row: |row - scale * codes| at most, with room for the rounding of a score. */
  errors: usize;
  /** i32, one a row: the sum of its codes. */
  sums: usize;
}

/** Rows rounded to 8 bits, in the order of the lists that they are in. */
@unmanaged
export class Members {
  /** i8, `stride` bytes a member (a multiple of 16): the row divided by its scale, rounded. */
  codes: usize;
  stride: i32;
  /** f32, one a member. */
  scales: usize;
  /** i32, one a member: what takes the samples' offset from a product. */
  offsets: usize;
  /** f32, one a member. */
  biases: usize;
}

/**
 * Vectors in blocks of up to 256, for searches by signatures. A place is a block's number times 256 and a slot in it. Blocks
 * come in bands of alike lengths, longest first, and a band's blocks part its vectors by direction.
 */
@unmanaged
export class Blocks {
  /** i32: numbers of blocks, band by band. */
  order: usize;
  /** i32, one more than there are bands: where each band starts in `order`. */
  bands: usize;
  bandCount: i32;
  /** Block records, by number. */
  records: usize;
  /** Coordinates of a vector, padded to a multiple of 16. */
  stride: i32;
  /** Words of 64 bits in a signature. */
  words: i32;
  /** Whether blocks keep their vectors in f32 as well; 0: int8 only. */
  rows: i32;
  /** f32, `stride` floats a block: the mean direction of its vectors, of length 1. */
  centres: usize;
  /** The same, rounded: i8 codes, `stride` of them a block, */
  centreCodes: usize;
  /** f32, one a block: what they are to be multiplied with, */
  centreScales: usize;
  /** i32, one a block: and their sum. */
  centreSums: usize;
}

/** Groups of the blocks of large bands, by direction: where a vector's block is looked for. */
@unmanaged
export class Groups {
  /** i32, one more than there are bands: where each band's groups start. A band may have none. */
  bands: usize;
  /** i32, one more than there are groups: where each group's blocks start in `members`. */
  starts: usize;
  /** i32: numbers of blocks, group by group. */
  members: usize;
  /** f32, `stride` floats a group: the mean direction of its blocks. */
  centres: usize;
}

/** One block: where its vectors lie, and what a search must know of it first. */
@unmanaged
export class Block {
  /** Room for the signatures of 256 vectors: see blocks.ts for how they lie there. */
  signatures: usize;
  /** See blocks.ts for what lies there. */
  memory: usize;
  /** Vectors that there is room for; a multiple of 16. */
  capacity: i32;
  count: i32;
  /** The greatest length of its vectors, or more. */
  longest: f32;
  /** Mean cosine of its vectors with the centre. */
  alignment: f32;
  /** Standard deviation, over vectors, of the rest of a cosine with any direction. */
  spread: f32;
}
