// A step on given visits, by vectors of VECTOR_BYTES, and by plain loops.
#pragma once
#include <cmath>
#include <cstddef>
#include <omp.h>
#include <vector>
#include "../native/memory.hpp"
#include "../native/shares.hpp"

constexpr int LANES = VECTOR_BYTES / sizeof(float), VECTORS = WIDTH / LANES, TILE = 16;
static_assert(WIDTH % LANES == 0, "Rows are whole vectors.");
typedef float Vector __attribute__((vector_size(VECTOR_BYTES)));

/** Rows of a block, and how many rows before their visit they are fetched. */
constexpr int BLOCK = 4, AHEAD = 2 * BLOCK;
constexpr float BETA1 = 0.9f, BETA2 = 0.999f, EPSILON = 1e-8f, RATE = 1e-3f;
/** The value of an active feature; and what makes an output a gradient, in place of a softmax. */
constexpr float VALUE = 0.5f, FACTOR = 1e-3f;

/** What a step visits. */
struct Visits {
  int batch;
  /** Active features of each sample; and of each of `features` its samples. */
  std::vector<int> offsets, ids, features, featureOffsets, samples;
  /** Labels, and the tile of samples that each is for. */
  std::vector<int> labels, tiles;
};

/** A layer's weights and moments, a row of WIDTH for each feature or label. */
struct Table {
  Floats weights, m, v;
  explicit Table(int rows) {
    const size_t size = size_t(rows) * WIDTH;
    weights = zeros(size); m = zeros(size); v = zeros(size);
    randomize(weights, size, 0.1f);
  }
};

inline Vector *at(Floats rows, size_t row) { return reinterpret_cast<Vector *>(rows + row * WIDTH); }

inline Vector root(Vector x) {
  Vector roots;
  for (int i = 0; i < LANES; i++) roots[i] = std::sqrt(x[i]);
  return roots;
}

inline float sum(Vector x) {
  float total = 0;
  for (int i = 0; i < LANES; i++) total += x[i];
  return total;
}

inline void fetch(Floats rows, size_t row) {
  const char *line = reinterpret_cast<const char *>(rows + row * WIDTH);
  for (size_t i = 0; i < WIDTH * sizeof(float); i += 64) {
#ifdef TOUCH
    static_cast<void>(*static_cast<const volatile char *>(line + i));
#else
    __builtin_prefetch(line + i);
#endif
  }
}

inline void fetchAll(const Table &table, size_t row) {
  fetch(table.weights, row);
  fetch(table.m, row);
  fetch(table.v, row);
}

inline void update(const Table &table, size_t row, const Vector *gradient) {
  Vector *w = at(table.weights, row), *m = at(table.m, row), *v = at(table.v, row);
  for (int k = 0; k < VECTORS; k++) {
    const Vector g = gradient[k];
    m[k] = BETA1 * m[k] + (1 - BETA1) * g;
    v[k] = BETA2 * v[k] + (1 - BETA2) * g * g;
    w[k] -= RATE * m[k] / (root(v[k]) + EPSILON);
  }
}

/** Steps on two tables. */
class Step {
  const Table &first, &last;
  int threads;
  /** Outputs of the first layer, and the gradients that come back to them: in all, and of each thread's rows. */
  Floats hidden, back;
  std::vector<Floats> backs;
  /** TILE for each label that is visited: outputs, and then gradients. */
  Floats outputs;

public:
  Step(const Table &first, const Table &last, int batch, int labels, int threads) : first(first), last(last), threads(threads) {
    const size_t size = size_t(batch) * WIDTH;
    hidden = zeros(size);
    back = zeros(size);
    for (int t = 0; t < threads; t++) backs.push_back(zeros(size));
    outputs = zeros(size_t(labels) * TILE);
  }

  void train(const Visits &visits) {
#pragma omp parallel num_threads(threads)
    {
      const int t = omp_get_thread_num();
      gather(visits, part(visits.batch, t, threads));
#pragma omp barrier
      const Range rows = part(int(visits.labels.size()), t, threads);
      forward(visits, rows);
      backward(visits, rows, backs[t]);
#pragma omp barrier
      const Range samples = part(visits.batch, t, threads);
      for (size_t i = size_t(samples.from) * WIDTH; i < size_t(samples.to) * WIDTH; i++) {
        back[i] = 0;
        for (Floats each : backs) back[i] += each[i];
      }
#pragma omp barrier
      updateFeatures(visits, part(int(visits.features.size()), t, threads));
    }
  }

private:
  /** The first layer: sums of the rows of active features. */
  void gather(const Visits &visits, Range samples) const {
    const int end = int(visits.ids.size());
    for (int s = samples.from; s < samples.to; s++) {
      Vector sums[VECTORS] = {};
      for (int i = visits.offsets[s]; i < visits.offsets[s + 1]; i++) {
        if (i + AHEAD < end) fetch(first.weights, visits.ids[i + AHEAD]);
        const Vector *w = at(first.weights, visits.ids[i]);
        for (int k = 0; k < VECTORS; k++) sums[k] += VALUE * w[k];
      }
      std::copy(sums, sums + VECTORS, at(hidden, s));
    }
  }

  /** The labels' rows from `o` on, a block of one tile: fewer than BLOCK where it ends. */
  static int blockEnd(const Visits &visits, int o, int end) {
    int after = o;
    while (after < end && after < o + BLOCK && visits.tiles[after] == visits.tiles[o]) after++;
    return after;
  }

