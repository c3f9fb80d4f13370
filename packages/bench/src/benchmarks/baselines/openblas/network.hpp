// ReLU layers and a softmax, and a training step of them.
//
// Threads split the units or the samples of each pass, and each calls OpenBLAS on one thread: no two pools wait for each other. An
// output's tile of logits, and a gradient's rows, are used while they are in the second-level cache.
#pragma once
#include <cblas.h>
#include <omp.h>
#include "../native/shares.hpp"
#include "batch.hpp"
#include "layer.hpp"

/** Units of a tile of logits: with 256 samples half a megabyte. */
constexpr int TILE = 512;
/** Weights whose gradients are made at once, about: a quarter of a megabyte. */
constexpr int BLOCK = 65536;

class Network {
  int batch, threads, step = 0;
  float rate;
  bool sparse;
  std::vector<Floats> activations, gradients;
  /** By tiles: `batch` x TILE each, as probabilities and their gradients later. */
  Floats logits;
  std::vector<Floats> blocks, inputGradients;
  /** Of each thread's tiles so far, by sample: the greatest logit, and the sum of the exponentials of all less that one. */
  std::vector<std::vector<float>> most, sums;
  /** Of each tile and sample: the greatest logit when it was made. */
  std::vector<float> tileMost;

public:
  std::vector<Layer> layers;

  Network(const std::vector<int> &units, int batch, int threads, float rate, bool sparse)
      : batch(batch), threads(threads), rate(rate), sparse(sparse) {
    for (size_t l = 1; l < units.size(); l++) layers.emplace_back(units[l], units[l - 1], sparse && l == 1);
    for (size_t l = 1; l + 1 < units.size(); l++) {
      activations.push_back(zeros(size_t(batch) * units[l]));
      gradients.push_back(zeros(size_t(batch) * units[l]));
    }
    logits = zeros(size_t(batch) * tiles() * TILE);
    tileMost.resize(size_t(tiles()) * batch);
    int widest = 0;
    for (const Layer &layer : layers) widest = std::max(widest, layer.width);
    for (int t = 0; t < threads; t++) {
      blocks.push_back(zeros(BLOCK + size_t(TILE) * widest));
      inputGradients.push_back(zeros(size_t(batch) * layers.back().inputs));
      most.emplace_back(batch);
      sums.emplace_back(batch);
    }
  }

  void train(const Batch &rows) {
    step++;
    const int hidden = int(activations.size());
#pragma omp parallel num_threads(threads)
    {
      const int t = omp_get_thread_num();
      for (int l = 0; l < hidden; l++) {
        const float *in = l == 0 ? rows.inputs : activations[l - 1];
        if (sparse && l == 0) gather(rows, t); else forward(layers[l], in, activations[l], t);
#pragma omp barrier
      }
      const float *last = hidden ? activations[hidden - 1] : rows.inputs;
      scores(last, t);
#pragma omp barrier
      softmax(rows, last, hidden > 0, t);
#pragma omp barrier
      if (hidden) sumInputGradients(t);
#pragma omp barrier
      for (int l = hidden - 1; l >= 0; l--) {
        if (l > 0) inputGradient(l, t);
#pragma omp barrier
        if (sparse && l == 0) scatter(rows, t);
        else updateLayer(layers[l], gradients[l], layers[l].units, l == 0 ? rows.inputs : activations[l - 1], t);
#pragma omp barrier
      }
    }
  }

private:
  int tiles() const { return (layers.back().units + TILE - 1) / TILE; }

