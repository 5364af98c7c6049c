//===- BinaryModelTest.cpp - Binary models, sound and damaged -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/BinaryModel.h"
#include "frontend/ModelImporter.h"
#include "frontend/ModelReader.h"
#include "frontend/Validate.h"
#include "test/unit/frontend/TestModel.h"

#include "gtest/gtest.h"

#include <functional>
#include <random>

using namespace kiln;

namespace {

/// What is wrong with a model, and what is said of it.
struct Case {
  std::function<void(model::ModelT &)> damage;
  const char *error;
};

class BinaryModel : public testing::Test {
protected:
  void SetUp() override {
    Diagnostics diagnostics;
    model = parseModel(testModel, "everything.toml", diagnostics);
    ASSERT_TRUE(model);
    bytes = writeBinaryModel(*model);
    sequences = parseModel(testSequenceModel, "sequences.toml", diagnostics);
    ASSERT_TRUE(sequences);
    sequenceBytes = writeBinaryModel(*sequences);
  }

  /// Reads bytes and imports what they give. False where they are refused.
  bool accept(llvm::StringRef content) {
    std::string error;
    std::unique_ptr<model::ModelT> read = readBinaryModel(content, error);
    EXPECT_EQ(!read, !error.empty());
    if (!read)
      return false;
    Diagnostics diagnostics;
    return bool(importModel(*read, context, ImportOptions(), diagnostics));
  }

  std::unique_ptr<model::ModelT> model, sequences;
  std::string bytes, sequenceBytes;
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
};

} // namespace

TEST_F(BinaryModel, ComesBackAsItWas) {
  std::string error;
  std::unique_ptr<model::ModelT> read = readBinaryModel(bytes, error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(writeBinaryModel(*read), bytes);
  EXPECT_EQ(read->source, "everything.toml");
  EXPECT_EQ(read->layers.size(), 5u);
  EXPECT_TRUE(accept(bytes));

  read = readBinaryModel(sequenceBytes, error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(writeBinaryModel(*read), sequenceBytes);
  EXPECT_TRUE(accept(sequenceBytes));
}

TEST_F(BinaryModel, MisalignedBytesAreRead) {
  std::string shifted = "x" + bytes;
  EXPECT_TRUE(accept(llvm::StringRef(shifted).drop_front()));
}

TEST_F(BinaryModel, EveryTruncationIsRefused) {
  for (const std::string &whole : {bytes, sequenceBytes}) {
    for (size_t length = 0; length < whole.size(); ++length) {
      // A copy of its own, so that a sanitizer sees every byte past the end.
      std::vector<char> content(whole.begin(), whole.begin() + length);
      EXPECT_FALSE(accept(llvm::StringRef(content.data(), length)))
          << length << " of " << whole.size() << " bytes";
    }
  }
}

TEST_F(BinaryModel, EveryFlippedBitIsSurvived) {
  for (const std::string &whole : {bytes, sequenceBytes}) {
    for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      std::string content = whole;
      content[bit / 8] ^= char(1 << bit % 8);
      accept(content);
    }
  }
}

TEST_F(BinaryModel, RandomDamageIsSurvived) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 20000; ++trial) {
    std::string content = trial % 2 ? bytes : sequenceBytes;
    for (unsigned i = 0, e = 1 + random() % 8; i < e; ++i)
      content[random() % content.size()] = char(random());
    accept(content);
  }
}

TEST_F(BinaryModel, NoiseIsSurvived) {
  std::mt19937 random(2);
  for (int trial = 0; trial < 5000; ++trial) {
    std::string content(random() % 512, 0);
    for (char &byte : content)
      byte = char(random());
    if (content.size() >= 8)
      content.replace(4, 4, "KILN");
    EXPECT_FALSE(accept(content));
  }
}

/// What is said of a model that refers to one layer a thousand times.
static std::string refuseLayers(flatbuffers::FlatBufferBuilder &builder,
                                flatbuffers::Offset<model::Layer> layer) {
  auto layers = builder.CreateVector(
      std::vector<flatbuffers::Offset<model::Layer>>(1000, layer));
  model::ModelBuilder model(builder);
  model.add_layers(layers);
  model::FinishModelBuffer(builder, model.Finish());
  std::string error;
  EXPECT_FALSE(readBinaryModel(
      llvm::StringRef(reinterpret_cast<char *>(builder.GetBufferPointer()),
                      builder.GetSize()),
      error));
  return error;
}

