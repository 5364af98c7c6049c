//===- ModelReaderTest.cpp - What TOML text becomes -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/ModelReader.h"
#include "frontend/Checks.h"
#include "frontend/LayerReaders.h"
#include "frontend/ModelImporter.h"
#include "test/unit/frontend/TestModel.h"

#include "gtest/gtest.h"

#include <random>

using namespace kiln;

static std::unique_ptr<model::ModelT> parse(llvm::StringRef text) {
  Diagnostics diagnostics;
  std::unique_ptr<model::ModelT> model =
      parseModel(text, "folder/test.toml", diagnostics);
  std::string messages;
  llvm::raw_string_ostream os(messages);
  diagnostics.print(os);
  EXPECT_EQ(messages, "");
  return model;
}

static constexpr llvm::StringLiteral smallest = R"(
[input]
shape = [4]
[[layer]]
type = "Dense"
units = 3
[compile]
optimizer = "adam"
loss = "mse"
)";

TEST(ModelReader, KerasDefaults) {
  auto model = parse(smallest);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->version, 1u);
  EXPECT_EQ(model->name, "model");
  EXPECT_EQ(model->source, "test.toml");
  EXPECT_FALSE(model->data);
  EXPECT_EQ(model->inputs[0]->name, "input");
  ASSERT_EQ(model->layers.size(), 1u);
  const model::LayerT &layer = *model->layers[0];
  EXPECT_EQ(layer.name, "dense");
  EXPECT_EQ(layer.inputs, std::vector<std::string>{"input"});
  const model::DenseOptionsT &dense = *layer.options.AsDenseOptions();
  EXPECT_EQ(dense.activation, model::Activation_linear);
  EXPECT_TRUE(dense.use_bias);
  EXPECT_EQ(dense.kernel_initializer->kind,
            model::InitializerKind_glorot_uniform);
  EXPECT_EQ(dense.bias_initializer->kind, model::InitializerKind_zeros);
  EXPECT_FALSE(dense.kernel_regularizer);
  const model::OptimizerT &adam = *model->compile->optimizer;
  EXPECT_EQ(adam.kind, model::OptimizerKind_adam);
  EXPECT_EQ(adam.learning_rate, 1e-3);
  EXPECT_EQ(adam.beta_1, 0.9);
  EXPECT_EQ(adam.beta_2, 0.999);
  EXPECT_EQ(adam.epsilon, 1e-7);
  EXPECT_TRUE(model->compile->metrics.empty());
  EXPECT_EQ(model->fit->epochs, 1);
  EXPECT_EQ(model->fit->batch_size, 32);
  EXPECT_TRUE(model->fit->shuffle);
  EXPECT_EQ(model->fit->precision, model::Precision_float32);
}

TEST(ModelReader, SgdDefaults) {
  std::string text = smallest.str();
  text.replace(text.find("adam"), 4, "sgd");
  auto model = parse(text);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->compile->optimizer->kind, model::OptimizerKind_sgd);
  EXPECT_EQ(model->compile->optimizer->learning_rate, 0.01);
  EXPECT_EQ(model->compile->optimizer->momentum, 0.0);
  EXPECT_FALSE(model->compile->optimizer->nesterov);
}