  /** Weighted sums of dense rows, the thread's units. */
  void forward(const Layer &layer, const float *in, Floats out, int t) const {
    const auto [from, to] = part(layer.units, t, threads);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, batch, to - from, layer.inputs, 1, in, layer.inputs,
                layer.weights + size_t(from) * layer.inputs, layer.inputs, 0, out + from, layer.units);
    for (int s = 0; s < batch; s++) {
      Floats row = out + size_t(s) * layer.units;
      for (int u = from; u < to; u++) row[u] = std::max(0.0f, row[u] + layer.bias[u]);
    }
  }

  /** The same of sparse rows, the thread's samples. */
  void gather(const Batch &rows, int t) const {
    const Layer &layer = layers[0];
    const auto [from, to] = part(batch, t, threads);
    for (int s = from; s < to; s++) {
      Floats row = activations[0] + size_t(s) * layer.units;
      std::copy(layer.bias, layer.bias + layer.units, row);
      for (int i = rows.offsets[s]; i < rows.offsets[s + 1]; i++) {
        const float *weights = layer.weights + size_t(rows.ids[i]) * layer.width;
        const float value = rows.values[i];
        for (int u = 0; u < layer.units; u++) row[u] += value * weights[u];
      }
      for (int u = 0; u < layer.units; u++) row[u] = std::max(0.0f, row[u]);
    }
  }

  /** Logits of the thread's tiles, as exponentials of what they are above the greatest so far. */
  void scores(const float *in, int t) {
    const Layer &layer = layers.back();
    std::fill(most[t].begin(), most[t].end(), -INFINITY);
    std::fill(sums[t].begin(), sums[t].end(), 0.0f);
    const auto [first, end] = part(tiles(), t, threads);
    for (int c = first; c < end; c++) {
      const int from = c * TILE, count = std::min(TILE, layer.units - from);
      Floats tile = logits + size_t(c) * batch * TILE;
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, batch, count, layer.inputs, 1, in, layer.inputs,
                  layer.weights + size_t(from) * layer.inputs, layer.inputs, 0, tile, TILE);
      for (int s = 0; s < batch; s++) {
        Floats row = tile + size_t(s) * TILE;
        float greatest = most[t][s], sum = 0;
#pragma omp simd reduction(max : greatest)
        for (int u = 0; u < count; u++) {
          row[u] += layer.bias[from + u];
          greatest = std::max(greatest, row[u]);
        }
#pragma omp simd reduction(+ : sum)
        for (int u = 0; u < count; u++) {
          row[u] = std::exp(row[u] - greatest);
          sum += row[u];
        }
        sums[t][s] = sums[t][s] * (most[t][s] == greatest ? 1 : std::exp(most[t][s] - greatest)) + sum;
        most[t][s] = tileMost[size_t(c) * batch + s] = greatest;
      }
    }
  }

  /** Gradients of the thread's tiles, and what follows: those of the inputs, and the update. */
  void softmax(const Batch &rows, const float *in, bool below, int t) {
    Layer &layer = layers.back();
    std::vector<float> greatest(batch), scale(batch);
    for (int s = 0; s < batch; s++) {
      greatest[s] = -INFINITY;
      float sum = 0;
      for (int o = 0; o < threads; o++) greatest[s] = std::max(greatest[s], most[o][s]);
      for (int o = 0; o < threads; o++) if (sums[o][s] > 0) sum += sums[o][s] * std::exp(most[o][s] - greatest[s]);
      scale[s] = 1 / (sum * float(batch));
    }
    Floats inputGradient = inputGradients[t];
    std::fill(inputGradient, inputGradient + size_t(batch) * layer.inputs, 0.0f);
    const auto [first, end] = part(tiles(), t, threads);
    for (int c = first; c < end; c++) {
      const int from = c * TILE, count = std::min(TILE, layer.units - from);
      Floats tile = logits + size_t(c) * batch * TILE;
      for (int s = 0; s < batch; s++) {
        Floats row = tile + size_t(s) * TILE;
        const float factor = std::exp(tileMost[size_t(c) * batch + s] - greatest[s]) * scale[s];
        for (int u = 0; u < count; u++) row[u] *= factor;
        const int labels = rows.labelOffsets[s + 1] - rows.labelOffsets[s];
        for (int i = rows.labelOffsets[s]; i < rows.labelOffsets[s + 1]; i++) {
          const int u = rows.labels[i] - from;
          if (u >= 0 && u < count) row[u] -= 1.0f / float(labels * batch);
        }
      }
      const size_t at = size_t(from) * layer.inputs;
      if (below)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, batch, layer.inputs, count, 1, tile, TILE, layer.weights + at,
                    layer.inputs, 1, inputGradient, layer.inputs);
      update(layer, tile, TILE, from, {0, count}, in, t);
    }
  }

  void sumInputGradients(int t) {
    const int l = int(activations.size()) - 1;
    const auto [from, to] = part(batch, t, threads);
    for (size_t i = size_t(from) * layers[l].units; i < size_t(to) * layers[l].units; i++) {
      float sum = 0;
      for (int o = 0; o < threads; o++) sum += inputGradients[o][i];
      gradients[l][i] = activations[l][i] > 0 ? sum : 0;
    }
  }

  /** Gradients of the layer below, the thread's samples. */
  void inputGradient(int l, int t) const {
    const Layer &layer = layers[l];
    const auto [from, to] = part(batch, t, threads);
    Floats out = gradients[l - 1] + size_t(from) * layer.inputs;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, to - from, layer.inputs, layer.units, 1,
                gradients[l] + size_t(from) * layer.units, layer.units, layer.weights, layer.inputs, 0, out, layer.inputs);
    const float *values = activations[l - 1] + size_t(from) * layer.inputs;
    for (size_t i = 0; i < size_t(to - from) * layer.inputs; i++) out[i] = values[i] > 0 ? out[i] : 0;
  }

  void updateLayer(Layer &layer, const float *gradient, int stride, const float *in, int t) {
    const auto [from, to] = part(layer.units, t, threads);
    update(layer, gradient, stride, 0, {from, to}, in, t);
  }

  /** Gradients of units' weights, some rows at a time, and Adam on them. Unit `from + u` is column u of `gradient`. */
  void update(Layer &layer, const float *gradient, int stride, int from, Range units, const float *in, int t) {
    const Adam adam(rate, step);
    const int most = std::max(1, BLOCK / layer.inputs);
    for (int u = units.from; u < units.to; u += most) {
      const int count = std::min(most, units.to - u);
      Floats block = blocks[t];
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, count, layer.inputs, batch, 1, gradient + u, stride, in, layer.inputs,
                  0, block, layer.inputs);
      const size_t at = size_t(from + u) * layer.inputs;
      adam.update(layer.weights + at, layer.m + at, layer.v + at, block, size_t(count) * layer.inputs);
      Floats bias = layer.biasGradient + from + u;
      std::fill(bias, bias + count, 0.0f);
      for (int s = 0; s < batch; s++)
        for (int i = 0; i < count; i++) bias[i] += gradient[size_t(s) * stride + u + i];
      adam.update(layer.bias + from + u, layer.biasM + from + u, layer.biasV + from + u, bias, count);
    }
  }

  /** The update of a layer on sparse rows: of the thread's share of the inputs that the batch has. */
  void scatter(const Batch &rows, int t) {
    Layer &layer = layers[0];
    const auto [from, to] = part(int(rows.features.size()), t, threads);
    for (int f = from; f < to; f++) {
      Floats sum = blocks[t];
      std::fill(sum, sum + layer.width, 0.0f);
      for (int i = rows.featureOffsets[f]; i < rows.featureOffsets[f + 1]; i++) {
        const float *gradient = gradients[0] + size_t(rows.featureRows[i]) * layer.units;
        const float value = rows.featureValues[i];
        for (int u = 0; u < layer.units; u++) sum[u] += value * gradient[u];
      }
      const size_t at = size_t(rows.features[f]) * layer.width;
      const Adam adam(rate, ++layer.updates[rows.features[f]]);
      adam.update(layer.weights + at, layer.m + at, layer.v + at, sum, layer.width);
    }
    if (t > 0) return;
    std::fill(layer.biasGradient, layer.biasGradient + layer.units, 0.0f);
    for (int s = 0; s < batch; s++)
      for (int u = 0; u < layer.units; u++) layer.biasGradient[u] += gradients[0][size_t(s) * layer.units + u];
    Adam(rate, step).update(layer.bias, layer.biasM, layer.biasV, layer.biasGradient, layer.units);
  }
};
