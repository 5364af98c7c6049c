//===- Validate.cpp - What every model must satisfy -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Binary models come from anywhere: every pointer may be null, every enumerator
// out of range, every number NaN.
//
//===----------------------------------------------------------------------===//

#include "frontend/Checks.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"

#include <cmath>
#include <functional>

using namespace kiln;

static constexpr int64_t maxRank = 8;
static constexpr size_t maxLayers = 1000;

namespace {

class Validator : Checks {
public:
  Validator(const model::ModelT &model, const ValuePlaces &places,
            Diagnostics &diagnostics)
      : Checks(model, places, diagnostics) {}

  void run();

private:
  void checkHeader();
  void checkInputs();
  void checkLayers();
  void checkGraph();
  void checkCompile();
  void checkOptimizer(const model::OptimizerT &optimizer);
  void checkData();
  void checkSplit(const model::SplitT *split);
  void checkTexts(const model::DataT &data);
  void checkClasses(const model::DataT &data);
  void checkTokenizer(const model::TokenizerT &tokenizer);
  void checkPadding(const model::PadSequencesT &padding);
};

} // namespace

void Validator::run() {
  checkHeader();
  checkInputs();
  checkLayers();
  checkCompile();
  checkFit(model, places, diagnostics);
  checkData();
  checkCallbacks(model, places, diagnostics);
  if (!diagnostics.hasErrors())
    lintModel(model, places, diagnostics);
}

void Validator::checkHeader() {
  Position nowhere;
  expect(model.version == 1, nowhere, "version", "to be 1", model.version);
  expectName(nowhere, "name", model.name);
  // It becomes part of locations and kernel names.
  if (model.source.empty() || model.source.size() > maxNameLength ||
      model.source.find('/') != std::string::npos ||
      !llvm::all_of(model.source,
                    [](unsigned char c) { return c >= 0x20 && c != 0x7f; }))
    error(nowhere, "source", "expected the model file's base name as source");
}

void Validator::checkInputs() {
  Position nowhere;
  if (model.inputs.empty())
    return error(nowhere, "input", "the model has no input",
                 "add [input] with 'shape'");
  for (const auto &input : model.inputs) {
    if (!input)
      return error(nowhere, "input", "an input is missing");
    Position node = getPosition(input->position);
    expectName(node, "name", input->name);
    if (input->shape.empty() || int64_t(input->shape.size()) > maxRank)
      error(node, "shape",
            "expected 'shape' to have 1 to " + llvm::Twine(maxRank) +
                " dimensions, got " + llvm::Twine(input->shape.size()));
    for (int64_t extent : input->shape)
      expect(extent >= 1 && extent <= maxExtent, node, "shape",
             "to have extents from 1 to " + llvm::Twine(maxExtent), extent);
    expectEnum(input->dtype, model::DataType_MAX, node, "dtype");
  }
  if (model.inputs.size() > 1 && model.inputs[1])
    diagnostics.error(getPosition(model.inputs[1]->position),
                      "expected one input, got " +
                          llvm::Twine(model.inputs.size()));
}

void Validator::checkLayers() {
  Position nowhere;
  if (model.layers.empty())
    return error(nowhere, "layer", "the model has no layer", "add a [[layer]]");
  if (model.layers.size() > maxLayers)
    return error(nowhere, "layer",
                 "expected at most " + llvm::Twine(maxLayers) +
                     " layers, got " + llvm::Twine(model.layers.size()));
  for (const auto &layer : model.layers) {
    if (!layer)
      return error(nowhere, "layer", "a layer is missing");
    expectName(getPosition(layer->position), "name", layer->name);
    // An unknown member of the union reads as no value.
    if (!layer->options.value)
      error(getPosition(layer->position), "type",
            "layer '" + llvm::Twine(layer->name) + "' is of no known type");
    else
      checkLayerOptions(*layer, model, places, diagnostics);
  }
  checkGraph();
}