TEST(ModelReader, Everything) {
  auto model = parse(testModel);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->data->reader, model::ReaderKind_csv);
  EXPECT_EQ(model->data->scale, 0.5);
  EXPECT_EQ(model->data->target_columns,
            (std::vector<std::string>{"label", "3"}));
  EXPECT_EQ(model->data->validation->inputs, "validation.csv");
  const model::DenseOptionsT &hidden =
      *model->layers[1]->options.AsDenseOptions();
  EXPECT_EQ(hidden.kernel_initializer->minval, -0.1);
  EXPECT_EQ(hidden.kernel_initializer->maxval, 0.2);
  EXPECT_EQ(hidden.bias_initializer->value, 0.25);
  EXPECT_EQ(hidden.kernel_regularizer->l1, 1e-3);
  EXPECT_EQ(hidden.kernel_regularizer->l2, 1e-4);
  EXPECT_EQ(hidden.bias_regularizer->l1, 0.0);
  EXPECT_EQ(hidden.bias_regularizer->l2, 0.01);
  EXPECT_EQ(model->layers[3]->options.AsDropoutOptions()->seed, 9);
  EXPECT_EQ(model->layers[4]->name, "dense");
  EXPECT_EQ(model->fit->seed, 11);
  EXPECT_FALSE(model->fit->shuffle);
  EXPECT_EQ(model->fit->validation_split, 0.0);
  EXPECT_EQ(model->fit->precision, model::Precision_mixed_bfloat16);
  ASSERT_EQ(model->fit->class_weight.size(), 2u);
  EXPECT_EQ(model->fit->class_weight[1]->class_index, 2);
  EXPECT_EQ(model->fit->class_weight[1]->weight, 2.0);
  ASSERT_EQ(model->callbacks.size(), 3u);
  const auto &stopping = *model->callbacks[0]->options.AsEarlyStoppingOptions();
  EXPECT_EQ(stopping.monitor, "val_accuracy");
  EXPECT_EQ(stopping.min_delta, 0.01);
  EXPECT_EQ(stopping.patience, 3);
  EXPECT_EQ(stopping.mode, model::MonitorMode_max);
  EXPECT_TRUE(stopping.has_baseline);
  EXPECT_EQ(stopping.baseline, 0.5);
  EXPECT_TRUE(stopping.restore_best_weights);
  EXPECT_EQ(stopping.start_from_epoch, 2);
  const auto &plateau =
      *model->callbacks[1]->options.AsReduceLROnPlateauOptions();
  EXPECT_EQ(plateau.monitor, "val_loss");
  EXPECT_EQ(plateau.mode, model::MonitorMode_automatic);
  EXPECT_EQ(plateau.factor, 0.25);
  EXPECT_EQ(plateau.patience, 4);
  EXPECT_EQ(plateau.min_delta, 1e-4);
  EXPECT_EQ(plateau.cooldown, 1);
  EXPECT_EQ(plateau.min_lr, 1e-5);
  EXPECT_EQ(model->callbacks[2]->options.AsModelCheckpointOptions()->monitor,
            "val_loss");
}

TEST(ModelReader, Callbacks) {
  std::string text = smallest.str() + "[[callback]]\ntype = \"EarlyStopping\"\n"
                                      "monitor = \"loss\"\n";
  auto model = parse(text);
  ASSERT_TRUE(model);
  // Keras's defaults.
  const auto &stopping = *model->callbacks[0]->options.AsEarlyStoppingOptions();
  EXPECT_EQ(stopping.min_delta, 0.0);
  EXPECT_EQ(stopping.patience, 0);
  EXPECT_FALSE(stopping.has_baseline);
  EXPECT_FALSE(stopping.restore_best_weights);
  EXPECT_EQ(stopping.start_from_epoch, 0);
}

TEST(LintModel, ValidationSplitOfDataInClassOrder) {
  auto model = parse(testModel);
  ASSERT_TRUE(model);
  model->fit->validation_split = 0.25;
  model->data->validation.reset();
  Diagnostics nothing, warned;
  lintModel(*model, ValuePlaces(), nothing);
  EXPECT_TRUE(nothing.getAll().empty());
  model->data->reader = model::ReaderKind_text_folders;
  lintModel(*model, ValuePlaces(), warned);
  ASSERT_EQ(warned.getAll().size(), 1u);
  EXPECT_EQ(warned.getAll()[0].message,
            "'validation_split' takes the last part of the training data, and "
            "the text-folders reader reads one class after the other: the last "
            "class alone would be validated");
  EXPECT_EQ(warned.getAll()[0].hint, "name a split as 'validation' in [data]");
}

