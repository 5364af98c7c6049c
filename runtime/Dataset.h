//===- Dataset.h - Samples and targets in memory -------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_DATASET_H
#define KILN_RUNTIME_DATASET_H

#include "runtime/Array.h"
#include "runtime/DataText.h"
#include "runtime/Model.h"

namespace kiln::rt {

/// A split of the data, ready to be gathered into batches.
struct Dataset {
  /// U8, multiplied by `scale` in f32 when a batch is gathered; or F32, scaled
  /// in f64 when it was read; or where the model takes int32, ids within range:
  /// U8, U16 or I32.
  Array inputs;
  /// I32 class numbers within range, or F32; none for data to predict.
  Array targets;
  float scale = 1;

  int64_t count() const { return inputs.count(); }
};

/// Where the data is: `option` (--data), else the environment's KILN_DATA, else
/// the folder that the model file names, else `data`.
std::string dataFolder(const Model &model, const std::string &option);

/// Reads the split `what` ("train") with the model's reader and checks it
/// against the model: sample shapes, equal counts, ids and targets in range.
Status loadSplit(const Model &model, const model::Split *split,
                 const char *what, const std::string &folder,
                 TextReading &texts, Dataset &data);

/// How many of `count` training samples come before those that the model's
/// `validation_split` keeps: as in Keras, the last ones, rounded up; all where
/// it keeps none. Fails where nothing is left for either.
Status splitTraining(const Model &model, int64_t count, int64_t &training);

/// Makes `weights` of the class of each sample of `data` (`class_weight`), one
/// f32 a sample; none where the model weighs no classes. Several targets of a
/// sample count as that of the largest one, as in Keras.
Status weighClasses(const Model &model, const Dataset &data, Buffer &weights);

/// Takes `array` as inputs of `model`: its shape and ids checked, its other
/// numbers scaled. `source` names samples that were texts.
Status adoptInputs(const Model &model, Array array, Dataset &data,
                   const TextSource *source = nullptr);

/// Reads one file of inputs alone, by its extension: .npy, .csv or IDX; for a
/// model of texts .npy (ids), .csv where it has a text column, and all others
/// as one text. `-` is standard input, each line a text.
Status loadInputs(const Model &model, const std::string &path,
                  TextReading &texts, Dataset &data);

/// Samples that look alike from run to run and need no files, for `bench` and
/// `selftest`: `count` inputs in [0, 1), or ids, small ones often, and targets
/// that fit the model.
Status makeSynthetic(const Model &model, int64_t count, Dataset &data);

} // namespace kiln::rt

#endif // KILN_RUNTIME_DATASET_H