/// Small files whose strings unpack to many times their size.
TEST_F(BinaryModel, RepeatedStringsAreRefused) {
  flatbuffers::FlatBufferBuilder builder;
  auto string = builder.CreateString(std::string(100000, 'a'));
  auto strings = builder.CreateVector(
      std::vector<flatbuffers::Offset<flatbuffers::String>>(100000, string));
  EXPECT_EQ(refuseLayers(builder, model::CreateLayer(builder, string,
                                                     model::LayerOptions_NONE,
                                                     0, strings)),
            "it is larger than any model");

  builder.Clear();
  auto name = builder.CreateString("a");
  string = builder.CreateString(std::string(100000, 'a'));
  auto wrapped =
      model::CreateRecurrentOptions(builder, model::RecurrentKind_lstm, 5);
  auto wrapper = model::CreateBidirectionalOptions(
      builder, model::MergeMode_concat, wrapped, string);
  EXPECT_EQ(refuseLayers(builder, model::CreateLayer(
                                      builder, name,
                                      model::LayerOptions_BidirectionalOptions,
                                      wrapper.Union())),
            "it is larger than any model");
}

TEST_F(BinaryModel, WhatNoTextGivesIsRefused) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  auto dense = [](model::ModelT &m) -> model::DenseOptionsT & {
    return *m.layers[1]->options.AsDenseOptions();
  };
  const Case cases[] = {
      {[](auto &m) { m.version = 7; }, "expected 'version' to be 1, got 7"},
      {[](auto &m) { m.source = "a/b.toml"; },
       "expected the model file's base name as source"},
      {[](auto &m) { m.source = "a\nb.toml"; },
       "expected the model file's base name as source"},
      {[](auto &m) { m.inputs.clear(); }, "the model has no input"},
      {[](auto &m) { m.inputs[0]->shape = {int64_t(1) << 40}; },
       "expected 'shape' to have extents from 1 to 16777216, got 1.09951e+12"},
      {[](auto &m) { m.layers.clear(); }, "the model has no layer"},
      {[](auto &m) { m.layers[0]->options.Reset(); },
       "layer 'flatten' is of no known type"},
      {[](auto &m) { m.layers[0]->inputs.clear(); },
       "expected one input for layer 'flatten', got 0"},
      {[](auto &m) { m.layers[0]->inputs = {"hidden"}; },
       "layers feed each other in a cycle: flatten -> hidden -> flatten"},
      {[=](auto &m) { dense(m).activation = model::Activation(99); },
       "expected 'activation' to be at most 5, got 99"},
      {[=](auto &m) { dense(m).units = -5; },
       "expected 'units' to be from 1 to 16777216, got -5"},
      {[=](auto &m) { dense(m).kernel_initializer = nullptr; },
       "the layer has no 'kernel_initializer'"},
      {[=](auto &m) { dense(m).bias_initializer = nullptr; },
       "the layer has no 'bias_initializer'"},
      {[=](auto &m) {
         dense(m).kernel_initializer->kind = model::InitializerKind(200);
       },
       "expected 'type' to be at most 6, got 200"},
      {[=](auto &m) { dense(m).kernel_initializer->minval = nan; },
       "expected 'minval' to be at most 'maxval' = 0.2, got nan"},
      {[=](auto &m) { dense(m).kernel_regularizer->l1 = nan; },
       "expected 'l1' to be at least 0 and finite, got nan"},
      {[=](auto &m) { m.layers[3]->options.AsDropoutOptions()->rate = nan; },
       "expected 'rate' to be in [0, 1), got nan"},
      {[](auto &m) { m.compile = nullptr; },
       "the model has no loss and optimizer"},
      {[](auto &m) { m.compile->loss = nullptr; }, "the model has no loss"},
      {[](auto &m) { m.compile->loss->kind = model::LossKind(3); },
       "expected 'type' to be at most 2, got 3"},
      {[](auto &m) {
         m.compile->loss->kind = model::LossKind_mse;
         m.compile->loss->from_logits = true;
       },
       "mse has no 'from_logits'"},
      {[](auto &m) { m.compile->optimizer = nullptr; },
       "the model has no optimizer"},
      {[](auto &m) { m.compile->optimizer->kind = model::OptimizerKind(2); },
       "expected 'type' to be at most 1, got 2"},
      {[=](auto &m) { m.compile->optimizer->learning_rate = nan; },
       "expected 'learning_rate' to be positive and finite, got nan"},
      {[](auto &m) { m.compile->metrics[0]->kind = model::MetricKind(5); },
       "expected 'type' to be at most 4, got 5"},
      {[](auto &m) { m.fit = nullptr; },
       "the model does not say how to fit it"},
      {[](auto &m) { m.fit->batch_size = 0; },
       "expected 'batch_size' to be from 1 to 16777216, got 0"},
      {[](auto &m) { m.callbacks[0]->options.Reset(); },
       "a callback is of no known type"},
      {[](auto &m) { m.data->train->inputs.clear(); },
       "the split needs a file of 'inputs'"},
      {[](auto &m) { m.data->reader = model::ReaderKind(9); },
       "expected 'reader' to be at most 3, got 9"},
  };
  for (const Case &test : cases) {
    model::ModelT damaged(*model);
    test.damage(damaged);
    std::string error;
    EXPECT_FALSE(readBinaryModel(writeBinaryModel(damaged), error));
    EXPECT_EQ(error, test.error);
  }
}

