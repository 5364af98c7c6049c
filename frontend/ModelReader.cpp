//===- ModelReader.cpp - From a model file to the syntax tree -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/ModelReader.h"

#include "frontend/BinaryModel.h"
#include "frontend/LayerReaders.h"
#include "frontend/TomlReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace kiln;

/// Model files are written by hand; what is larger is another kind of file.
static constexpr uint64_t maxFileSize = 1 << 20;

static constexpr std::pair<llvm::StringLiteral, model::LossKind> losses[] = {
    {"sparse_categorical_crossentropy",
     model::LossKind_sparse_categorical_crossentropy},
    {"binary_crossentropy", model::LossKind_binary_crossentropy},
    {"mse", model::LossKind_mse},
    {"mean_squared_error", model::LossKind_mse}};

static constexpr std::pair<llvm::StringLiteral, model::Precision> precisions[] =
    {{"float32", model::Precision_float32},
     {"mixed_bfloat16", model::Precision_mixed_bfloat16}};

static constexpr std::pair<llvm::StringLiteral, model::OptimizerKind>
    optimizers[] = {{"sgd", model::OptimizerKind_sgd},
                    {"adam", model::OptimizerKind_adam}};

static constexpr std::pair<llvm::StringLiteral, model::MetricKind> metrics[] = {
    {"accuracy", model::MetricKind_accuracy},
    {"acc", model::MetricKind_accuracy},
    {"precision", model::MetricKind_precision},
    {"Precision", model::MetricKind_precision},
    {"recall", model::MetricKind_recall},
    {"Recall", model::MetricKind_recall},
    {"auc", model::MetricKind_auc},
    {"AUC", model::MetricKind_auc},
    {"f1", model::MetricKind_f1},
    {"f1_score", model::MetricKind_f1},
    {"F1Score", model::MetricKind_f1}};

static constexpr std::pair<llvm::StringLiteral, model::MonitorMode> modes[] = {
    {"auto", model::MonitorMode_automatic},
    {"min", model::MonitorMode_min},
    {"max", model::MonitorMode_max}};

static constexpr std::pair<llvm::StringLiteral, model::CallbackOptions>
    callbacks[] = {
        {"EarlyStopping", model::CallbackOptions_EarlyStoppingOptions},
        {"ReduceLROnPlateau", model::CallbackOptions_ReduceLROnPlateauOptions},
        {"ModelCheckpoint", model::CallbackOptions_ModelCheckpointOptions}};

static constexpr std::pair<llvm::StringLiteral, model::ReaderKind> readers[] = {
    {"idx", model::ReaderKind_idx},
    {"npy", model::ReaderKind_npy},
    {"csv", model::ReaderKind_csv},
    {"text-folders", model::ReaderKind_text_folders}};

static constexpr std::pair<llvm::StringLiteral, model::Side> sides[] = {
    {"pre", model::Side_pre}, {"post", model::Side_post}};

/// What Keras's Tokenizer leaves out of words unless told otherwise.
static constexpr llvm::StringLiteral defaultFilters =
    "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n";

static constexpr std::pair<llvm::StringLiteral, model::DataType> dataTypes[] = {
    {"float32", model::DataType_float32}, {"int32", model::DataType_int32}};

namespace {

/// Reads the sections of one document into a model.
class DocumentReader {
public:
  DocumentReader(model::ModelT &model, Diagnostics &diagnostics)
      : model(model), diagnostics(diagnostics), context{diagnostics, {}, {}} {}

  void read(const Value &document);

private:
  void readData(const Value &section);
  void readSplit(TableReader &data, llvm::StringRef key,
                 std::unique_ptr<model::SplitT> &split);
  void readValidation(TableReader &data);
  void readTokenizer(const Value &value);
  void readPadding(const Value &value);
  void readInput(TableReader &table);
  void readLayers(const Value *layers);
  void readLayer(TableReader &table, llvm::StringRef type,
                 std::string &previous);
  void readCompile(const Value &section);
  void readLoss(const Value &value);
  void readOptimizer(const Value &value);
  void readFit(const Value *section);
  void readClassWeight(const Value &table);
  void readCallbacks(const Value *callbacks);