TEST(ModelReader, Sequences) {
  auto model = parse(testSequenceModel);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->inputs[0]->dtype, model::DataType_int32);
  const auto &embedding = *model->layers[0]->options.AsEmbeddingOptions();
  EXPECT_EQ(embedding.input_dim, 9);
  EXPECT_EQ(embedding.output_dim, 4);
  EXPECT_TRUE(embedding.mask_zero);
  // Keras's "uniform".
  EXPECT_EQ(embedding.embeddings_initializer->kind,
            model::InitializerKind_random_uniform);
  EXPECT_EQ(embedding.embeddings_initializer->minval, -0.05);
  EXPECT_EQ(embedding.embeddings_initializer->maxval, 0.05);
  EXPECT_EQ(model->layers[1]->name, "spatial_dropout1d");
  const auto &both = *model->layers[2]->options.AsBidirectionalOptions();
  EXPECT_EQ(both.merge_mode, model::MergeMode_ave);
  EXPECT_EQ(both.layer_name, "gru");
  const model::RecurrentOptionsT &gru = *both.layer;
  EXPECT_EQ(gru.kind, model::RecurrentKind_gru);
  EXPECT_EQ(gru.activation, model::Activation_tanh);
  EXPECT_EQ(gru.recurrent_activation, model::Activation_sigmoid);
  EXPECT_EQ(gru.kernel_initializer->kind,
            model::InitializerKind_glorot_uniform);
  EXPECT_EQ(gru.recurrent_initializer->kind, model::InitializerKind_orthogonal);
  EXPECT_EQ(gru.bias_initializer->kind, model::InitializerKind_zeros);
  EXPECT_FALSE(gru.reset_after);
  EXPECT_TRUE(gru.return_sequences);
  EXPECT_EQ(gru.seed, -1);
  EXPECT_EQ(model->layers[3]->name, "lstm");
  const auto &lstm = *model->layers[3]->options.AsRecurrentOptions();
  EXPECT_EQ(lstm.activation, model::Activation_relu);
  EXPECT_EQ(lstm.recurrent_activation, model::Activation_hard_sigmoid);
  EXPECT_EQ(lstm.recurrent_regularizer->l1, 1e-3);
  EXPECT_FALSE(lstm.unit_forget_bias);
  EXPECT_EQ(lstm.dropout, 0.25);
  EXPECT_EQ(lstm.recurrent_dropout, 0.5);
  EXPECT_EQ(lstm.seed, 4);
  const auto &rnn = *model->layers[4]->options.AsRecurrentOptions();
  EXPECT_FALSE(rnn.use_bias);
  EXPECT_FALSE(rnn.bias_initializer);
  EXPECT_TRUE(rnn.go_backwards);
}

TEST(ModelReader, PositionsAreThoseOfTheText) {
  auto model = parse(smallest);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->layers[0]->position->line(), 5u);
  EXPECT_EQ(model->layers[0]->position->column(), 1u);
  EXPECT_EQ(model->compile->loss->position->line(), 9u);
  EXPECT_EQ(model->compile->loss->position->column(), 8u);
}

TEST(ModelReader, DefaultNames) {
  EXPECT_EQ(getDefaultName("Dense"), "dense");
  EXPECT_EQ(getDefaultName("MultiHeadAttention"), "multi_head_attention");
  EXPECT_EQ(getDefaultName("LSTM"), "lstm");
  EXPECT_EQ(getDefaultName("StackedRNNCells"), "stacked_rnn_cells");
  EXPECT_EQ(getDefaultName("SimpleRNN"), "simple_rnn");
  EXPECT_EQ(getDefaultName("GlobalMaxPooling1D"), "global_max_pooling1d");
  llvm::StringMap<unsigned> unnamed;
  EXPECT_EQ(makeDefaultName("LSTM", unnamed), "lstm");
  EXPECT_EQ(makeDefaultName("GRU", unnamed), "gru");
  EXPECT_EQ(makeDefaultName("LSTM", unnamed), "lstm_1");
}

