//===- LayerReaders.cpp - Layer types of model files ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Options, their defaults and their meanings are those of Keras 3.
//
//===----------------------------------------------------------------------===//

#include "frontend/LayerReaders.h"

#include "llvm/ADT/StringExtras.h"

using namespace kiln;

static constexpr std::pair<llvm::StringLiteral, model::Activation>
    activations[] = {{"linear", model::Activation_linear},
                     {"relu", model::Activation_relu},
                     {"sigmoid", model::Activation_sigmoid},
                     {"tanh", model::Activation_tanh},
                     {"softmax", model::Activation_softmax},
                     {"hard_sigmoid", model::Activation_hard_sigmoid}};

static constexpr std::pair<llvm::StringLiteral, model::InitializerKind>
    initializers[] = {{"zeros", model::InitializerKind_zeros},
                      {"ones", model::InitializerKind_ones},
                      {"constant", model::InitializerKind_constant},
                      {"random_uniform", model::InitializerKind_random_uniform},
                      {"uniform", model::InitializerKind_random_uniform},
                      {"glorot_uniform", model::InitializerKind_glorot_uniform},
                      {"he_normal", model::InitializerKind_he_normal},
                      {"orthogonal", model::InitializerKind_orthogonal}};

static constexpr std::pair<llvm::StringLiteral, model::MergeMode> mergeModes[] =
    {{"concat", model::MergeMode_concat},
     {"sum", model::MergeMode_sum},
     {"mul", model::MergeMode_mul},
     {"ave", model::MergeMode_ave}};

static constexpr std::pair<llvm::StringLiteral, model::RecurrentKind>
    recurrentKinds[] = {{"SimpleRNN", model::RecurrentKind_simple_rnn},
                        {"LSTM", model::RecurrentKind_lstm},
                        {"GRU", model::RecurrentKind_gru}};

//===----------------------------------------------------------------------===//
// Values that several layers take
//===----------------------------------------------------------------------===//

static void readInitializer(TableReader &table, llvm::StringRef key,
                            std::unique_ptr<model::InitializerT> &result,
                            ReadContext &context) {
  const Value *value = table.find(key);
  if (!value)
    return;
  auto initializer = std::make_unique<model::InitializerT>();
  TableReader options = TableReader::variant(*value, "initializer", context);
  initializer->position = options.copyPosition();
  if (!options.chooseName(initializer->kind,
                          Choices<model::InitializerKind>(initializers)))
    return;
  if (initializer->kind == model::InitializerKind_constant) {
    options.read("value", initializer->value);
  } else if (initializer->kind == model::InitializerKind_random_uniform) {
    options.read("minval", initializer->minval);
    options.read("maxval", initializer->maxval);
  }
  result = std::move(initializer);
}

static std::unique_ptr<model::InitializerT>
makeInitializer(model::InitializerKind kind, model::Position position) {
  auto initializer = std::make_unique<model::InitializerT>();
  initializer->kind = kind;
  initializer->position = std::make_unique<model::Position>(position);
  return initializer;
}

/// `"l2"`, `{ type = "l2", l2 = 1e-4 }` or, without a type, `{ l2 = 1e-4 }`.
static void readRegularizer(TableReader &table, llvm::StringRef key,
                            std::unique_ptr<model::RegularizerT> &result,
                            ReadContext &context) {
  enum class Kind { L1, L2, L1L2 };
  static constexpr std::pair<llvm::StringLiteral, Kind> kinds[] = {
      {"l1", Kind::L1}, {"l2", Kind::L2}, {"l1_l2", Kind::L1L2}};
  // Keras's: a penalty that is asked for by name alone is 0.01, but l1_l2 has
  // none unless told.
  constexpr double named = 0.01;

  const Value *value = table.find(key);
  if (!value)
    return;
  auto regularizer = std::make_unique<model::RegularizerT>();
  bool isTyped = value->kind != Value::Kind::Table ||
                 llvm::any_of(value->members, [](const Member &member) {
                   return member.key == "type";
                 });
  TableReader options =
      isTyped ? TableReader::variant(*value, "regularizer", context)
              : TableReader(*value, "a regularizer", context);
  regularizer->position = options.copyPosition();
  Kind kind = Kind::L1L2;
  if (isTyped && !options.chooseName(kind, Choices<Kind>(kinds)))
    return;
  if (kind != Kind::L2) {
    regularizer->l1 = kind == Kind::L1 ? named : 0.0;
    options.read("l1", regularizer->l1);
  }
  if (kind != Kind::L1) {
    regularizer->l2 = kind == Kind::L2 ? named : 0.0;
    options.read("l2", regularizer->l2);
  }
  result = std::move(regularizer);
}