  model::ModelT &model;
  Diagnostics &diagnostics;
  ReadContext context;
};

} // namespace

void DocumentReader::read(const Value &document) {
  {
    TableReader root(document, "the model file", context);
    root.setPosition(model::Position());
    int64_t version = model.version;
    root.read("version", version);
    // Validation compares it; what does not fit is as wrong as what does.
    model.version = version > 0 && version <= UINT32_MAX ? version : 0;

    model.name = "model";
    if (const Value *section = root.find("model")) {
      TableReader table(*section, "[model]", context);
      table.read("name", model.name);
      context.places.add(model::Position(), "name",
                         context.places.find(table.getPosition(), "name"));
      table.read("output", model.output);
      context.places.add(model::Position(), "output",
                         context.places.find(table.getPosition(), "output"));
    }
    if (const Value *section = root.find("data"))
      readData(*section);
    if (const Value *section = root.find("input")) {
      TableReader table(*section, "[input]", context);
      readInput(table);
    }
    readLayers(root.find("layer"));
    if (const Value *section = root.find("compile"))
      readCompile(*section);
    readFit(root.find("fit"));
    readCallbacks(root.find("callback"));
  }
  validateModel(model, context.places, diagnostics);
}

void DocumentReader::readData(const Value &section) {
  model.data = std::make_unique<model::DataT>();
  model::DataT &data = *model.data;
  TableReader table(section, "[data]", context);
  data.position = table.copyPosition();
  table.read("reader", data.reader, Choices<model::ReaderKind>(readers),
             Presence::Required);
  table.read("folder", data.folder);
  readSplit(table, "train", data.train);
  readSplit(table, "test", data.test);
  readValidation(table);
  table.read("scale", data.scale);
  if (const Value *columns = table.find("target_columns")) {
    if (table.expect(*columns, "target_columns", Value::Kind::Array)) {
      for (const Value &column : columns->elements) {
        if (column.kind == Value::Kind::Integer)
          data.target_columns.push_back(std::to_string(column.integer));
        else if (table.expect(column, "target_columns", Value::Kind::String))
          data.target_columns.push_back(column.string);
      }
    }
  }
  table.read("header", data.header);
  table.read("text_column", data.text_column);
  table.read("classes", data.classes);
  if (const Value *value = table.find("tokenizer"))
    readTokenizer(*value);
  if (const Value *value = table.find("pad_sequences"))
    readPadding(*value);
}

void DocumentReader::readSplit(TableReader &data, llvm::StringRef key,
                               std::unique_ptr<model::SplitT> &split) {
  const Value *value = data.find(key);
  if (!value)
    return;
  split = std::make_unique<model::SplitT>();
  if (value->kind == Value::Kind::String) {
    // A file or folder that holds the targets too.
    split->position = std::make_unique<model::Position>(value->position);
    split->inputs = value->string;
    return;
  }
  TableReader table(*value, "'" + key + "'", context);
  split->position = table.copyPosition();
  table.read("inputs", split->inputs, Presence::Required);
  table.read("targets", split->targets);
}

/// A string names one of the other splits, which validation then shares.
void DocumentReader::readValidation(TableReader &table) {
  model::DataT &data = *model.data;
  const Value *value = table.find("validation");
  if (!value || value->kind != Value::Kind::String)
    return readSplit(table, "validation", data.validation);
  const std::unique_ptr<model::SplitT> *named =
      value->string == "train"  ? &data.train
      : value->string == "test" ? &data.test
                                : nullptr;
  if (!named)
    return table.reportUnknown(value->string, value->position, "split",
                               {"train", "test"});
  if (!*named)
    return diagnostics.error(value->position, "'validation' names the split '" +
                                                  value->string +
                                                  "', which is not there");
  data.validation = std::make_unique<model::SplitT>();
  data.validation->inputs = (*named)->inputs;
  data.validation->targets = (*named)->targets;
  data.validation->position =
      std::make_unique<model::Position>(getPosition((*named)->position));
}

