// How threads share work out.
#pragma once
#include <cstdint>

struct Range { int from, to; };

/** The part of `count` that is thread `t`'s. */
inline Range part(int count, int t, int threads) {
  return {int(int64_t(count) * t / threads), int(int64_t(count) * (t + 1) / threads)};
}