/// A weight's `<weight>_initializer` and `<weight>_regularizer`.
static void readWeight(TableReader &table, llvm::StringRef initializerKey,
                       llvm::StringRef regularizerKey,
                       model::InitializerKind byDefault,
                       std::unique_ptr<model::InitializerT> &initializer,
                       std::unique_ptr<model::RegularizerT> &regularizer,
                       ReadContext &context) {
  initializer = makeInitializer(byDefault, table.getPosition());
  readInitializer(table, initializerKey, initializer, context);
  readRegularizer(table, regularizerKey, regularizer, context);
}

/// The same for a bias, which has no initializer where there is none.
static void readBias(TableReader &table, bool useBias,
                     std::unique_ptr<model::InitializerT> &initializer,
                     std::unique_ptr<model::RegularizerT> &regularizer,
                     ReadContext &context) {
  readWeight(table, "bias_initializer", "bias_regularizer",
             model::InitializerKind_zeros, initializer, regularizer, context);
  if (!useBias && !table.find("bias_initializer"))
    initializer = nullptr;
}

static void readSeed(TableReader &table, int64_t &seed) {
  if (!table.find("seed"))
    return;
  seed = 0;
  table.read("seed", seed);
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

static void readFlatten(TableReader &table, model::LayerOptionsUnion &options,
                        ReadContext &context) {
  options.Set(model::FlattenOptionsT());
}

static void readDense(TableReader &table, model::LayerOptionsUnion &options,
                      ReadContext &context) {
  model::DenseOptionsT dense;
  table.read("units", dense.units, Presence::Required);
  table.read("activation", dense.activation,
             Choices<model::Activation>(activations));
  table.read("use_bias", dense.use_bias);
  readWeight(table, "kernel_initializer", "kernel_regularizer",
             model::InitializerKind_glorot_uniform, dense.kernel_initializer,
             dense.kernel_regularizer, context);
  readBias(table, dense.use_bias, dense.bias_initializer,
           dense.bias_regularizer, context);
  options.Set(std::move(dense));
}

static void readActivation(TableReader &table,
                           model::LayerOptionsUnion &options,
                           ReadContext &context) {
  model::ActivationOptionsT activation;
  table.read("activation", activation.activation,
             Choices<model::Activation>(activations), Presence::Required);
  options.Set(std::move(activation));
}

template <typename Options>
static void readDropout(TableReader &table, model::LayerOptionsUnion &options,
                        ReadContext &context) {
  Options dropout;
  table.read("rate", dropout.rate, Presence::Required);
  readSeed(table, dropout.seed);
  options.Set(std::move(dropout));
}

static void readEmbedding(TableReader &table, model::LayerOptionsUnion &options,
                          ReadContext &context) {
  model::EmbeddingOptionsT embedding;
  table.read("input_dim", embedding.input_dim, Presence::Required);
  table.read("output_dim", embedding.output_dim, Presence::Required);
  table.read("mask_zero", embedding.mask_zero);
  readWeight(table, "embeddings_initializer", "embeddings_regularizer",
             model::InitializerKind_random_uniform,
             embedding.embeddings_initializer, embedding.embeddings_regularizer,
             context);
  options.Set(std::move(embedding));
}

static model::RecurrentOptionsT
readCell(TableReader &table, model::RecurrentKind kind, ReadContext &context) {
  model::RecurrentOptionsT cell;
  cell.kind = kind;
  table.read("units", cell.units, Presence::Required);
  table.read("activation", cell.activation,
             Choices<model::Activation>(activations));
  if (kind != model::RecurrentKind_simple_rnn)
    table.read("recurrent_activation", cell.recurrent_activation,
               Choices<model::Activation>(activations));
  table.read("use_bias", cell.use_bias);
  readWeight(table, "kernel_initializer", "kernel_regularizer",
             model::InitializerKind_glorot_uniform, cell.kernel_initializer,
             cell.kernel_regularizer, context);
  readWeight(table, "recurrent_initializer", "recurrent_regularizer",
             model::InitializerKind_orthogonal, cell.recurrent_initializer,
             cell.recurrent_regularizer, context);
  readBias(table, cell.use_bias, cell.bias_initializer, cell.bias_regularizer,
           context);
  if (kind == model::RecurrentKind_lstm)
    table.read("unit_forget_bias", cell.unit_forget_bias);
  if (kind == model::RecurrentKind_gru)
    table.read("reset_after", cell.reset_after);
  table.read("dropout", cell.dropout);
  table.read("recurrent_dropout", cell.recurrent_dropout);
  readSeed(table, cell.seed);
  table.read("return_sequences", cell.return_sequences);
  table.read("go_backwards", cell.go_backwards);
  return cell;
}

template <model::RecurrentKind kind>
static void readRecurrent(TableReader &table, model::LayerOptionsUnion &options,
                          ReadContext &context) {
  options.Set(readCell(table, kind, context));
}

static void readBidirectional(TableReader &table,
                              model::LayerOptionsUnion &options,
                              ReadContext &context) {
  model::BidirectionalOptionsT bidirectional;
  table.read("merge_mode", bidirectional.merge_mode,
             Choices<model::MergeMode>(mergeModes));
  if (const Value *value = table.find("layer", Presence::Required)) {
    TableReader inner =
        TableReader::variant(*value, "recurrent layer", context);
    model::RecurrentKind kind;
    if (inner.chooseName(kind, Choices<model::RecurrentKind>(recurrentKinds))) {
      if (inner.find("name"))
        inner.read("name", bidirectional.layer_name);
      else
        bidirectional.layer_name =
            makeDefaultName(inner.getName(), context.unnamed);
      context.places.add(table.getPosition(), "layer_name",
                         context.places.find(inner.getPosition(), "name"));
      // Validation looks for the options' places under the layer's own.
      inner.setPosition(table.getPosition());
      bidirectional.layer = std::make_unique<model::RecurrentOptionsT>(
          readCell(inner, kind, context));
    } else {
      context.places.setReported(table.getPosition(), "layer");
    }
  }
  options.Set(std::move(bidirectional));
}

static void readGlobalAveragePooling1D(TableReader &table,
                                       model::LayerOptionsUnion &options,
                                       ReadContext &context) {
  options.Set(model::GlobalAveragePooling1DOptionsT());
}

static void readGlobalMaxPooling1D(TableReader &table,
                                   model::LayerOptionsUnion &options,
                                   ReadContext &context) {
  options.Set(model::GlobalMaxPooling1DOptionsT());
}

llvm::ArrayRef<LayerType> kiln::getLayerTypes() {
  static constexpr LayerType types[] = {
      {"Flatten", readFlatten},
      {"Dense", readDense},
      {"Activation", readActivation},
      {"Dropout", readDropout<model::DropoutOptionsT>},
      {"SpatialDropout1D", readDropout<model::SpatialDropout1DOptionsT>},
      {"Embedding", readEmbedding},
      {"LSTM", readRecurrent<model::RecurrentKind_lstm>},
      {"GRU", readRecurrent<model::RecurrentKind_gru>},
      {"SimpleRNN", readRecurrent<model::RecurrentKind_simple_rnn>},
      {"Bidirectional", readBidirectional},
      {"GlobalAveragePooling1D", readGlobalAveragePooling1D},
      {"GlobalMaxPooling1D", readGlobalMaxPooling1D},
  };
  return types;
}

std::string kiln::getDefaultName(llvm::StringRef type) {
  std::string name;
  for (size_t i = 0; i < type.size(); ++i) {
    // A capital begins a word after a small letter and before one: RNNCell.
    if (i && llvm::isUpper(type[i]) &&
        (llvm::isLower(type[i - 1]) ||
         (i + 1 < type.size() && llvm::isLower(type[i + 1]))))
      name += '_';
    name += llvm::toLower(type[i]);
  }
  return name;
}

std::string kiln::makeDefaultName(llvm::StringRef type,
                                  llvm::StringMap<unsigned> &unnamed) {
  std::string name = getDefaultName(type);
  if (unsigned number = unnamed[name]++)
    name += "_" + std::to_string(number);
  return name;
}