/// Damaged text is refused or read, never more.
TEST(ModelReader, RandomDamageIsSurvived) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  std::mt19937 random(3);
  static constexpr llvm::StringLiteral alphabet(
      "[]{}=\"'.,#\n -019aeEfinlx\x80");
  for (int trial = 0; trial < 3000; ++trial) {
    std::string text = (trial % 2 ? testModel : testSequenceModel).str();
    for (unsigned i = 0, e = 1 + random() % 4; i < e; ++i)
      text[random() % text.size()] = alphabet[random() % alphabet.size()];
    Diagnostics diagnostics;
    auto model = parseModel(text, "test.toml", diagnostics);
    EXPECT_EQ(!model, diagnostics.hasErrors());
    if (model)
      importModel(*model, context, ImportOptions(), diagnostics);
  }
}

static constexpr llvm::StringLiteral texts = R"(
[data]
reader = "text-folders"
train = "train"
test = "test"
validation = "test"
classes = ["neg", "pos"]
tokenizer = {}
[input]
shape = [4]
[[layer]]
type = "Dense"
units = 1
[compile]
optimizer = "adam"
loss = "mse"
)";

TEST(ModelReader, TextsHaveKerasDefaults) {
  auto model = parse(texts);
  ASSERT_TRUE(model);
  const model::DataT &data = *model->data;
  EXPECT_EQ(data.reader, model::ReaderKind_text_folders);
  EXPECT_EQ(data.train->inputs, "train");
  EXPECT_EQ(data.train->targets, "");
  ASSERT_TRUE(data.validation);
  EXPECT_EQ(data.validation->inputs, "test");
  EXPECT_EQ(data.classes, (std::vector<std::string>{"neg", "pos"}));
  EXPECT_EQ(data.tokenizer->num_words, 0);
  EXPECT_EQ(data.tokenizer->filters, "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n");
  EXPECT_TRUE(data.tokenizer->lower);
  EXPECT_EQ(data.tokenizer->split, " ");
  EXPECT_FALSE(data.tokenizer->char_level);
  EXPECT_EQ(data.tokenizer->oov_token, "");
  EXPECT_FALSE(data.pad_sequences);
  // What a text reader makes.
  EXPECT_EQ(model->inputs[0]->dtype, model::DataType_int32);
}

TEST(ModelReader, TextOptions) {
  std::string text = texts.str();
  text.replace(text.find("tokenizer = {}"), 14, R"(
tokenizer = { num_words = 10, filters = "«", lower = false, split = "--", char_level = true, oov_token = "?" }
pad_sequences = { maxlen = 4, padding = "post", truncating = "post", value = 3 })");
  text.replace(text.find("shape = [4]"), 11, "shape = [4]\ndtype = \"int32\"");
  auto model = parse(text);
  ASSERT_TRUE(model);
  const model::TokenizerT &tokenizer = *model->data->tokenizer;
  EXPECT_EQ(tokenizer.num_words, 10);
  EXPECT_EQ(tokenizer.filters, "«");
  EXPECT_FALSE(tokenizer.lower);
  EXPECT_EQ(tokenizer.split, "--");
  EXPECT_TRUE(tokenizer.char_level);
  EXPECT_EQ(tokenizer.oov_token, "?");
  const model::PadSequencesT &padding = *model->data->pad_sequences;
  EXPECT_EQ(padding.maxlen, 4);
  EXPECT_EQ(padding.padding, model::Side_post);
  EXPECT_EQ(padding.truncating, model::Side_post);
  EXPECT_EQ(padding.value, 3);
}

/// A string names the split with any reader.
TEST(ModelReader, ValidationNamesASplit) {
  std::string text = R"([data]
reader = "npy"
train = { inputs = "x", targets = "y" }
validation = "train"
)" + smallest.str();
  auto model = parse(text);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->data->validation->inputs, "x");
  EXPECT_EQ(model->data->validation->targets, "y");
  EXPECT_EQ(model->inputs[0]->dtype, model::DataType_float32);
}