/// Names, edges, cycles, and layers that nothing depends on.
void Validator::checkGraph() {
  llvm::StringMap<const model::LayerT *> layers;
  llvm::SmallVector<llvm::StringRef> names;
  for (const auto &input : model.inputs) {
    if (input) {
      layers[input->name] = nullptr;
      names.push_back(input->name);
    }
  }
  bool isSound = true;
  for (const auto &layer : model.layers) {
    Position node = getPosition(layer->position);
    if (layers.try_emplace(layer->name, layer.get()).second) {
      names.push_back(layer->name);
      continue;
    }
    isSound = false;
    const model::LayerT *first = layers[layer->name];
    error(node, "name",
          "the name '" + llvm::Twine(layer->name) + "' is taken" +
              (first ? " by the layer at line " +
                           std::to_string(getPosition(first->position).line())
                     : std::string(" by the input")));
  }

  for (const auto &layer : model.layers) {
    Position node = getPosition(layer->position);
    // Without an input, the first layer's missing edge is a consequence.
    if (layer->inputs.size() != 1 && !model.inputs.empty())
      error(node, "inputs",
            "expected one input for layer '" + llvm::Twine(layer->name) +
                "', got " + llvm::Twine(layer->inputs.size()));
    for (const std::string &input : layer->inputs) {
      if (layers.count(input))
        continue;
      error(node, "inputs", "unknown input '" + llvm::Twine(input) + "'",
            suggest(input, names));
      isSound = false;
    }
  }
  if (!model.output.empty() &&
      (!layers.count(model.output) || !layers[model.output])) {
    isSound = false;
    error(Position(), "output",
          "unknown layer '" + llvm::Twine(model.output) + "'",
          suggest(model.output, names));
  }
  if (!isSound)
    return;

  // Every layer has one input, so a walk along inputs that comes back to a
  // layer of its own is a cycle, and each is met once.
  llvm::StringMap<unsigned> walkOf;
  for (const auto &[index, layer] : llvm::enumerate(model.layers)) {
    unsigned walk = index + 1;
    const model::LayerT *at = layer.get();
    while (at && !at->inputs.empty() && !walkOf.count(at->name)) {
      walkOf[at->name] = walk;
      at = layers[at->inputs.front()];
    }
    if (!at || walkOf.lookup(at->name) != walk)
      continue;
    std::string path = at->name;
    const model::LayerT *next = at;
    do {
      next = layers[next->inputs.front()];
      path = next->name + " -> " + path;
    } while (next != at);
    error(getPosition(at->position), "inputs",
          "layers feed each other in a cycle: " + path);
    isSound = false;
  }
  if (!isSound || diagnostics.hasErrors())
    return;

  llvm::SmallPtrSet<const model::LayerT *, 16> used;
  for (const model::LayerT *layer : sortLayers(model))
    used.insert(layer);
  for (const auto &layer : model.layers)
    if (!used.contains(layer.get()))
      diagnostics.warning(getPosition(layer->position),
                          "the output does not depend on layer '" +
                              layer->name + "'");
}

void Validator::checkCompile() {
  if (!model.compile)
    return error(Position(), "compile", "the model has no loss and optimizer",
                 "add [compile]");
  const model::CompileT &compile = *model.compile;
  Position node = getPosition(compile.position);
  if (!compile.loss) {
    error(node, "loss", "the model has no loss");
  } else {
    Position loss = getPosition(compile.loss->position);
    expectEnum(compile.loss->kind, model::LossKind_MAX, loss, "type");
    if (compile.loss->kind == model::LossKind_mse && compile.loss->from_logits)
      error(loss, "from_logits", "mse has no 'from_logits'");
  }
  if (!compile.optimizer)
    error(node, "optimizer", "the model has no optimizer");
  else
    checkOptimizer(*compile.optimizer);
  llvm::StringMap<bool> names;
  for (const auto &metric : compile.metrics) {
    if (!metric)
      return error(node, "metrics", "a metric is missing");
    Position place = getPosition(metric->position);
    expectEnum(metric->kind, model::MetricKind_MAX, place, "type");
    expectName(place, "name", metric->name);
    if (!names.try_emplace(metric->name, true).second)
      error(place, "name",
            "metric '" + llvm::Twine(metric->name) + "' is there twice");
  }
}

