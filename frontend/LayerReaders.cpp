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
                     {"softmax", model::Activation_softmax}};

static constexpr std::pair<llvm::StringLiteral, model::InitializerKind>
    initializers[] = {{"zeros", model::InitializerKind_zeros},
                      {"ones", model::InitializerKind_ones},
                      {"constant", model::InitializerKind_constant},
                      {"random_uniform", model::InitializerKind_random_uniform},
                      {"glorot_uniform", model::InitializerKind_glorot_uniform},
                      {"he_normal", model::InitializerKind_he_normal}};

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
  dense.kernel_initializer = makeInitializer(
      model::InitializerKind_glorot_uniform, table.getPosition());
  if (dense.use_bias)
    dense.bias_initializer =
        makeInitializer(model::InitializerKind_zeros, table.getPosition());
  readInitializer(table, "kernel_initializer", dense.kernel_initializer,
                  context);
  readInitializer(table, "bias_initializer", dense.bias_initializer, context);
  readRegularizer(table, "kernel_regularizer", dense.kernel_regularizer,
                  context);
  readRegularizer(table, "bias_regularizer", dense.bias_regularizer, context);
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

static void readDropout(TableReader &table, model::LayerOptionsUnion &options,
                        ReadContext &context) {
  model::DropoutOptionsT dropout;
  table.read("rate", dropout.rate, Presence::Required);
  if (table.find("seed")) {
    dropout.seed = 0;
    table.read("seed", dropout.seed);
  }
  options.Set(std::move(dropout));
}

llvm::ArrayRef<LayerType> kiln::getLayerTypes() {
  static constexpr LayerType types[] = {
      {"Flatten", readFlatten},
      {"Dense", readDense},
      {"Activation", readActivation},
      {"Dropout", readDropout},
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
