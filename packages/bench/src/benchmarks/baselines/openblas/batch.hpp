// Rows that a network is trained on, dense or sparse.
#pragma once
#include <utility>
#include "../native/memory.hpp"

/** Rows of a batch: their inputs, all of them or by id, and their labels. */
struct Batch {
  int rows;
  Floats inputs = nullptr;
  std::vector<int> offsets, ids, labelOffsets, labels;
  std::vector<float> values;
  /** Different ids, and of each the places in `ids`: a list of rows and one of values. */
  std::vector<int> features, featureOffsets, featureRows;
  std::vector<float> featureValues;
};

template <class T> void readLists(std::vector<int> &offsets, std::vector<T> &items, int rows) {
  if (offsets.empty()) { offsets.resize(rows + 1); read(offsets.data(), rows + 1); }
  items.resize(offsets[rows]);
  read(items.data(), items.size());
}

/**
 * 32-bit words: inputs as rows x columns floats; or where `sparse` offsets (rows + 1), ids, values. Then offsets of labels, labels.
 */
inline Batch readBatch(int rows, int columns, bool sparse) {
  Batch batch;
  batch.rows = rows;
  if (sparse) {
    readLists(batch.offsets, batch.ids, rows);
    readLists(batch.offsets, batch.values, rows);
    std::vector<std::pair<int, int>> places;
    for (int s = 0; s < rows; s++)
      for (int i = batch.offsets[s]; i < batch.offsets[s + 1]; i++) places.push_back({batch.ids[i], i});
    std::sort(places.begin(), places.end());
    std::vector<int> rowOf(batch.ids.size());
    for (int s = 0; s < rows; s++) std::fill(rowOf.begin() + batch.offsets[s], rowOf.begin() + batch.offsets[s + 1], s);
    for (size_t i = 0; i < places.size(); i++) {
      if (i == 0 || places[i].first != places[i - 1].first) {
        batch.features.push_back(places[i].first);
        batch.featureOffsets.push_back(int(i));
      }
      batch.featureRows.push_back(rowOf[places[i].second]);
      batch.featureValues.push_back(batch.values[places[i].second]);
    }
    batch.featureOffsets.push_back(int(places.size()));
  } else {
    batch.inputs = zeros(size_t(rows) * columns);
    read(batch.inputs, size_t(rows) * columns);
  }
  readLists(batch.labelOffsets, batch.labels, rows);
  return batch;
}