void Validator::checkOptimizer(const model::OptimizerT &optimizer) {
  Position node = getPosition(optimizer.position);
  if (!expectEnum(optimizer.kind, model::OptimizerKind_MAX, node, "type"))
    return;
  expect(optimizer.learning_rate > 0 &&
             std::isfinite(float(optimizer.learning_rate)),
         node, "learning_rate", "to be positive and finite",
         optimizer.learning_rate);
  expect(optimizer.momentum >= 0 && optimizer.momentum <= 1, node, "momentum",
         "to be in [0, 1]", optimizer.momentum);
  expect(optimizer.beta_1 >= 0 && optimizer.beta_1 < 1, node, "beta_1",
         "to be in [0, 1)", optimizer.beta_1);
  expect(optimizer.beta_2 >= 0 && optimizer.beta_2 < 1, node, "beta_2",
         "to be in [0, 1)", optimizer.beta_2);
  expect(optimizer.epsilon > 0 && std::isfinite(float(optimizer.epsilon)), node,
         "epsilon", "to be positive and finite", optimizer.epsilon);
  if (optimizer.kind == model::OptimizerKind_sgd && optimizer.nesterov &&
      optimizer.momentum == 0)
    diagnostics.warning(places.find(node, "nesterov"),
                        "'nesterov' has no effect without 'momentum'");
}

void Validator::checkData() {
  if (!model.data)
    return;
  const model::DataT &data = *model.data;
  Position node = getPosition(data.position);
  expectEnum(data.reader, model::ReaderKind_MAX, node, "reader");
  // Trainers hold no absolute path.
  if (llvm::sys::path::is_absolute(data.folder))
    error(node, "folder",
          "expected a folder relative to the model file, got '" +
              llvm::Twine(data.folder) + "'",
          "a trainer takes any folder as --data");
  expect(std::isfinite(float(data.scale)) && data.scale != 0, node, "scale",
         "to be finite and not 0", data.scale);
  if (!model.inputs.empty() && model.inputs.front() &&
      model.inputs.front()->dtype == model::DataType_int32)
    expect(data.scale == 1, node, "scale", "to be 1 where the input is int32",
           data.scale);
  const model::SplitT *train = data.train.get(), *test = data.test.get(),
                      *validation = data.validation.get();
  // Validation that shares a split is checked with it.
  for (const model::SplitT *other : {train, test})
    if (validation && other && validation->inputs == other->inputs &&
        validation->targets == other->targets)
      validation = nullptr;
  for (const model::SplitT *split : {train, validation, test})
    checkSplit(split);
  bool isCsv = data.reader == model::ReaderKind_csv;
  if (isCsv && data.target_columns.empty())
    error(node, "target_columns", "the csv reader needs 'target_columns'");
  if (!isCsv && !data.target_columns.empty())
    error(node, "target_columns", "only the csv reader has 'target_columns'");
  if (!isCsv && !data.text_column.empty())
    error(node, "text_column", "only the csv reader has 'text_column'");
  checkTexts(data);
  checkClasses(data);
}

/// What texts need, and what nothing else may have.
void Validator::checkTexts(const model::DataT &data) {
  Position node = getPosition(data.position);
  if (data.tokenizer)
    checkTokenizer(*data.tokenizer);
  if (data.pad_sequences)
    checkPadding(*data.pad_sequences);
  if (!readsTexts(data)) {
    if (data.tokenizer)
      error(node, "tokenizer", "only texts have a 'tokenizer'",
            "csv has texts in its 'text_column'");
    if (data.pad_sequences)
      error(node, "pad_sequences", "only texts have 'pad_sequences'",
            "csv has texts in its 'text_column'");
    return;
  }
  if (!data.tokenizer)
    error(node, "tokenizer", "texts need a 'tokenizer'",
          "'tokenizer = {}' has Keras's defaults");
  if (llvm::is_contained(data.target_columns, data.text_column))
    error(node, "text_column",
          "the column '" + llvm::Twine(data.text_column) +
              "' is both the text and a target");
  if (model.inputs.empty() || !model.inputs.front())
    return;
  const model::InputT &input = *model.inputs.front();
  Position place = getPosition(input.position);
  if (input.dtype != model::DataType_int32)
    error(place, "dtype", "expected 'dtype' int32 for texts, got float32",
          "leave it out");
  if (input.shape.size() > 1)
    error(place, "shape",
          "expected 'shape' to have one dimension for texts, got " +
              llvm::Twine(input.shape.size()));
}