void DocumentReader::readTokenizer(const Value &value) {
  auto tokenizer = std::make_unique<model::TokenizerT>();
  TableReader table(value, "'tokenizer'", context);
  tokenizer->position = table.copyPosition();
  tokenizer->filters = defaultFilters.str();
  tokenizer->split = " ";
  table.read("num_words", tokenizer->num_words);
  table.read("filters", tokenizer->filters);
  table.read("lower", tokenizer->lower);
  table.read("split", tokenizer->split);
  table.read("char_level", tokenizer->char_level);
  table.read("oov_token", tokenizer->oov_token);
  model.data->tokenizer = std::move(tokenizer);
}

void DocumentReader::readPadding(const Value &value) {
  auto padding = std::make_unique<model::PadSequencesT>();
  TableReader table(value, "'pad_sequences'", context);
  padding->position = table.copyPosition();
  table.read("maxlen", padding->maxlen);
  table.read("padding", padding->padding, Choices<model::Side>(sides));
  table.read("truncating", padding->truncating, Choices<model::Side>(sides));
  table.read("value", padding->value);
  model.data->pad_sequences = std::move(padding);
}

void DocumentReader::readInput(TableReader &table) {
  auto input = std::make_unique<model::InputT>();
  input->name = "input";
  input->position = table.copyPosition();
  table.read("name", input->name);
  table.read("shape", input->shape, Presence::Required);
  // Texts become token ids.
  if (model.data && readsTexts(*model.data))
    input->dtype = model::DataType_int32;
  table.read("dtype", input->dtype, Choices<model::DataType>(dataTypes));
  model.inputs.push_back(std::move(input));
}

void DocumentReader::readLayers(const Value *layers) {
  if (!layers)
    return;
  if (layers->kind != Value::Kind::Array) {
    diagnostics.error(layers->position, "expected [[layer]], a table a layer");
    context.places.setReported(model::Position(), "layer");
    return;
  }
  std::string previous = model.inputs.empty() ? "" : model.inputs.front()->name;
  for (const Value &element : layers->elements) {
    TableReader table(element, "[[layer]]", context);
    const Value *type = table.find("type", Presence::Required);
    if (!type || !table.expect(*type, "type", Value::Kind::String)) {
      table.ignoreUnknown();
      // Later layers may refer to this one.
      readLayer(table, "", previous);
      continue;
    }
    // A layer is at the line that says what it is.
    for (const Member &member : element.members)
      if (member.key == "type")
        table.setPosition(member.position);
    table.setWhat(type->string);
    context.places.add(table.getPosition(), "type", type->position);
    if (type->string == "Input") {
      readInput(table);
      previous = model.inputs.back()->name;
    } else {
      readLayer(table, type->string, previous);
    }
  }
}

/// Reads a layer whose type may be one that there is not, and is then reported:
/// the layer takes its place in the graph all the same.
void DocumentReader::readLayer(TableReader &table, llvm::StringRef type,
                               std::string &previous) {
  auto layer = std::make_unique<model::LayerT>();
  layer->position = table.copyPosition();
  if (table.find("name")) {
    table.read("name", layer->name);
  } else {
    layer->name =
        makeDefaultName(type.empty() ? "layer" : type, context.unnamed);
  }
  table.read("inputs", layer->inputs);
  if (!table.find("inputs") && !previous.empty())
    layer->inputs.push_back(previous);
  previous = layer->name;

  llvm::SmallVector<llvm::StringRef> names = {"Input"};
  const LayerType *found = nullptr;
  for (const LayerType &candidate : getLayerTypes()) {
    names.push_back(candidate.name);
    if (candidate.name == type)
      found = &candidate;
  }
  if (found) {
    found->read(table, layer->options, context);
  } else {
    context.places.setReported(table.getPosition(), "type");
    table.ignoreUnknown();
    if (!type.empty())
      table.reportUnknown(type,
                          context.places.find(table.getPosition(), "type"),
                          "layer type", names);
  }
  model.layers.push_back(std::move(layer));
}

