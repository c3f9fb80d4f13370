// A layer's weights, and Adam.
#pragma once
#include <cmath>
#include "../native/memory.hpp"

constexpr float BETA1 = 0.9f, BETA2 = 0.999f, EPSILON = 1e-8f;

struct Adam {
  float rate, first, second;
  /** Update number `t` of weights, from 1. */
  Adam(float rate, int t)
      : rate(rate), first(float(1 / (1 - std::pow(double(BETA1), t)))), second(float(1 / (1 - std::pow(double(BETA2), t)))) {}

  void update(Floats weights, Floats m, Floats v, const float *gradient, size_t count) const {
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
      const float g = gradient[i];
      m[i] = BETA1 * m[i] + (1 - BETA1) * g;
      v[i] = BETA2 * v[i] + (1 - BETA2) * g * g;
      weights[i] -= rate * (m[i] * first) / (std::sqrt(v[i] * second) + EPSILON);
    }
  }
};

/** A layer's weights and moments: a row of `width` for each of `rows`, and biases. */
struct Layer {
  int units, inputs, rows, width;
  Floats weights, m, v, bias, biasM, biasV, biasGradient;
  /** Of each row, where rows are inputs and only those that a batch has are updated. */
  std::vector<int> updates;

  Layer(int units, int inputs, bool byInput)
      : units(units), inputs(inputs), rows(byInput ? inputs : units), width(byInput ? units : inputs) {
    const size_t size = size_t(rows) * width;
    weights = zeros(size); m = zeros(size); v = zeros(size);
    bias = zeros(units); biasM = zeros(units); biasV = zeros(units); biasGradient = zeros(units);
    randomize(weights, size, std::sqrt(6.0f / inputs));
    if (byInput) updates.assign(rows, 0);
  }
};