void Validator::checkClasses(const model::DataT &data) {
  Position node = getPosition(data.position);
  if (data.classes.empty())
    return;
  if (data.reader != model::ReaderKind_text_folders)
    return error(node, "classes", "only the text-folders reader has 'classes'");
  expect(data.classes.size() >= 2, node, "classes",
         "to name at least 2 folders", data.classes.size());
  llvm::StringMap<bool> names;
  for (const std::string &name : data.classes) {
    if (name.empty() || name.size() > maxNameLength || name.front() == '.' ||
        name.find_first_of(llvm::StringRef("/\0", 2)) != std::string::npos)
      error(node, "classes",
            "expected the name of a folder in 'classes', got '" +
                llvm::StringRef(name).take_front(maxNameLength) + "'");
    else if (!names.try_emplace(name, true).second)
      error(node, "classes", "the class '" + name + "' is there twice");
  }
}

void Validator::checkTokenizer(const model::TokenizerT &tokenizer) {
  Position node = getPosition(tokenizer.position);
  // 0 is the schema's way to say all; a file need not write it.
  expect(tokenizer.num_words >= 0 && tokenizer.num_words <= maxExtent, node,
         "num_words", "to be from 0 to " + llvm::Twine(maxExtent),
         tokenizer.num_words);
  if (tokenizer.split.empty() && !tokenizer.char_level)
    error(node, "split", "expected 'split' to be at least one character");
  if (places.has(node, "oov_token") && tokenizer.oov_token.empty())
    error(node, "oov_token", "expected 'oov_token' to be a word",
          "leave it out to drop words that are not known");
}

void Validator::checkPadding(const model::PadSequencesT &padding) {
  Position node = getPosition(padding.position);
  // 0 is the schema's way to say the input's length; a file cannot write it.
  expect(padding.maxlen >= (places.has(node, "maxlen") ? 1 : 0) &&
             padding.maxlen <= maxExtent,
         node, "maxlen", "to be from 1 to " + llvm::Twine(maxExtent),
         padding.maxlen);
  expectEnum(padding.padding, model::Side_MAX, node, "padding");
  expectEnum(padding.truncating, model::Side_MAX, node, "truncating");
  expect(padding.value >= 0 && padding.value <= INT32_MAX, node, "value",
         "to be from 0 to " + llvm::Twine(INT32_MAX), padding.value);
}

void Validator::checkSplit(const model::SplitT *split) {
  if (!split)
    return;
  Position node = getPosition(split->position);
  bool isCsv = model.data->reader == model::ReaderKind_csv;
  bool isFolder = model.data->reader == model::ReaderKind_text_folders;
  if (split->inputs.empty())
    error(node, "inputs", "the split needs a file of 'inputs'");
  if (isCsv && !split->targets.empty())
    error(node, "targets", "the csv reader takes targets from 'inputs'",
          "name their columns in 'target_columns'");
  if (isFolder && !split->targets.empty())
    error(node, "targets",
          "the text-folders reader takes targets from the folders of 'inputs'",
          "name them in 'classes'");
  if (!isCsv && !isFolder && split->targets.empty())
    error(node, "targets", "the split needs a file of 'targets'");
  for (auto [key, file] : {std::make_pair("inputs", &split->inputs),
                           std::make_pair("targets", &split->targets)})
    if (llvm::sys::path::is_absolute(*file))
      error(node, key,
            "expected a file relative to the data folder, got '" +
                llvm::Twine(*file) + "'");
}

void kiln::validateModel(const model::ModelT &model, const ValuePlaces &places,
                         Diagnostics &diagnostics) {
  Validator(model, places, diagnostics).run();
}

std::vector<const model::LayerT *>
kiln::sortLayers(const model::ModelT &model) {
  llvm::StringMap<const model::LayerT *> layers;
  for (const auto &layer : model.layers)
    layers[layer->name] = layer.get();
  std::vector<const model::LayerT *> sorted;
  llvm::SmallPtrSet<const model::LayerT *, 16> seen;
  std::function<void(const model::LayerT *)> visit =
      [&](const model::LayerT *layer) {
        if (!layer || !seen.insert(layer).second)
          return;
        for (const std::string &input : layer->inputs)
          visit(layers.lookup(input));
        sorted.push_back(layer);
      };
  visit(model.output.empty() ? model.layers.back().get()
                             : layers.lookup(model.output));
  return sorted;
}