void DocumentReader::readCompile(const Value &section) {
  model.compile = std::make_unique<model::CompileT>();
  TableReader table(section, "[compile]", context);
  model.compile->position = table.copyPosition();
  if (const Value *value = table.find("optimizer", Presence::Required))
    readOptimizer(*value);
  if (const Value *value = table.find("loss", Presence::Required))
    readLoss(*value);
  const Value *names = table.find("metrics");
  if (!names || !table.expect(*names, "metrics", Value::Kind::Array))
    return;
  for (const Value &name : names->elements) {
    auto metric = std::make_unique<model::MetricT>();
    metric->position = std::make_unique<model::Position>(name.position);
    metric->name = name.string;
    if (table.expect(name, "metrics", Value::Kind::String) &&
        table.choose(name.string, name.position, "metric", metric->kind,
                     Choices<model::MetricKind>(metrics)))
      model.compile->metrics.push_back(std::move(metric));
  }
}

void DocumentReader::readLoss(const Value &value) {
  auto loss = std::make_unique<model::LossT>();
  TableReader table = TableReader::variant(value, "loss", context);
  loss->position = table.copyPosition();
  if (table.chooseName(loss->kind, Choices<model::LossKind>(losses)) &&
      loss->kind != model::LossKind_mse)
    table.read("from_logits", loss->from_logits);
  model.compile->loss = std::move(loss);
}

void DocumentReader::readOptimizer(const Value &value) {
  auto optimizer = std::make_unique<model::OptimizerT>();
  TableReader table = TableReader::variant(value, "optimizer", context);
  optimizer->position = table.copyPosition();
  optimizer->learning_rate = 0.01;
  if (table.chooseName(optimizer->kind,
                       Choices<model::OptimizerKind>(optimizers))) {
    switch (optimizer->kind) {
    case model::OptimizerKind_sgd:
      table.read("learning_rate", optimizer->learning_rate);
      table.read("momentum", optimizer->momentum);
      table.read("nesterov", optimizer->nesterov);
      break;
    case model::OptimizerKind_adam:
      optimizer->learning_rate = 0.001;
      table.read("learning_rate", optimizer->learning_rate);
      table.read("beta_1", optimizer->beta_1);
      table.read("beta_2", optimizer->beta_2);
      table.read("epsilon", optimizer->epsilon);
      break;
    }
  }
  model.compile->optimizer = std::move(optimizer);
}

void DocumentReader::readFit(const Value *section) {
  model.fit = std::make_unique<model::FitT>();
  model::FitT &fit = *model.fit;
  fit.position = std::make_unique<model::Position>();
  if (!section)
    return;
  TableReader table(*section, "[fit]", context);
  fit.position = table.copyPosition();
  table.read("epochs", fit.epochs);
  table.read("batch_size", fit.batch_size);
  table.read("shuffle", fit.shuffle);
  table.read("seed", fit.seed);
  table.read("validation_split", fit.validation_split);
  table.read("precision", fit.precision, Choices<model::Precision>(precisions));
  if (const Value *weights = table.find("class_weight"))
    readClassWeight(*weights);
}

/// `{ "0" = 1.0, "1" = 2.0 }`: TOML's keys are text.
void DocumentReader::readClassWeight(const Value &table) {
  TableReader reader(table, "'class_weight'", context);
  reader.ignoreUnknown();
  for (const Member &member : table.members) {
    auto weight = std::make_unique<model::ClassWeightT>();
    weight->position = std::make_unique<model::Position>(member.position);
    if (llvm::StringRef(member.key).getAsInteger(10, weight->class_index)) {
      diagnostics.error(member.position,
                        "expected a class number as key of 'class_weight', "
                        "got '" +
                            member.key + "'");
      continue;
    }
    const Value &value = member.value;
    context.places.add(member.position, "class_weight", value.position);
    if (reader.expect(value, "class_weight", Value::Kind::Number)) {
      weight->weight = value.number;
      model.fit->class_weight.push_back(std::move(weight));
    }
  }
  auto key = [](const auto &weight) {
    return std::make_tuple(weight->class_index, weight->position->line(),
                           weight->position->column());
  };
  llvm::sort(model.fit->class_weight,
             [&](const auto &a, const auto &b) { return key(a) < key(b); });
}

