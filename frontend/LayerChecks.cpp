//===- LayerChecks.cpp - What the options of layers must satisfy ----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/Checks.h"

#include <cmath>

using namespace kiln;

namespace {

class LayerChecks : Checks {
public:
  LayerChecks(const model::ModelT &model, const ValuePlaces &places,
              Diagnostics &diagnostics)
      : Checks(model, places, diagnostics) {}

  void check(const model::LayerT &layer);

private:
  void checkDense(const model::DenseOptionsT &dense, Position node);
  void checkEmbedding(const model::EmbeddingOptionsT &embedding, Position node);
  void checkRecurrent(const model::RecurrentOptionsT &recurrent, Position node);
  void checkBidirectional(const model::BidirectionalOptionsT &bidirectional,
                          Position node);

  void expectExtent(int64_t extent, Position node, llvm::StringRef key);
  void checkCellActivation(model::Activation activation, Position node,
                           llvm::StringRef key);
  /// `key` is a weight's rate of dropout, `seed` what varies its draws.
  void checkDropout(double rate, Position node, llvm::StringRef key);
  void checkSeed(int64_t seed, Position node);
  /// A weight's initializer and regularizer, under `<weight>_initializer`.
  void checkWeight(const model::InitializerT *initializer,
                   const model::RegularizerT *regularizer, Position node,
                   llvm::StringRef weight, bool isVector = false);
  void checkBias(bool useBias, const model::InitializerT *initializer,
                 const model::RegularizerT *regularizer, Position node,
                 bool isVector = true);
  void checkInitializer(const model::InitializerT &initializer);
  void checkRegularizer(const model::RegularizerT *regularizer);
};

} // namespace

void LayerChecks::check(const model::LayerT &layer) {
  Position node = getPosition(layer.position);
  if (const auto *dense = layer.options.AsDenseOptions())
    checkDense(*dense, node);
  else if (const auto *activation = layer.options.AsActivationOptions())
    expectEnum(activation->activation, model::Activation_MAX, node,
               "activation");
  else if (const auto *dropout = layer.options.AsDropoutOptions()) {
    checkDropout(dropout->rate, node, "rate");
    checkSeed(dropout->seed, node);
  } else if (const auto *dropout = layer.options.AsSpatialDropout1DOptions()) {
    checkDropout(dropout->rate, node, "rate");
    checkSeed(dropout->seed, node);
  } else if (const auto *embedding = layer.options.AsEmbeddingOptions())
    checkEmbedding(*embedding, node);
  else if (const auto *recurrent = layer.options.AsRecurrentOptions())
    checkRecurrent(*recurrent, node);
  else if (const auto *bidirectional = layer.options.AsBidirectionalOptions())
    checkBidirectional(*bidirectional, node);
}

void LayerChecks::checkDense(const model::DenseOptionsT &dense, Position node) {
  expectExtent(dense.units, node, "units");
  expectEnum(dense.activation, model::Activation_MAX, node, "activation");
  checkWeight(dense.kernel_initializer.get(), dense.kernel_regularizer.get(),
              node, "kernel");
  checkBias(dense.use_bias, dense.bias_initializer.get(),
            dense.bias_regularizer.get(), node);
}

void LayerChecks::checkEmbedding(const model::EmbeddingOptionsT &embedding,
                                 Position node) {
  expectExtent(embedding.input_dim, node, "input_dim");
  expectExtent(embedding.output_dim, node, "output_dim");
  checkWeight(embedding.embeddings_initializer.get(),
              embedding.embeddings_regularizer.get(), node, "embeddings");
}

void LayerChecks::checkRecurrent(const model::RecurrentOptionsT &recurrent,
                                 Position node) {
  expectEnum(recurrent.kind, model::RecurrentKind_MAX, node, "type");
  expectExtent(recurrent.units, node, "units");
  checkCellActivation(recurrent.activation, node, "activation");
  checkCellActivation(recurrent.recurrent_activation, node,
                      "recurrent_activation");
  checkWeight(recurrent.kernel_initializer.get(),
              recurrent.kernel_regularizer.get(), node, "kernel");
  checkWeight(recurrent.recurrent_initializer.get(),
              recurrent.recurrent_regularizer.get(), node, "recurrent");
  checkBias(recurrent.use_bias, recurrent.bias_initializer.get(),
            recurrent.bias_regularizer.get(), node,
            /*isVector=*/recurrent.kind != model::RecurrentKind_gru ||
                !recurrent.reset_after);
  checkDropout(recurrent.dropout, node, "dropout");
  checkDropout(recurrent.recurrent_dropout, node, "recurrent_dropout");
  checkSeed(recurrent.seed, node);
}

