// What the benchmarks hold their dense steps and products against: the same on OpenBLAS, with all instructions of the processor.
//
//   openblas product M N K TRANSPOSED SECONDS
//     Times C = A B, on one thread; TRANSPOSED is A, B or none. Prints a line of milliseconds a call.
//   openblas train UNITS BATCH THREADS RATE WARM_UP STEPS [weights]
//     Trains a network, ReLU layers and a softmax, by Adam. UNITS are those of each layer, inputs first, between commas. Batches
//     come on stdin, in order and again from the first one; see readBatch. With `weights` each layer's stand before them, units x
//     inputs and the bias, or else they are random. Prints a line of milliseconds a step, and with `weights` the new ones behind it.
#include <string>
#include "network.hpp"

namespace {

int product(int m, int n, int k, const std::string &transposed, double seconds) {
  const bool ta = transposed == "A", tb = transposed == "B";
  const auto stride = [](int width) { return (width + 15) / 16 * 16; };
  const int lda = stride(ta ? m : k), ldb = stride(tb ? k : n), ldc = stride(n);
  const size_t sizeA = size_t(ta ? k : m) * lda, sizeB = size_t(tb ? n : k) * ldb;
  Floats a = zeros(sizeA), b = zeros(sizeB), c = zeros(size_t(m) * ldc);
  randomize(a, sizeA, 0.5f);
  randomize(b, sizeB, 0.5f);
  const auto call = [&] {
    cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n, k, 1, a, lda, b, ldb, 0, c, ldc);
  };
  for (int i = 0; i < 3; i++) call();
  std::vector<double> times;
  const double end = now() + 1000 * seconds;
  do {
    const double start = now();
    call();
    times.push_back(now() - start);
  } while (now() < end);
  print(times);
  return 0;
}

/** Weights as they come and go: units x inputs. */
void exchange(Layer &layer, bool reading) {
  std::vector<float> rows(size_t(layer.units) * layer.inputs);
  const auto place = [&](int u, int i) { return layer.updates.empty() ? size_t(u) * layer.inputs + i : size_t(i) * layer.width + u; };
  if (reading) read(rows.data(), rows.size());
  for (int u = 0; u < layer.units; u++)
    for (int i = 0; i < layer.inputs; i++) {
      float &given = rows[size_t(u) * layer.inputs + i], &own = layer.weights[place(u, i)];
      if (reading) own = given; else given = own;
    }
  if (reading) read(layer.bias, layer.units);
  else {
    std::fwrite(rows.data(), sizeof(float), rows.size(), stdout);
    std::fwrite(layer.bias, sizeof(float), layer.units, stdout);
  }
}

/** What comes first on stdin: the number of batches, and whether their rows are sparse. */
struct Header { int32_t batches, sparse; };

int train(const std::vector<int> &units, int batch, int threads, float rate, int warmUp, int steps, bool weights) {
  Header header;
  read(&header, 1);
  Network network(units, batch, threads, rate, header.sparse != 0);
  if (weights) for (Layer &layer : network.layers) exchange(layer, true);
  std::vector<Batch> batches;
  for (int i = 0; i < header.batches; i++) batches.push_back(readBatch(batch, units[0], header.sparse != 0));
  std::vector<double> times;
  for (int i = 0; i < warmUp + steps; i++) {
    const double start = now();
    network.train(batches[i % batches.size()]);
    if (i >= warmUp) times.push_back(now() - start);
  }
  print(times);
  if (weights) for (Layer &layer : network.layers) exchange(layer, false);
  return 0;
}

} // namespace

int main(int count, char **words) {
  openblas_set_num_threads(1);
  const std::vector<std::string> args(words + 1, words + count);
  const auto number = [&](size_t i) { return std::stod(args.at(i)); };
  if (args.size() == 1 && args[0] == "config") return std::puts(openblas_get_config()) < 0;
  if (args.size() == 6 && args[0] == "product") return product(int(number(1)), int(number(2)), int(number(3)), args[4], number(5));
  if ((args.size() == 7 || args.size() == 8) && args[0] == "train") {
    std::vector<int> units;
    for (size_t at = 0; at < args[1].size(); at = args[1].find(',', at) == std::string::npos ? args[1].size() : args[1].find(',', at) + 1)
      units.push_back(std::stoi(args[1].substr(at)));
    return train(units, int(number(2)), int(number(3)), float(number(4)), int(number(5)), int(number(6)), args.size() == 8);
  }
  std::fputs("openblas config | product M N K TRANSPOSED SECONDS | train UNITS BATCH THREADS RATE WARM_UP STEPS [weights]\n", stderr);
  return 2;
}