static void readMonitor(TableReader &table, std::string &monitor,
                        model::MonitorMode &mode) {
  monitor = "val_loss";
  table.read("monitor", monitor);
  table.read("mode", mode, Choices<model::MonitorMode>(modes));
}

static void readEarlyStopping(TableReader &table,
                              model::CallbackOptionsUnion &options) {
  model::EarlyStoppingOptionsT stopping;
  readMonitor(table, stopping.monitor, stopping.mode);
  table.read("min_delta", stopping.min_delta);
  table.read("patience", stopping.patience);
  stopping.has_baseline = table.find("baseline") != nullptr;
  table.read("baseline", stopping.baseline);
  table.read("restore_best_weights", stopping.restore_best_weights);
  table.read("start_from_epoch", stopping.start_from_epoch);
  options.Set(std::move(stopping));
}

static void readPlateau(TableReader &table,
                        model::CallbackOptionsUnion &options) {
  model::ReduceLROnPlateauOptionsT plateau;
  readMonitor(table, plateau.monitor, plateau.mode);
  table.read("factor", plateau.factor);
  table.read("patience", plateau.patience);
  table.read("min_delta", plateau.min_delta);
  table.read("cooldown", plateau.cooldown);
  table.read("min_lr", plateau.min_lr);
  options.Set(std::move(plateau));
}

void DocumentReader::readCallbacks(const Value *list) {
  if (!list)
    return;
  if (list->kind != Value::Kind::Array) {
    diagnostics.error(list->position,
                      "expected [[callback]], a table a callback");
    return;
  }
  for (const Value &element : list->elements) {
    TableReader table = TableReader::variant(element, "callback", context);
    auto callback = std::make_unique<model::CallbackT>();
    callback->position = table.copyPosition();
    auto type = model::CallbackOptions_NONE;
    if (!table.chooseName(type, Choices<model::CallbackOptions>(callbacks)))
      continue;
    switch (type) {
    case model::CallbackOptions_EarlyStoppingOptions:
      readEarlyStopping(table, callback->options);
      break;
    case model::CallbackOptions_ReduceLROnPlateauOptions:
      readPlateau(table, callback->options);
      break;
    default: {
      model::ModelCheckpointOptionsT checkpoint;
      readMonitor(table, checkpoint.monitor, checkpoint.mode);
      callback->options.Set(std::move(checkpoint));
    }
    }
    model.callbacks.push_back(std::move(callback));
  }
}

std::unique_ptr<model::ModelT> kiln::parseModel(llvm::StringRef text,
                                                llvm::StringRef path,
                                                Diagnostics &diagnostics) {
  diagnostics.setFile(path);
  std::optional<Value> document = parseToml(text, diagnostics);
  if (!document)
    return nullptr;
  auto model = std::make_unique<model::ModelT>();
  model->source = llvm::sys::path::filename(path).str();
  DocumentReader(*model, diagnostics).read(*document);
  return diagnostics.hasErrors() ? nullptr : std::move(model);
}

std::unique_ptr<model::ModelT> kiln::loadModel(llvm::StringRef path,
                                               Diagnostics &diagnostics) {
  diagnostics.setFile(path);
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    diagnostics.reportUnreadable(buffer.getError());
    return nullptr;
  }
  llvm::StringRef content = (*buffer)->getBuffer();
  if (content.size() > maxFileSize) {
    diagnostics.error(model::Position(),
                      "expected a model file of at most 1 MiB, got " +
                          llvm::Twine(content.size()) + " bytes");
    return nullptr;
  }
  if (!isBinaryModel(content))
    return parseModel(content, path, diagnostics);
  std::string error;
  std::unique_ptr<model::ModelT> model = readBinaryModel(content, error);
  if (!model)
    diagnostics.error(model::Position(), "invalid binary model: " + error);
  else
    diagnostics.setFile(model->source);
  return model;
}