void LayerChecks::checkBidirectional(
    const model::BidirectionalOptionsT &bidirectional, Position node) {
  expectEnum(bidirectional.merge_mode, model::MergeMode_MAX, node,
             "merge_mode");
  if (!bidirectional.layer)
    return error(node, "layer", "Bidirectional has no recurrent layer");
  expectName(node, "layer_name", bidirectional.layer_name);
  checkRecurrent(*bidirectional.layer, node);
  if (bidirectional.layer->go_backwards)
    error(node, "go_backwards",
          "Bidirectional runs its layer forwards, then a copy backwards",
          "leave 'go_backwards' out");
}

void LayerChecks::expectExtent(int64_t extent, Position node,
                               llvm::StringRef key) {
  expect(extent >= 1 && extent <= maxExtent, node, key,
         "to be from 1 to " + llvm::Twine(maxExtent), extent);
}

void LayerChecks::checkCellActivation(model::Activation activation,
                                      Position node, llvm::StringRef key) {
  if (expectEnum(activation, model::Activation_MAX, node, key) &&
      activation == model::Activation_softmax)
    error(node, key, "expected an elementwise '" + key + "', got softmax",
          "a recurrent cell has linear, relu, sigmoid, tanh or hard_sigmoid");
}

void LayerChecks::checkDropout(double rate, Position node,
                               llvm::StringRef key) {
  expect(rate >= 0 && rate < 1, node, key, "to be in [0, 1)", rate);
}

void LayerChecks::checkSeed(int64_t seed, Position node) {
  // -1 is the schema's way to say none; a file cannot write it.
  expect(seed >= (places.has(node, "seed") ? 0 : -1), node, "seed",
         "to be at least 0", seed);
}

void LayerChecks::checkWeight(const model::InitializerT *initializer,
                              const model::RegularizerT *regularizer,
                              Position node, llvm::StringRef weight,
                              bool isVector) {
  std::string key = (weight + "_initializer").str();
  if (!initializer)
    error(node, key, "the layer has no '" + key + "'");
  else
    checkInitializer(*initializer);
  if (initializer && isVector &&
      initializer->kind == model::InitializerKind_orthogonal)
    error(node, key, "orthogonal initializes matrices alone");
  checkRegularizer(regularizer);
}

void LayerChecks::checkBias(bool useBias,
                            const model::InitializerT *initializer,
                            const model::RegularizerT *regularizer,
                            Position node, bool isVector) {
  if (useBias)
    return checkWeight(initializer, regularizer, node, "bias", isVector);
  if (initializer)
    checkInitializer(*initializer);
  checkRegularizer(regularizer);
  llvm::StringRef useless = initializer   ? "bias_initializer"
                            : regularizer ? "bias_regularizer"
                                          : "";
  if (!useless.empty())
    warning(node, useless,
            "'" + useless + "' has no effect where 'use_bias' is false");
}

void LayerChecks::checkInitializer(const model::InitializerT &initializer) {
  Position node = getPosition(initializer.position);
  expectEnum(initializer.kind, model::InitializerKind_MAX, node, "type");
  expect(std::isfinite(float(initializer.value)), node, "value",
         "to be a finite f32", initializer.value);
  expect(std::isfinite(float(initializer.maxval)), node, "maxval",
         "to be a finite f32", initializer.maxval);
  expect(initializer.minval <= initializer.maxval &&
             std::isfinite(float(initializer.minval)),
         node, "minval",
         "to be at most 'maxval' = " + toString(initializer.maxval),
         initializer.minval);
}

void LayerChecks::checkRegularizer(const model::RegularizerT *regularizer) {
  if (!regularizer)
    return;
  Position node = getPosition(regularizer->position);
  expect(regularizer->l1 >= 0 && std::isfinite(float(regularizer->l1)), node,
         "l1", "to be at least 0 and finite", regularizer->l1);
  expect(regularizer->l2 >= 0 && std::isfinite(float(regularizer->l2)), node,
         "l2", "to be at least 0 and finite", regularizer->l2);
}

void kiln::checkLayerOptions(const model::LayerT &layer,
                             const model::ModelT &model,
                             const ValuePlaces &places,
                             Diagnostics &diagnostics) {
  LayerChecks(model, places, diagnostics).check(layer);
}
