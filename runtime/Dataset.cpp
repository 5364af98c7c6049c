//===- Dataset.cpp - Samples and targets in memory ------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Dataset.h"

#include "runtime/DataCsv.h"
#include "runtime/DataIdx.h"
#include "runtime/DataNpy.h"
#include "runtime/Philox.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sys/stat.h>

namespace kiln::rt {

std::string dataFolder(const Model &model, const std::string &option) {
  if (!option.empty())
    return option;
  if (const char *variable = std::getenv("KILN_DATA"); variable && *variable)
    return variable;
  const model::Data *data = model.source->data();
  if (data && data->folder() && data->folder()->size())
    return data->folder()->str();
  return "data";
}

static std::string joinPath(const std::string &folder,
                            const std::string &file) {
  return file.empty() || file[0] == '/' ? file : folder + "/" + file;
}

static bool endsWith(const std::string &text, const std::string &suffix) {
  return text.size() >= suffix.size() &&
         text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

static std::vector<int64_t> withoutOnes(const std::vector<int64_t> &shape,
                                        size_t from) {
  std::vector<int64_t> result;
  for (size_t i = from; i < shape.size(); ++i)
    if (shape[i] != 1)
      result.push_back(shape[i]);
  return result;
}

/// Replaces the elements of `array` by f32: element * `scale` in f64, rounded.
static Status toFloats(Array &array, double scale) {
  int64_t size = array.size();
  Buffer floats;
  if (!floats.allocate(size_t(size) * sizeof(float)))
    return systemError("allocating memory", array.file);
  for (int64_t i = 0; i < size; ++i)
    floats.as<float>()[i] = float(array.at(i) * scale);
  array.memory = std::move(floats);
  array.element = Element::F32;
  return Status();
}

static bool takesIds(const Model &model) {
  return model.source->inputs()->Get(0)->dtype() == model::DataType_int32;
}

/// The first Embedding layer, which ids are looked up in; null if there is
/// none.
static const model::Layer *findTable(const Model &model) {
  if (model.source->layers())
    for (const model::Layer *layer : *model.source->layers())
      if (layer->options_as_EmbeddingOptions())
        return layer;
  return nullptr;
}

/// Ids of `model` are smaller than this.
static int64_t idLimit(const Model &model) {
  const model::Layer *table = findTable(model);
  return table ? table->options_as_EmbeddingOptions()->input_dim()
               : int64_t(INT32_MAX) + 1;
}

/// Checks that `array` holds ids that the model has rows for, and makes I32 of
/// what is wider.
static Status toIds(const Model &model, Array &array,
                    const TextSource *source) {
  int64_t limit = idLimit(model), size = array.size(), row = array.sampleSize();
  for (int64_t i = 0; i < size; ++i) {
    double id = array.at(i);
    if (id >= 0 && id < double(limit) && id == std::floor(id))
      continue;
    std::string place = source ? source->place(i / row)
                               : format("%s: sample %lld", array.file.c_str(),
                                        (long long)(i / row));
    const model::Layer *table = findTable(model);
    if (!table)
      return userError("%s: expected a whole number from 0 to %lld, got %g",
                       place.c_str(), (long long)limit - 1, id);
    return userError("%s: token id %.10g is out of range: expected 0 to %lld, "
                     "the rows of layer %s%s",
                     place.c_str(), id, (long long)limit - 1,
                     table->name() ? table->name()->c_str() : "",
                     source ? "; set num_words of the tokenizer" : "");
  }
  if (array.element != Element::I64 && array.element != Element::F32 &&
      array.element != Element::F64)
    return Status();
  Buffer ids;
  if (!ids.allocate(size_t(size) * sizeof(int32_t)))
    return systemError("allocating memory", array.file);
  for (int64_t i = 0; i < size; ++i)
    ids.as<int32_t>()[i] = int32_t(array.at(i));
  array.memory = std::move(ids);
  array.element = Element::I32;
  return Status();
}

Status adoptInputs(const Model &model, Array array, Dataset &data,
                   const TextSource *source) {
  if (array.count() < 1)
    return userError("%s: expected samples, got none", array.file.c_str());
  if (array.count() > int64_t(UINT32_MAX))
    return userError("%s: expected at most 4294967295 samples, got %lld",
                     array.file.c_str(), (long long)array.count());
  if (withoutOnes(array.shape, 1) != withoutOnes(model.inputShape, 0))
    return userError("%s: expected samples of shape %s, got %s",
                     array.file.c_str(), showShape(model.inputShape).c_str(),
                     showShape(array.shape, 1).c_str());
  const model::Data *pipeline = model.source->data();
  double scale = pipeline ? pipeline->scale() : 1;
  data.scale = float(scale);
  if (takesIds(model)) {
    if (Status status = toIds(model, array, source); !status.ok())
      return status;
  } else if (array.element != Element::U8 &&
             (array.element != Element::F32 || scale != 1))
    if (Status status = toFloats(array, scale); !status.ok())
      return status;
  data.inputs = std::move(array);
  return Status();
}

static Status adoptClasses(const Model &model, Array array, Dataset &data) {
  const char *file = array.file.c_str();
  if (array.sampleSize() != 1)
    return userError("%s: expected one class number a sample, got targets of "
                     "shape %s",
                     file, showShape(array.shape, 1).c_str());
  int64_t classes = model.outputWidth(), count = array.count();
  Buffer numbers;
  if (!numbers.allocate(size_t(count) * sizeof(int32_t)))
    return systemError("allocating memory", array.file);
  for (int64_t i = 0; i < count; ++i) {
    double value = array.at(i);
    if (!(value >= 0 && value < double(classes)) || value != std::floor(value))
      return userError("%s: label %lld is out of range: expected 0 to %lld "
                       "(%lld classes), got %g",
                       file, (long long)i, (long long)classes - 1,
                       (long long)classes, value);
    numbers.as<int32_t>()[i] = int32_t(value);
  }
  array.memory = std::move(numbers);
  array.element = Element::I32;
  data.targets = std::move(array);
  return Status();
}

static Status adoptValues(const Model &model, Array array, Dataset &data) {
  const char *file = array.file.c_str();
  if (withoutOnes(array.shape, 1) != withoutOnes(model.outputShape, 0))
    return userError("%s: expected targets of shape %s, got %s", file,
                     showShape(model.outputShape).c_str(),
                     showShape(array.shape, 1).c_str());
  bool isBinary = model.source->compile()->loss()->kind() ==
                  model::LossKind_binary_crossentropy;
  for (int64_t i = 0, n = array.size(), row = array.sampleSize(); i < n; ++i) {
    double value = array.at(i);
    if (isBinary ? !(value >= 0 && value <= 1) : !std::isfinite(value))
      return userError("%s: target of sample %lld is out of range: expected a "
                       "%s, got %g",
                       file, (long long)(i / row),
                       isBinary ? "number in [0, 1]" : "finite number", value);
  }
  if (array.element != Element::F32)
    if (Status status = toFloats(array, 1); !status.ok())
      return status;
  data.targets = std::move(array);
  return Status();
}

static Status adoptTargets(const Model &model, Array array, Dataset &data) {
  return model.hasClassTargets() ? adoptClasses(model, std::move(array), data)
                                 : adoptValues(model, std::move(array), data);
}

static std::vector<int64_t> allColumns(const CsvTable &table) {
  std::vector<int64_t> columns;
  for (int64_t i = 0; i < table.columns; ++i)
    columns.push_back(i);
  return columns;
}

static Status findTargets(const Model &model, const CsvTable &table,
                          std::vector<int64_t> &columns) {
  columns.clear();
  for (const flatbuffers::String *name :
       *model.source->data()->target_columns()) {
    int64_t column = 0;
    if (Status status = findColumn(table, name->str(), column); !status.ok())
      return status;
    columns.push_back(column);
  }
  return Status();
}

/// Columns of `table` that are not in `targets`.
static std::vector<int64_t> otherColumns(const CsvTable &table,
                                         const std::vector<int64_t> &targets) {
  std::vector<int64_t> columns;
  for (int64_t column : allColumns(table))
    if (std::find(targets.begin(), targets.end(), column) == targets.end())
      columns.push_back(column);
  return columns;
}

/// Gives the columns of a sample the model's input shape, where they fit.
static void reshapeSamples(const Model &model, Array &array) {
  int64_t size = 1;
  for (int64_t extent : model.inputShape)
    size *= extent;
  if (array.sampleSize() != size)
    return;
  int64_t count = array.count();
  array.shape = model.inputShape;
  array.shape.insert(array.shape.begin(), count);
}

/// csv: one file whose target columns are named, or two files.
static Status readCsvSplit(const Model &model, const std::string &inputs,
                           const std::string &targets, Array &x, Array &y) {
  const model::Data *data = model.source->data();
  bool named = data->target_columns() && data->target_columns()->size();
  CsvTable table, other;
  if (Status status = readCsv(inputs, data->header(), table); !status.ok())
    return status;
  std::vector<int64_t> columns;
  if (targets.empty()) {
    if (!named)
      return userError("%s: expected the model file to name its "
                       "target_columns or a file of targets",
                       inputs.c_str());
    if (Status status = findTargets(model, table, columns); !status.ok())
      return status;
    if (Status status = selectColumns(table, columns, y); !status.ok())
      return status;
    if (Status status = selectColumns(table, otherColumns(table, columns), x);
        !status.ok())
      return status;
  } else {
    if (Status status = readCsv(targets, data->header(), other); !status.ok())
      return status;
    columns = allColumns(other);
    if (named)
      if (Status status = findTargets(model, other, columns); !status.ok())
        return status;
    if (Status status = selectColumns(other, columns, y); !status.ok())
      return status;
    if (Status status = selectColumns(table, allColumns(table), x);
        !status.ok())
      return status;
  }
  reshapeSamples(model, x);
  return Status();
}

static std::vector<std::string> toStrings(
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>> *from) {
  std::vector<std::string> strings;
  if (from)
    for (const flatbuffers::String *string : *from)
      strings.push_back(string->str());
  return strings;
}

/// Fails unless the model tells `count` classes apart.
static Status expectClasses(const Model &model, const std::string &folder,
                            size_t count) {
  model::LossKind loss = model.source->compile()->loss()->kind();
  int64_t most = loss == model::LossKind_binary_crossentropy ? 2
                 : model.hasClassTargets() ? model.outputWidth()
                                           : INT32_MAX;
  if (int64_t(count) <= most)
    return Status();
  return userError("%s: expected the folders of at most %lld classes, got %zu; "
                   "name those to read in 'classes' of the model file",
                   folder.c_str(), (long long)most, count);
}

static Status readTextSplit(const Model &model, const std::string &inputs,
                            const char *what, TextReading &texts, Dataset &data,
                            Array &y) {
  const model::Data *pipeline = model.source->data();
  std::unique_ptr<TextSource> source;
  CsvTable table;
  if (pipeline->reader() == model::ReaderKind_csv) {
    if (Status status = readCsvTexts(
            inputs, pipeline->header(), pipeline->text_column()->str(),
            toStrings(pipeline->target_columns()), table);
        !status.ok())
      return status;
    y = std::move(table.values);
    source = std::make_unique<CsvTexts>(table, inputs);
  } else {
    auto folders = std::make_unique<TextFolders>();
    if (Status status = folders->open(inputs, toStrings(pipeline->classes()));
        !status.ok())
      return status;
    if (Status status = expectClasses(model, inputs, folders->classes().size());
        !status.ok())
      return status;
    if (Status status = folders->targets(y); !status.ok())
      return status;
    source = std::move(folders);
  }
  Array x;
  x.file = inputs;
  if (Status status = readTexts(model, *source, what, texts, x); !status.ok())
    return status;
  return adoptInputs(model, std::move(x), data, source.get());
}

Status loadSplit(const Model &model, const model::Split *split,
                 const char *what, const std::string &folder,
                 TextReading &texts, Dataset &data) {
  const model::Data *pipeline = model.source->data();
  if (!pipeline || !split || !split->inputs())
    return userError("the model file names no %s data: expected [data] %s",
                     what, what);
  struct stat info;
  if (stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
    return userError("%s: no such data folder; give --data DIR or set "
                     "KILN_DATA",
                     folder.c_str());
  std::string inputs = joinPath(folder, split->inputs()->str());
  std::string targets;
  if (split->targets() && split->targets()->size())
    targets = joinPath(folder, split->targets()->str());

  Array x, y;
  if (readsTexts(model)) {
    if (Status status = readTextSplit(model, inputs, what, texts, data, y);
        !status.ok())
      return status;
    return adoptTargets(model, std::move(y), data);
  }
  if (pipeline->reader() == model::ReaderKind_csv) {
    if (Status status = readCsvSplit(model, inputs, targets, x, y);
        !status.ok())
      return status;
  } else {
    auto read = pipeline->reader() == model::ReaderKind_npy ? readNpy : readIdx;
    if (targets.empty())
      return userError("the model file names no targets of its %s data", what);
    if (Status status = read(inputs, x); !status.ok())
      return status;
    if (Status status = read(targets, y); !status.ok())
      return status;
  }
  if (x.count() != y.count())
    return userError("%s: expected as many targets as inputs, got %lld targets "
                     "for the %lld inputs of %s",
                     y.file.c_str(), (long long)y.count(), (long long)x.count(),
                     x.file.c_str());
  if (Status status = adoptInputs(model, std::move(x), data); !status.ok())
    return status;
  return adoptTargets(model, std::move(y), data);
}

Status splitTraining(const Model &model, int64_t count, int64_t &training) {
  const model::Fit *fit = model.source->fit();
  const model::Data *data = model.source->data();
  training = count;
  double part = fit ? fit->validation_split() : 0;
  if (part <= 0 || (data && data->validation()))
    return Status();
  training = int64_t(std::floor(double(count) * (1 - part)));
  if (training < 1 || training == count)
    return userError("too few samples: validation_split = %g keeps %lld of "
                     "%lld for validation; expected at least one sample each "
                     "for training and validation",
                     part, (long long)(count - training), (long long)count);
  return Status();
}

/// The class that the targets of one sample name.
static int64_t classOfTarget(const Array &targets, int64_t sample) {
  if (targets.element == Element::I32)
    return targets.memory.as<int32_t>()[sample];
  int64_t width = targets.sampleSize();
  const float *values = targets.memory.as<float>() + sample * width;
  if (width == 1)
    return int64_t(std::nearbyint(values[0]));
  return std::max_element(values, values + width) - values;
}

Status weighClasses(const Model &model, const Dataset &data, Buffer &weights) {
  const model::Fit *fit = model.source->fit();
  if (!fit || !fit->class_weight() || !fit->class_weight()->size())
    return Status();
  if (!weights.allocate(size_t(data.count()) * sizeof(float)))
    return systemError("allocating memory", data.targets.file);
  for (int64_t i = 0; i < data.count(); ++i) {
    float &weight = weights.as<float>()[i];
    weight = 1;
    int64_t label = classOfTarget(data.targets, i);
    for (const model::ClassWeight *entry : *fit->class_weight())
      if (entry->class_index() == label)
        weight = float(entry->weight());
  }
  return Status();
}

static bool isCsv(const std::string &path) {
  return endsWith(path, ".csv") || endsWith(path, ".csv.gz");
}

static Status loadTexts(const Model &model, const std::string &path,
                        TextReading &texts, Dataset &data) {
  const model::Data *pipeline = model.source->data();
  std::unique_ptr<TextSource> source;
  CsvTable table;
  Array ids;
  ids.file = path == "-" ? "standard input" : path;
  if (path == "-") {
    auto lines = std::make_unique<TextLines>();
    if (Status status = lines->readStdin(); !status.ok())
      return status;
    source = std::move(lines);
  } else if (isCsv(path) && pipeline->reader() == model::ReaderKind_csv) {
    if (Status status = readCsvTexts(path, pipeline->header(),
                                     pipeline->text_column()->str(), {}, table);
        !status.ok())
      return status;
    source = std::make_unique<CsvTexts>(table, path);
  } else {
    source = std::make_unique<TextFile>(path);
  }
  if (Status status = readTexts(model, *source, "given", texts, ids);
      !status.ok())
    return status;
  return adoptInputs(model, std::move(ids), data, source.get());
}

Status loadInputs(const Model &model, const std::string &path,
                  TextReading &texts, Dataset &data) {
  if (readsTexts(model) && !endsWith(path, ".npy"))
    return loadTexts(model, path, texts, data);
  Array array;
  if (endsWith(path, ".npy")) {
    if (Status status = readNpy(path, array); !status.ok())
      return status;
    // A single sample may come without a batch dimension.
    if (array.shape == model.inputShape)
      array.shape.insert(array.shape.begin(), 1);
  } else if (isCsv(path)) {
    const model::Data *pipeline = model.source->data();
    CsvTable table;
    if (Status status =
            readCsv(path, pipeline ? pipeline->header() : false, table);
        !status.ok())
      return status;
    int64_t width = 1;
    for (int64_t extent : model.inputShape)
      width *= extent;
    std::vector<int64_t> targets;
    // A file that also holds the targets is taken without them.
    if (table.columns != width && pipeline && pipeline->target_columns())
      if (Status status = findTargets(model, table, targets); !status.ok())
        return status;
    if (Status status =
            selectColumns(table, otherColumns(table, targets), array);
        !status.ok())
      return status;
    reshapeSamples(model, array);
  } else {
    if (Status status = readIdx(path, array); !status.ok())
      return status;
  }
  return adoptInputs(model, std::move(array), data);
}

Status makeSynthetic(const Model &model, int64_t count, Dataset &data) {
  int64_t stream = randomStream("", "synthetic");
  data.scale = 1;
  data.inputs.file = data.targets.file = "synthetic data";
  data.inputs.shape = model.inputShape;
  data.inputs.shape.insert(data.inputs.shape.begin(), count);
  bool isIds = takesIds(model);
  data.inputs.element = isIds ? Element::I32 : Element::F32;
  int64_t size = data.inputs.size(), limit = isIds ? idLimit(model) : 0;
  if (!data.inputs.memory.allocate(size_t(size) * sizeof(float)))
    return systemError("allocating memory", data.inputs.file);
  for (int64_t i = 0; i < size; ++i) {
    float number =
        float(philoxElement(0, stream, 0, 0, uint64_t(i)) >> 8) * 0x1p-24f;
    if (isIds)
      data.inputs.memory.as<int32_t>()[i] =
          int32_t(double(number) * number * number * double(limit));
    else
      data.inputs.memory.as<float>()[i] = number;
  }

  bool isClasses = model.hasClassTargets();
  data.targets.shape = isClasses ? std::vector<int64_t>() : model.outputShape;
  data.targets.shape.insert(data.targets.shape.begin(), count);
  data.targets.element = isClasses ? Element::I32 : Element::F32;
  size = data.targets.size();
  if (!data.targets.memory.allocate(size_t(size) * sizeof(float)))
    return systemError("allocating memory", data.targets.file);
  for (int64_t i = 0; i < size; ++i) {
    uint32_t word = philoxElement(0, stream, 1, 0, uint64_t(i));
    if (isClasses)
      data.targets.memory.as<int32_t>()[i] =
          int32_t(word % uint64_t(model.outputWidth()));
    else
      data.targets.memory.as<float>()[i] = float(word & 1);
  }
  return Status();
}

} // namespace kiln::rt
