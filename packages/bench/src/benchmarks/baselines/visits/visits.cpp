// The least that a step of the wide task must do: visit rows of weights and of moments, wherever they lie, with the products and
// Adam's updates that belong to them. Nothing is loaded, drawn, sorted or chosen, there is no softmax and no bias, and a label's row
// is multiplied with one tile of samples only. The same on any vectors, so that it shows what these are worth.
//
//   visits FEATURES VISITED NON_ZEROS LABELS VISITED BATCH THREADS WARM_UP STEPS [check]
//     Rows that there are and that a step visits, of the first layer and of the last one, and active features of a sample. Prints a
//     line of milliseconds a step; or with `check` how far weights are then from those of plain loops, as a share of their way.
//
// Compiled for rows of WIDTH numbers and vectors of VECTOR_BYTES. Rows are fetched ahead: by reading a byte of each cache line if
// there is TOUCH, as a program without instructions for it must, or else by those instructions.
#include <omp.h>
#include <random>
#include <string>
#include "../native/memory.hpp"
#include "../native/shares.hpp"
#include "step.hpp"

namespace {

/** Different numbers below `count`, ascending. */
std::vector<int> choose(std::mt19937 &random, int count, int below) {
  std::vector<int> all(below);
  for (int i = 0; i < below; i++) all[i] = i;
  for (int i = 0; i < count; i++) std::swap(all[i], all[i + random() % (below - i)]);
  all.resize(count);
  std::sort(all.begin(), all.end());
  return all;
}

Visits drawVisits(std::mt19937 &random, int features, int visited, int nonZeros, int labels, int rows, int batch) {
  Visits visits;
  visits.batch = batch;
  const std::vector<int> pool = choose(random, visited, features);
  std::vector<std::vector<int>> samplesOf(visited);
  for (int s = 0; s < batch; s++) {
    visits.offsets.push_back(int(visits.ids.size()));
    for (int i = 0; i < nonZeros; i++) {
      // Each feature has a sample, as far as there are enough.
      const int place = s * nonZeros + i;
      const int f = place < visited ? place : int(random() % visited);
      visits.ids.push_back(pool[f]);
      samplesOf[f].push_back(s);
    }
  }
  visits.offsets.push_back(int(visits.ids.size()));
  for (int f = 0; f < visited; f++) {
    visits.featureOffsets.push_back(int(visits.samples.size()));
    visits.samples.insert(visits.samples.end(), samplesOf[f].begin(), samplesOf[f].end());
  }
  visits.featureOffsets.push_back(int(visits.samples.size()));
  visits.features = pool;
  // Labels are drawn for a tile of samples; within each they ascend.
  std::vector<int> drawn = choose(random, rows, labels);
  std::shuffle(drawn.begin(), drawn.end(), random);
  const int tiles = batch / TILE;
  for (int t = 0; t < tiles; t++) {
    const auto [from, to] = part(rows, t, tiles);
    std::sort(drawn.begin() + from, drawn.begin() + to);
    visits.tiles.insert(visits.tiles.end(), to - from, t);
  }
  visits.labels = drawn;
  return visits;
}

/** How far the weights of one table are from those of another, as a share of the way that they came from `start`. */
double apart(const Table &table, const Table &other, const std::vector<float> &start) {
  double far = 0, way = 0;
  for (size_t i = 0; i < start.size(); i++) {
    far += std::abs(double(table.weights[i]) - other.weights[i]);
    way += std::abs(double(table.weights[i]) - start[i]);
  }
  return far / way;
}

} // namespace

int main(int count, char **words) {
  const bool check = count == 11 && std::string(words[10]) == "check";
  if (count != 10 && !check) {
    std::fputs("visits FEATURES VISITED NON_ZEROS LABELS VISITED BATCH THREADS WARM_UP STEPS [check]\n", stderr);
    return 2;
  }
  std::vector<int> n;
  for (int i = 1; i < 10; i++) n.push_back(std::stoi(words[i]));
  const int features = n[0], labels = n[3], batch = n[5], threads = n[6], warmUp = n[7], steps = n[8];
  if (batch % TILE || n[1] > features || n[4] > labels) {
    std::fputs("A batch has whole tiles of samples, and no more rows are visited than there are.\n", stderr);
    return 2;
  }
  std::mt19937 random(1);
  std::vector<Visits> all;
  for (int i = 0; i < std::min(8, warmUp + steps); i++) all.push_back(drawVisits(random, features, n[1], n[2], labels, n[4], batch));
  Table first(features), last(labels);
  Step step(first, last, batch, n[4], threads);
  const std::vector<float> startFirst(first.weights, first.weights + size_t(features) * WIDTH);
  const std::vector<float> startLast(last.weights, last.weights + size_t(labels) * WIDTH);
  std::vector<double> times;
  for (int i = 0; i < warmUp + steps; i++) {
    const double start = now();
    step.train(all[i % all.size()]);
    if (i >= warmUp) times.push_back(now() - start);
  }
  if (!check) return print(times), 0;
  Table plainFirst(features), plainLast(labels);
  for (int i = 0; i < warmUp + steps; i++) trainPlainly(plainFirst, plainLast, all[i % all.size()]);
  return print({apart(first, plainFirst, startFirst), apart(last, plainLast, startLast)}), 0;
}