  /** Outputs: a block of rows by two samples at a time. */
  void forward(const Visits &visits, Range rows) const {
    for (int o = rows.from; o < rows.to;) {
      const int after = blockEnd(visits, o, rows.to);
      for (int i = o + AHEAD; i < std::min(after + AHEAD, rows.to); i++) fetch(last.weights, visits.labels[i]);
      const Vector *w[BLOCK];
      for (int j = 0; j < BLOCK; j++) w[j] = at(last.weights, visits.labels[std::min(o + j, after - 1)]);
      for (int s = 0; s < TILE; s += 2) {
        const Vector *x = at(hidden, size_t(visits.tiles[o]) * TILE + s), *y = x + VECTORS;
        Vector sums[BLOCK][2] = {};
        for (int k = 0; k < VECTORS; k++)
          for (int j = 0; j < BLOCK; j++) {
            sums[j][0] += w[j][k] * x[k];
            sums[j][1] += w[j][k] * y[k];
          }
        for (int j = 0; o + j < after; j++) {
          outputs[size_t(o + j) * TILE + s] = FACTOR * sum(sums[j][0]);
          outputs[size_t(o + j) * TILE + s + 1] = FACTOR * sum(sums[j][1]);
        }
      }
      o = after;
    }
  }

  /** What flows back to the samples, and the rows' gradients and updates. */
  void backward(const Visits &visits, Range rows, Floats flow) const {
    std::fill(flow, flow + size_t(visits.batch) * WIDTH, 0.0f);
    for (int o = rows.from; o < rows.to;) {
      const int after = blockEnd(visits, o, rows.to), count = after - o;
      for (int i = o + AHEAD; i < std::min(after + AHEAD, rows.to); i++) fetchAll(last, visits.labels[i]);
      const size_t sample = size_t(visits.tiles[o]) * TILE;
      const float *c = outputs + size_t(o) * TILE;
      const Vector *w[BLOCK];
      for (int j = 0; j < count; j++) w[j] = at(last.weights, visits.labels[o + j]);
      for (int s = 0; s < TILE; s += 4)
        for (int k = 0; k < VECTORS; k++) {
          Vector *y = at(flow, sample + s) + k;
          Vector a = y[0], b = y[VECTORS], d = y[2 * VECTORS], e = y[3 * VECTORS];
          for (int j = 0; j < count; j++) {
            const float *of = c + j * TILE + s;
            a += of[0] * w[j][k];
            b += of[1] * w[j][k];
            d += of[2] * w[j][k];
            e += of[3] * w[j][k];
          }
          y[0] = a; y[VECTORS] = b; y[2 * VECTORS] = d; y[3 * VECTORS] = e;
        }
      Vector gradients[BLOCK][VECTORS];
      for (int k = 0; k < VECTORS; k++) {
        Vector sums[BLOCK] = {};
        for (int s = 0; s < TILE; s++) {
          const Vector x = at(hidden, sample + s)[k];
          for (int j = 0; j < BLOCK; j++) sums[j] += c[std::min(j, count - 1) * TILE + s] * x;
        }
        for (int j = 0; j < BLOCK; j++) gradients[j][k] = sums[j];
      }
      for (int j = 0; j < count; j++) update(last, visits.labels[o + j], gradients[j]);
      o = after;
    }
  }

  void updateFeatures(const Visits &visits, Range rows) const {
    for (int f = rows.from; f < rows.to; f++) {
      if (f + AHEAD < rows.to) fetchAll(first, visits.features[f + AHEAD]);
      Vector sums[VECTORS] = {};
      for (int i = visits.featureOffsets[f]; i < visits.featureOffsets[f + 1]; i++) {
        const Vector *x = at(back, visits.samples[i]);
        for (int k = 0; k < VECTORS; k++) sums[k] += VALUE * x[k];
      }
      update(first, visits.features[f], sums);
    }
  }
};

inline void updatePlainly(const Table &table, size_t row, const std::vector<float> &gradient) {
  for (size_t k = 0, i = row * WIDTH; k < WIDTH; k++, i++) {
    table.m[i] = BETA1 * table.m[i] + (1 - BETA1) * gradient[k];
    table.v[i] = BETA2 * table.v[i] + (1 - BETA2) * gradient[k] * gradient[k];
    table.weights[i] -= RATE * table.m[i] / (std::sqrt(table.v[i]) + EPSILON);
  }
}

/** The same step, number by number: what the other is held against. */
inline void trainPlainly(const Table &first, const Table &last, const Visits &visits) {
  std::vector<float> hidden(size_t(visits.batch) * WIDTH), back(hidden.size());
  for (int s = 0; s < visits.batch; s++)
    for (int i = visits.offsets[s]; i < visits.offsets[s + 1]; i++)
      for (int k = 0; k < WIDTH; k++) hidden[s * WIDTH + k] += VALUE * first.weights[size_t(visits.ids[i]) * WIDTH + k];
  for (size_t o = 0; o < visits.labels.size(); o++) {
    const float *w = last.weights + size_t(visits.labels[o]) * WIDTH;
    std::vector<float> gradient(WIDTH);
    for (int s = visits.tiles[o] * TILE; s < (visits.tiles[o] + 1) * TILE; s++) {
      float output = 0;
      for (int k = 0; k < WIDTH; k++) output += w[k] * hidden[s * WIDTH + k];
      for (int k = 0; k < WIDTH; k++) {
        back[s * WIDTH + k] += FACTOR * output * w[k];
        gradient[k] += FACTOR * output * hidden[s * WIDTH + k];
      }
    }
    updatePlainly(last, visits.labels[o], gradient);
  }
  for (size_t f = 0; f < visits.features.size(); f++) {
    std::vector<float> gradient(WIDTH);
    for (int i = visits.featureOffsets[f]; i < visits.featureOffsets[f + 1]; i++)
      for (int k = 0; k < WIDTH; k++) gradient[k] += VALUE * back[visits.samples[i] * WIDTH + k];
    updatePlainly(first, visits.features[f], gradient);
  }
}