TEST_F(BinaryModel, WhatNoTextGivesIsRefusedInSequences) {
  auto wrapper = [](model::ModelT &m) -> model::BidirectionalOptionsT & {
    return *m.layers[2]->options.AsBidirectionalOptions();
  };
  auto lstm = [](model::ModelT &m) -> model::RecurrentOptionsT & {
    return *m.layers[3]->options.AsRecurrentOptions();
  };
  double nan = std::numeric_limits<double>::quiet_NaN();
  const Case cases[] = {
      {[](auto &m) { m.inputs[0]->dtype = model::DataType(2); },
       "expected 'dtype' to be at most 1, got 2"},
      {[](auto &m) {
         m.layers[0]->options.AsEmbeddingOptions()->input_dim = 0;
       },
       "expected 'input_dim' to be from 1 to 16777216, got 0"},
      {[](auto &m) {
         m.layers[0]->options.AsEmbeddingOptions()->embeddings_initializer =
             nullptr;
       },
       "the layer has no 'embeddings_initializer'"},
      {[=](auto &m) { wrapper(m).layer = nullptr; },
       "Bidirectional has no recurrent layer"},
      {[=](auto &m) { wrapper(m).layer_name = "a b"; },
       "expected a name of letters, digits, '_', '-' and '.' that begins with "
       "a letter or '_', got 'a b'"},
      {[=](auto &m) { wrapper(m).merge_mode = model::MergeMode(4); },
       "expected 'merge_mode' to be at most 3, got 4"},
      {[=](auto &m) { wrapper(m).layer->units = -1; },
       "expected 'units' to be from 1 to 16777216, got -1"},
      {[=](auto &m) { lstm(m).kind = model::RecurrentKind(3); },
       "expected 'type' to be at most 2, got 3"},
      {[=](auto &m) { lstm(m).activation = model::Activation(77); },
       "expected 'activation' to be at most 5, got 77"},
      {[=](auto &m) { lstm(m).recurrent_initializer = nullptr; },
       "the layer has no 'recurrent_initializer'"},
      {[=](auto &m) { lstm(m).recurrent_dropout = nan; },
       "expected 'recurrent_dropout' to be in [0, 1), got nan"},
      {[=](auto &m) { lstm(m).seed = -2; },
       "expected 'seed' to be at least 0, got -2"},
  };
  for (const Case &test : cases) {
    model::ModelT damaged(*sequences);
    test.damage(damaged);
    std::string error;
    EXPECT_FALSE(readBinaryModel(writeBinaryModel(damaged), error));
    EXPECT_EQ(error, test.error);
  }
}

/// What no file gives either, but a program that fills in the model might.
TEST_F(BinaryModel, WhatIsMissingIsRefused) {
  const Case cases[] = {
      {[](auto &m) { m.inputs[0].reset(); }, "an input is missing"},
      {[](auto &m) { m.layers[1].reset(); }, "a layer is missing"},
      {[](auto &m) { m.compile->metrics[0].reset(); }, "a metric is missing"},
      {[](auto &m) { m.fit->class_weight[1].reset(); },
       "a class's weight is missing"},
  };
  for (const Case &test : cases) {
    model::ModelT damaged(*model);
    test.damage(damaged);
    Diagnostics diagnostics;
    validateModel(damaged, ValuePlaces(), diagnostics);
    ASSERT_FALSE(diagnostics.getAll().empty()) << test.error;
    EXPECT_EQ(diagnostics.getAll().front().message, test.error);
  }
}
