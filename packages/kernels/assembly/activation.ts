// Element-wise work of a layer, and the column sums that are the gradient of a dense layer's bias.

/** Adds `bias` (`width` floats; 0 for none) to rows begin..end of a dense batch and applies ReLU where `relu` is not 0. */
export function activateDense(
  y: usize, stride: i32, width: i32, bias: usize, relu: i32, begin: i32, end: i32,
): void {
  const zero = f32x4.splat(0);
  for (let s = begin; s < end; s++) {
    const row = y + ((<usize>s * stride) << 2);
    let j = 0;
    for (; j + 4 <= width; j += 4) {
      const at = row + (<usize>j << 2);
      let v = v128.load(at);
      if (bias) v = f32x4.add(v, v128.load(bias + (<usize>j << 2)));
      if (relu) v = f32x4.max(v, zero);
      v128.store(at, v);
    }
    for (; j < width; j++) {
      const at = row + (<usize>j << 2);
      let v = load<f32>(at);
      if (bias) v += load<f32>(bias + (<usize>j << 2));
      if (relu) v = max<f32>(v, 0);
      store<f32>(at, v);
    }
  }
}

/** ReLU of elements begin..end, in place. */
export function relu(values: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const at = values + (<usize>i << 2);
    store<f32>(at, max<f32>(load<f32>(at), 0));
  }
}

/** Clears elements begin..end of `gradients` where ReLU's output in `values` is 0. */
export function reluGradient(gradients: usize, values: usize, begin: i32, end: i32): void {
  const zero = f32x4.splat(0);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const at = gradients + (<usize>i << 2);
    v128.store(at, v128.and(v128.load(at), f32x4.gt(v128.load(values + (<usize>i << 2)), zero)));
  }
  for (; i < end; i++) {
    if (!(load<f32>(values + (<usize>i << 2)) > 0)) store<f32>(gradients + (<usize>i << 2), 0);
  }
}

/** sums[j] = the sum of column j over `rows` rows, for columns begin..end, in the order of rows. */
export function columnSums(sums: usize, x: usize, stride: i32, rows: i32, begin: i32, end: i32): void {
  memory.fill(sums + (<usize>begin << 2), 0, <usize>(end - begin) << 2);
  for (let s = 0; s < rows; s++) {
    const row = x + ((<usize>s * stride) << 2);
    for (let j = begin; j < end; j++) {
      const at = sums + (<usize>j << 2);
      store<f32>(at, load<f32>(at) + load<f32>(row + (<usize>j << 2)));
    }
  }
}

/** out[i] = the sum of element i of `count` partial sums, `stride` floats apart, in their order, for begin..end. */
export function sumPartials(out: usize, partials: usize, stride: i32, count: i32, begin: i32, end: i32): void {
  const bytes = <usize>stride << 2;
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const at = <usize>i << 2;
    let total = count > 0 ? v128.load(partials + at) : f32x4.splat(0);
    for (let p = 1; p < count; p++) total = f32x4.add(total, v128.load(partials + at + <usize>p * bytes));
    v128.store(out + at, total);
  }
  for (; i < end; i++) {
    const at = <usize>i << 2;
    let total: f32 = count > 0 ? load<f32>(partials + at) : 0;
    for (let p = 1; p < count; p++) total += load<f32>(partials + at + <usize>p * bytes);
    store<f32>(out + at, total);
  }
}
