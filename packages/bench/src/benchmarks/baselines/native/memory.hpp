// Aligned memory, what comes on stdin, and the clock.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

using Floats = float *;

inline Floats zeros(size_t count) {
  const size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
  void *made = std::aligned_alloc(64, std::max<size_t>(bytes, 64));
  if (!made) { std::fputs("There is not enough memory.\n", stderr); std::exit(1); }
  std::memset(made, 0, bytes);
  return static_cast<Floats>(made);
}

/** Uniform in -scale .. scale. */
inline void randomize(Floats out, size_t count, float scale) {
  uint32_t state = 2463534242u;
  for (size_t i = 0; i < count; i++) {
    state ^= state << 13; state ^= state >> 17; state ^= state << 5;
    out[i] = scale * (static_cast<float>(state) * 0x1p-31f - 1);
  }
}

inline double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline void print(const std::vector<double> &milliseconds) {
  for (double each : milliseconds) std::printf("%.6g ", each);
  std::printf("\n");
}

template <class T> void read(T *out, size_t count) {
  if (std::fread(out, sizeof(T), count, stdin) == count) return;
  std::fputs("The input ends too early.\n", stderr);
  std::exit(1);
}
